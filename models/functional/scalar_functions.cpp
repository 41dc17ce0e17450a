// SPDX-License-Identifier: Apache-2.0
#include "models/functional/actor_function.h"
#include "models/numerics/kernels.h"

namespace statelane::functional {
namespace {

/// Softplus and the decay's exponential of a group of heads; A and dt_bias are kept in the unit.
class HeadScalars final : public ActorFunction {
 public:
  HeadScalars(Setup& setup, OperatorSet operators) : s_(setup), operators_(operators) {}

  void fire(const FiringShape& shape, FiringIo& io) override {
    for (std::int32_t i = 0; i < shape.rows; ++i) one_head(io);
  }

 private:
  void one_head(FiringIo& io) {
    const std::size_t columns = s_.e.columns;
    const bool softplus = operators_.contains(Operator::softplus);
    Tile dt = io.take(softplus ? Tensor::dt_raw : Tensor::delta, columns);
    if (softplus) {
      const ModelDims& m = s_.model.dims();
      const std::vector<float> bias(columns, s_.weights(clock_.layer).dt_bias[head_]);
      kernels::softplus_bias(dt, bias, dt, m.dt_low, m.dt_high);
      if (io.puts(Tensor::delta)) io.put(Tensor::delta, dt);
      if (io.puts(Tensor::delta_in)) io.put(Tensor::delta_in, dt);
    }
    if (operators_.contains(Operator::decay_exp)) {
      const std::vector<float> a(columns, s_.model.a(clock_.layer)[head_]);
      kernels::decay(dt, a, dt);
      io.put(Tensor::abar, std::move(dt));
    }
    if (++head_ < s_.e.heads) return;
    head_ = 0;
    clock_.next_block(s_.e);
  }

  Setup& s_;
  OperatorSet operators_;
  LayerClock clock_;
  std::size_t head_ = 0;
};

/// delta * B, head by head; B of all groups is held for a block.
class DeltaB final : public ActorFunction {
 public:
  explicit DeltaB(Setup& setup) : e_(setup.e) {}

  void fire(const FiringShape&, FiringIo& io) override {
    if (head_ == 0) b_ = take_states(io, Tensor::b, e_);
    const Tile delta = io.take(Tensor::delta_in, e_.columns);
    Tile out(e_.columns * e_.d_state);
    for (std::size_t column = 0; column < e_.columns; ++column) {
      const auto b = std::span<const float>(b_).subspan(
          column * e_.states() + e_.group_of(head_) * e_.d_state, e_.d_state);
      kernels::scale(delta[column], b, std::span(out).subspan(column * e_.d_state, e_.d_state));
    }
    io.put(Tensor::delta_b, std::move(out));
    head_ = (head_ + 1) % e_.heads;
  }

 private:
  const Extents& e_;
  std::vector<float> b_;
  std::size_t head_ = 0;
};

}  // namespace

std::vector<float> take_states(FiringIo& io, Tensor from, const Extents& e) {
  std::vector<float> values(e.columns * e.states());
  for (std::size_t first = 0; first < e.states(); first += e.bc_unit) {
    const Tile tile = io.take(from, e.columns * e.bc_unit);
    for (std::size_t i = 0; i < tile.size(); ++i) {
      values[i / e.bc_unit * e.states() + first + i % e.bc_unit] = tile[i];
    }
  }
  return values;
}

FunctionPtr make_head_scalars(Setup& setup, OperatorSet operators) {
  return std::make_unique<HeadScalars>(setup, operators);
}
FunctionPtr make_delta_b(Setup& setup) {
  return std::make_unique<DeltaB>(setup);
}

}  // namespace statelane::functional
