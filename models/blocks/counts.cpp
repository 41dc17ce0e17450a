// SPDX-License-Identifier: Apache-2.0
#include "models/blocks/counts.h"

#include <algorithm>
#include <bit>

namespace statelane {
namespace {

/// Sums over the chunks of one prompt.
struct Chunks {
  std::int64_t number = 0;
  std::int64_t squares = 0;  ///< of their lengths
};

Chunks cut(std::int64_t tokens, std::int64_t chunk) {
  const std::int64_t full = tokens / chunk;
  const std::int64_t rest = tokens % chunk;
  return {full + (rest > 0 ? 1 : 0), full * chunk * chunk + rest * rest};
}

/// Fills the operators of one layer for one token.
class TokenCounter {
 public:
  TokenCounter(const Mamba2Shape& shape, OperatorSet optional,
               std::array<OperatorCount, operator_count>& layer)
      : s_(shape), optional_(optional), layer_(layer) {}

  void run() {
    const std::int64_t d = s_.d_model, inner = s_.d_inner(), heads = s_.nheads(), width = s_.in_proj_width();
    at(Operator::norm) = norm(d, 1);
    at(Operator::in_proj) = projection(width, d);
    convolution();
    activation(Operator::silu_xbc, s_.conv_channels());
    activation(Operator::silu_z, inner);
    activation(Operator::softplus, heads);
    at(Operator::softplus).adds = at(Operator::softplus).parameters = heads;  // dt_bias
    activation(Operator::decay_exp, heads);
    at(Operator::decay_exp).multiplies = at(Operator::decay_exp).parameters = heads;  // A
    recurrence();
    OperatorCount& skip = at(Operator::d_skip);
    skip.multiplies = skip.adds = skip.outputs = inner;
    skip.inputs = 2 * inner;
    skip.parameters = heads;  // D
    at(Operator::gate).multiplies = at(Operator::gate).outputs = inner;
    at(Operator::gate).inputs = 2 * inner;
    at(Operator::gated_norm) = norm(inner, s_.ngroups);
    at(Operator::out_proj) = projection(d, inner);
    at(Operator::residual).adds = at(Operator::residual).outputs = d;
    at(Operator::residual).inputs = 2 * d;
    hadamards();
  }

  [[nodiscard]] OperatorCount norm(std::int64_t channels, std::int64_t groups) const {
    OperatorCount c;
    c.macs = channels;            // sum of squares
    c.multiplies = 2 * channels;  // inverse root and weight
    c.nonlinear = groups;
    c.parameters = c.inputs = c.outputs = channels;
    return c;
  }

 private:
  OperatorCount& at(Operator op) { return layer_[static_cast<std::size_t>(op)]; }

  [[nodiscard]] OperatorCount projection(std::int64_t rows, std::int64_t columns) const {
    OperatorCount c;
    c.macs = c.parameters = rows * columns;
    c.inputs = columns;
    c.outputs = rows;
    if (s_.proj_bias) {
      c.adds = rows;
      c.parameters += rows;
    }
    return c;
  }

  void convolution() {
    OperatorCount& c = at(Operator::conv);
    const std::int64_t channels = s_.conv_channels();
    c.macs = c.parameters = s_.d_conv * channels;
    c.inputs = c.outputs = channels;
    c.state = (s_.d_conv - 1) * channels;
    if (s_.conv_bias) {
      c.adds = channels;
      c.parameters += channels;
    }
  }

  void activation(Operator op, std::int64_t values) {
    at(op).nonlinear = at(op).inputs = at(op).outputs = values;
  }

  void recurrence() {
    const std::int64_t inner = s_.d_inner(), heads = s_.nheads(), states = s_.ngroups * s_.d_state;
    const std::int64_t h = s_.state_elements();
    const bool by_x = optional_.contains(Operator::delta_x);
    const Operator scaled = by_x ? Operator::delta_x : Operator::delta_b;
    const std::int64_t products = by_x ? inner : heads * s_.d_state;
    at(scaled).multiplies = at(scaled).outputs = products;
    at(scaled).inputs = heads + (by_x ? inner : states);
    at(Operator::outer).multiplies = at(Operator::outer).outputs = h;
    at(Operator::outer).inputs = products + (by_x ? states : inner);
    at(Operator::decay).multiplies = at(Operator::decay).outputs = at(Operator::decay).state = h;
    at(Operator::decay).inputs = heads;
    at(Operator::state_add).adds = at(Operator::state_add).outputs = h;
    at(Operator::state_add).inputs = 2 * h;
    at(Operator::state_c).macs = h;
    at(Operator::state_c).inputs = h + states;
    at(Operator::state_c).outputs = inner;
  }

  void hadamards() {
    const auto transform = [&](Operator op, std::int64_t channels, std::int64_t adds) {
      if (!optional_.contains(op)) return;
      at(op).adds = adds;
      at(op).inputs = at(op).outputs = channels;
    };
    const HadamardAdds in = hadamard_adds(s_.d_model);
    const HadamardAdds out = hadamard_adds(s_.d_inner());
    const bool two_stages = optional_.contains(Operator::out_hadamard2);
    transform(Operator::in_hadamard, s_.d_model, in.fast + in.dense);
    transform(Operator::out_hadamard, s_.d_inner(), out.fast + (two_stages ? 0 : out.dense));
    transform(Operator::out_hadamard2, s_.d_inner(), out.dense);
  }

