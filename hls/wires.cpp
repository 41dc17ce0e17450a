// SPDX-License-Identifier: Apache-2.0
#include "hls/wires.h"

#include <algorithm>
#include <bit>
#include <numeric>

#include "hls/matrix_plan.h"
#include "hls/names.h"
#include "models/graph/program.h"

namespace statelane::hls {
namespace {

/// The largest divisor of `n` that is at most `wanted` and a multiple of `block`, or else the smallest
/// multiple.
std::int64_t divisor(std::int64_t n, std::int64_t wanted, std::int64_t block) {
  block = std::min(block, n);
  std::int64_t best = block;
  for (std::int64_t d = block; d <= std::min(n, std::max(wanted, block)); d += block) {
    if (n % d == 0) best = d;
  }
  return n % best == 0 ? best : n;
}

std::int64_t block_of(const TensorFormat& f) {
  return f.block_bits > 0 ? static_cast<std::int64_t>(f.block) : 1;
}

/// Bits of a value of that format: codes times the largest shift, or the plain width.
int value_bits(const TensorFormat& f) {
  return f.block_bits > 0 ? f.block_bits + 15 : f.width;
}

}  // namespace

void Wires::tensor(Wire& w, const TensorFormat& f, std::int64_t word) const {
  w.word = word;
  w.bits = f.width;
  if (f.block_bits == 0) return;
  w.bits = std::max(f.block_bits, 5);  // a shift of 0..15 must fit beside the codes
  w.block = std::min(static_cast<std::int64_t>(f.block), word);
  w.blocks = Blocks::rows;
}

/// Element type and word of a channel, by what it carries.
void Wires::shape(Wire& w, const Channel& channel) const {
  const Accelerator& a = *a_;
  const Geometry& g = a.g;
  const std::string name(channel.name);
  const bool fixed = a.fixed();
  const auto is = [&](std::initializer_list<const char*> names) {
    return std::any_of(names.begin(), names.end(), [&](const char* n) { return name == n; });
  };
  const std::int64_t bc_unit = std::gcd(g.bc_rows, g.groups_states);
  const auto lanes = [&](Operator op) { return a.has(op) ? a.lanes(op) : std::int64_t{1}; };
  const auto vector = [&](std::int64_t n, Operator from, Operator to, const TensorFormat& f) {
    tensor(w, f, divisor(n, std::max(lanes(from), lanes(to)), block_of(f)));
    w.words_per_tile = n / w.word;
  };
  const std::int64_t tile = g.tile_rows * g.tile_states;
  const auto state = [&](const TensorFormat& f, Blocks blocks) {
    tensor(w, f, a.ssm_states * g.tile_rows);
    w.words_per_tile = tile / w.word;
    if (f.block_bits == 0) return;
    w.blocks = blocks;
    w.rows = g.tile_rows;
    w.block = std::min<std::int64_t>(static_cast<std::int64_t>(f.block),
                                     blocks == Blocks::rows ? g.tile_rows : a.ssm_states);
  };

  if (is({"embedding", "residual", "last"})) {
    vector(g.d_model, Operator::norm, Operator::residual, {});
    w.floating = fixed;
  } else if (name == "norm") {
    vector(g.d_model, Operator::norm, Operator::in_hadamard, a.format(Tap::kNormUnrotated));
  } else if (name == "u") {
    vector(g.d_model, Operator::norm, fixed ? Operator::in_hadamard : Operator::norm,
           a.format(Tap::kNormOut));
  } else if (is({"z_raw", "x_raw", "x_conv", "z", "x", "x_skip"})) {
    const Tap tap = name == "z_raw"    ? Tap::kZ
                    : name == "x_raw"  ? Tap::kConvIn
                    : name == "x_conv" ? Tap::kConvOut
                    : name == "z"      ? Tap::kGate
                                       : Tap::kX;
    tensor(w, a.format(tap), g.tile_rows);
    w.floating = name == "z" && fixed;
  } else if (is({"B_raw", "C_raw", "B_conv", "C_conv", "B", "C"})) {
    const Tap tap = name.ends_with("_raw")    ? Tap::kConvIn
                    : name.ends_with("_conv") ? Tap::kConvOut
                    : name == "B"             ? Tap::kB
                                              : Tap::kC;
    tensor(w, a.format(tap), bc_unit);
    w.words_per_tile = g.columns;
  } else if (is({"dt_raw", "delta", "delta_in", "abar"})) {
    tensor(w,
           a.format(name == "dt_raw" ? Tap::kDtIn
                    : name == "abar" ? Tap::kDecay
                                     : Tap::kDt),
           g.head_group);
    w.words_per_tile = 0;
  } else if (name == "delta_B") {
    tensor(w, a.format(Tap::kDtB), a.ssm_states);
    if (w.blocks != Blocks::none) w.block = 1;  // the heads that share a shift are in other words
    w.words_per_tile = g.d_state / w.word * g.columns;
  } else if (name == "delta_x") {
    tensor(w, a.format(Tap::kDtB), g.tile_rows);
  } else if (is({"BX", "AH"})) {
    const bool entering = name == "BX";
    const TensorFormat& b = a.format(entering ? Tap::kDtB : Tap::kDecay);
    const TensorFormat& x = a.format(entering ? (a.has(Operator::delta_x) ? Tap::kB : Tap::kX) : Tap::kState);
    const int shift = entering ? b.fraction + x.fraction - a.format(Tap::kState).fraction : b.fraction;
    w.word = a.ssm_states * g.tile_rows;
    w.bits = std::clamp(value_bits(b) + value_bits(x) - shift, 2, 64);
    w.words_per_tile = tile / w.word;
  } else if (name == "h") {
    state(a.format(Tap::kStateForC), Blocks::columns);
  } else if (is({"h_in", "h_out", "h_loop", "h_chip"})) {
    state(a.format(Tap::kState), Blocks::rows);
  } else if (is({"y", "y_skip", "gated"})) {
    tensor(w,
           a.format(name == "y"        ? Tap::kScanOut
                    : name == "y_skip" ? Tap::kSsmOut
                                       : Tap::kGated),
           g.tile_rows);
    w.floating = name == "gated" && fixed;
  } else if (name == "normed") {
    vector(g.d_inner, Operator::gated_norm, Operator::out_hadamard, a.format(Tap::kGatedNormUnrotated));
  } else if (name == "rotated") {
    TensorFormat f = a.format(Tap::kGatedNormUnrotated);
    const std::int64_t points = a.unit(Operator::out_hadamard).model().transform_points(g.d_inner);
    f.width += static_cast<int>(std::bit_width(static_cast<std::uint64_t>(points))) - 1;
    vector(g.d_inner, Operator::out_hadamard, Operator::out_hadamard2, f);
  } else if (name == "v") {
    vector(g.d_inner, Operator::out_hadamard,
           a.has(Operator::out_hadamard2) ? Operator::out_hadamard2 : Operator::out_hadamard,
           a.format(Tap::kGatedNormOut));
  } else if (name == "out") {
    w.word = std::gcd(g.out_rows, g.d_model);
    w.bits = a.format(Tap::kMixerOut).width;
    w.words_per_tile = g.columns;
    w.floating = fixed;
  } else if (name == "logits") {
    w.word = g.head_unit;
    w.bits = a.plan.logits.width;
    w.floating = fixed;
  } else if (name == "weights") {
    const MatrixPlan plan(a);
    w.word = plan.inputs * plan.outputs;
    w.extra = fixed ? 0 : 2 * plan.outputs;
    w.bits = std::max(a.scheme.weights.bits, fixed ? 1 : 4);
    w.words_per_tile = plan.largest_words;
  } else if (is({"conv_in", "conv_out"})) {
    const TensorFormat& past = a.format(Tap::kConvIn);
    const TensorFormat& weight = a.plan.conv_weight;
    const std::int64_t unit = a.channel_unit;
    const auto coded = [&](const TensorFormat& f, std::int64_t n) {
      return n + (f.block_bits > 0 ? ceil_div(n, static_cast<std::int64_t>(f.block)) : 0);
    };
    const int wide = past.block_bits > 0 ? past.block_bits : past.width;
    const int wide_weight = weight.block_bits > 0 ? weight.block_bits : weight.width;
    w.bits = name == "conv_in" ? (std::max(wide, wide_weight) > 8 ? 16 : 8) : std::max(wide, 5);
    w.word = coded(past, a.sequences() * (g.taps - 1) * unit);
    if (name == "conv_in") w.word += coded(weight, g.taps * unit) + 64 / w.bits * unit;
    w.words_per_tile = name == "conv_in" ? g.conv_channels / unit : 1;
  } else {  // order of memory accesses: a token
    w.word = 1;
    w.bits = 2;
  }
}

Wires::Wires(const Accelerator& a) : a_(&a) {
  Names names;
  for (std::size_t i = 0; i < a.graph.channels.size(); ++i) {
    const Channel& channel = a.graph.channels[i];
    Wire w;
    const bool kept = channel.name == "h_chip";  // on chip: by a function of its own, between two streams
    w.name = names.take(kept ? "h_out" : channel.name);
    w.channel = static_cast<ChannelId>(i);
    shape(w, channel);
    if (w.words_per_tile == 0) {
      w.depth = std::max<std::int64_t>(1, ceil_div(std::int64_t{channel.capacity}, w.word)) * a.g.columns;
    } else {
      w.depth = channel.capacity * w.words_per_tile;
    }
    if (channel.producer != no_id) {
      const std::int64_t made =
          tiles_produced(a.graph, a.graph.program(a.graph.actors[channel.producer]), w.channel);
      w.count = w.words_per_tile == 0 ? made / w.word * a.g.columns : made * w.words_per_tile;
    }
    if (channel.name == "embedding") w.count = a.g.columns * a.g.blocks * w.words_per_tile;  // from the host
    if (kept) w.depth = w.words_per_tile * a.g.head_tiles() * a.sequences();
    by_name_.emplace(w.name, wires_.size());
    wires_.push_back(std::move(w));
  }
  const auto add = [&](Wire w, const char* name) {
    w.name = names.take(name);
    w.channel = no_id;
    by_name_.emplace(w.name, wires_.size());
    wires_.push_back(std::move(w));
  };
  if (a.state_on_chip()) add(named("h_out"), "h_in");
  std::vector<const char*> within;  // what never leaves a function
  if (a.conv_on_chip()) within = {"conv_in", "conv_out"};
  const auto pipeline = [&](Operator from, Operator to, const char* name) {
    if (a.has(from) && a.has(to) && a.design.unit_of(from) == a.design.unit_of(to)) within.push_back(name);
  };
  pipeline(Operator::delta_x, Operator::outer, "delta_x");
  pipeline(Operator::outer, Operator::state_add, "BX");
  pipeline(Operator::state_add, Operator::state_c, "h");
  pipeline(Operator::state_c, Operator::d_skip, "y");
  pipeline(Operator::d_skip, Operator::gate, "y_skip");
  for (const char* name : within) {
    Wire w;
    w.stream = false;
    Channel channel;
    channel.name = name;
    shape(w, channel);
    add(w, name);
  }
}

const Wire& Wires::named(const std::string& name) const {
  return wires_[by_name_.at(name)];
}

}  // namespace statelane::hls