  const Mamba2Shape& s_;
  OperatorSet optional_;
  std::array<OperatorCount, operator_count>& layer_;
};

/// Replaces the recurrence of `tokens` tokens a prompt by the chunked form (Dao and Gu 2024, section 6 and
/// listing 1).
void chunked(const Mamba2Shape& s, std::int64_t tokens, std::int64_t prompts, std::int64_t chunk,
             std::array<OperatorCount, operator_count>& layer) {
  const Chunks c = cut(tokens, chunk);
  const std::int64_t heads = s.nheads(), inner = s.d_inner(), states = s.ngroups * s.d_state,
                     h = s.state_elements();
  const auto at = [&](Operator op) -> OperatorCount& { return layer[static_cast<std::size_t>(op)]; };
  at(Operator::delta_b) = at(Operator::delta_x) = at(Operator::outer) = at(Operator::decay) = {};
  at(Operator::state_add) = at(Operator::state_c) = {};

  OperatorCount& scaled = at(Operator::delta_x);
  scaled.multiplies = scaled.outputs = inner * tokens * prompts;
  scaled.inputs = (inner + heads) * tokens * prompts;
  OperatorCount& build = at(Operator::outer);
  build.macs = h * tokens * prompts;  // B^T (decay to the chunk's end) (dt x)
  build.multiplies = inner * tokens * prompts;
  build.nonlinear = heads * tokens * prompts;
  build.inputs = (inner + states) * tokens * prompts;
  build.outputs = h * c.number * prompts;
  OperatorCount& decay = at(Operator::decay);
  decay.multiplies = decay.outputs = decay.state = h * c.number * prompts;
  decay.inputs = heads * c.number * prompts;
  decay.nonlinear = heads * c.number * prompts;
  OperatorCount& add = at(Operator::state_add);
  add.adds = add.outputs = h * c.number * prompts;
  add.inputs = 2 * h * c.number * prompts;
  OperatorCount& out = at(Operator::state_c);
  out.macs = ((states + inner) * c.squares + h * tokens) * prompts;  // C B^T, its product with dt x, C h
  out.nonlinear = heads * (c.squares + tokens) * prompts;  // decays inside the chunk and from its start
  out.multiplies = (heads * c.squares + inner * tokens) * prompts;
  out.adds = inner * tokens * prompts;
  out.inputs = ((2 * states + inner) * tokens + h * c.number) * prompts;
  out.outputs = inner * tokens * prompts;
}

}  // namespace

OperatorCount& OperatorCount::operator+=(const OperatorCount& other) {
  macs += other.macs;
  multiplies += other.multiplies;
  adds += other.adds;
  nonlinear += other.nonlinear;
  parameters += other.parameters;
  inputs += other.inputs;
  outputs += other.outputs;
  state += other.state;
  return *this;
}

OperatorCount OperatorCount::times(std::int64_t n) const {
  return {macs * n, multiplies * n, adds * n, nonlinear * n, parameters, inputs * n, outputs * n, state * n};
}

OperatorBytes bytes_of(const OperatorCount& count, const ElementWidths& widths) {
  return {bytes_of(widths.parameters * count.parameters), bytes_of(widths.activations * count.inputs),
          bytes_of(widths.activations * count.outputs), bytes_of(widths.state * count.state)};
}

HadamardAdds hadamard_adds(std::int64_t points) {
  for (const std::int64_t k : {1, 12, 20, 28, 36}) {
    if (points < k || points % k != 0 || !std::has_single_bit(static_cast<std::uint64_t>(points / k)))
      continue;
    const int stages = std::countr_zero(static_cast<std::uint64_t>(points / k));
    return {points * stages, points * (k - 1)};
  }
  return {};
}

OperatorCount WorkloadCount::layer_total() const {
  OperatorCount sum;
  for (const OperatorCount& c : layer) sum += c;
  return sum;
}

OperatorCount WorkloadCount::total() const {
  const OperatorCount one = layer_total();
  OperatorCount sum = one.times(layers);
  sum.parameters = one.parameters * layers + embedding_parameters;
  sum += final_norm;
  sum += lm_head;
  return sum;
}

WorkloadCount count_workload(const Mamba2Shape& shape, const Phase& phase, const CountOptions& options) {
  WorkloadCount w;
  w.layers = shape.n_layer;
  w.embedding_parameters = shape.padded_vocab() * shape.d_model;
  TokenCounter counter(shape, options.optional, w.layer);
  counter.run();
  for (OperatorCount& c : w.layer) c = c.times(phase.tokens());
  const bool prefill = phase.kind == PhaseKind::prefill;
  if (prefill && options.chunk > 0) chunked(shape, phase.length, phase.batch, options.chunk, w.layer);

  const std::int64_t heads_run = options.lm_head ? (prefill ? phase.batch : phase.tokens()) : 0;
  OperatorCount head;
  head.macs = shape.padded_vocab() * shape.d_model;
  head.parameters = shape.tie_embeddings ? 0 : head.macs;
  head.inputs = shape.d_model;
  head.outputs = shape.padded_vocab();
  w.lm_head = head.times(heads_run);
  w.final_norm = counter.norm(shape.d_model, 1).times(heads_run);
  return w;
}

}  // namespace statelane
