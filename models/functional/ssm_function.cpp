// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <deque>

#include "models/functional/actor_function.h"
#include "models/numerics/kernels.h"

namespace statelane::functional {
namespace {

/// Any of the SSM's operators, alone or fused in one pipeline, tile by tile through head > column > row tile
/// > state tile. What one operator of the pipeline hands to the next stays inside.
class Ssm final : public ActorFunction {
 public:
  Ssm(Setup& setup, OperatorSet operators) : s_(setup), e_(setup.e), ops_(operators) {
    const bool states =
        has(Operator::outer) || has(Operator::decay) || has(Operator::state_add) || has(Operator::state_c);
    state_tiles_ = states ? e_.state_tiles : 1;
    by_b_ = has(Operator::outer) && !setup.by_delta_x;
  }

  void fire(const FiringShape& shape, FiringIo& io) override {
    check(shape);
    if (column_ == 0 && row_tile_ == 0 && state_tile_ == 0) begin_head(io);
    scale_x(io);
    make_state(io);
    read_out(io);
    next(io);
  }

 private:
  [[nodiscard]] bool has(Operator op) const { return ops_.contains(op); }
  [[nodiscard]] bool first_state() const { return state_tile_ == 0; }
  [[nodiscard]] bool last_state() const { return state_tile_ + 1 == state_tiles_; }

  /// The sequence must be where this unit counts itself to be.
  void check(const FiringShape& shape) const {
    const bool head_first = column_ == 0 && row_tile_ == 0 && first_state();
    if (shape.head_first != head_first || shape.state_first != first_state() ||
        shape.state_last != last_state()) {
      throw TileError("fires out of order in head " + std::to_string(head_) + ", column " +
                      std::to_string(column_) + ", row tile " + std::to_string(row_tile_) + ", state tile " +
                      std::to_string(state_tile_));
    }
  }

  void begin_head(FiringIo& io) {
    if (head_ == 0 && has(Operator::outer) && !by_b_) b_ = take_states(io, Tensor::b, e_);
    if (head_ == 0 && has(Operator::state_c)) c_ = take_states(io, Tensor::c, e_);
    if (has(Operator::delta_x)) delta_ = io.take(Tensor::delta_in, e_.columns);
    if (by_b_) delta_b_ = io.take(Tensor::delta_b, e_.columns * e_.d_state);
    if (has(Operator::decay)) abar_ = io.take(Tensor::abar, e_.columns);
  }

  /// The head's tile of x, x_skip or z under way: the shelf holds the head's tiles by row tile, then column.
  [[nodiscard]] const Tile& row(const FiringIo& io, Tensor t) const {
    return io.look(t, row_tile_ * e_.columns + column_, e_.tile_rows);
  }

  void scale_x(FiringIo& io) {
    if (!first_state()) return;
    if (has(Operator::delta_x)) {
      scaled_x_.resize(e_.tile_rows);
      kernels::scale(delta_[column_], row(io, Tensor::x), scaled_x_);
      if (!has(Operator::outer)) io.put(Tensor::delta_x, scaled_x_);
    } else if (has(Operator::outer) && !by_b_) {
      scaled_x_ = io.take(Tensor::delta_x, e_.tile_rows);
    }
  }

  /// The tile's states of a vector [columns, of a head or of all groups].
  [[nodiscard]] std::span<const float> states(const std::vector<float>& all, bool of_head) const {
    const std::size_t width = of_head ? e_.d_state : e_.states();
    const std::size_t group = of_head ? 0 : e_.group_of(head_) * e_.d_state;
    return std::span(all).subspan(column_ * width + group + state_tile_ * e_.tile_states, e_.tile_states);
  }

  void make_state(FiringIo& io) {
    const std::size_t elements = e_.tile_rows * e_.tile_states;
    Tile bx;
    if (has(Operator::outer)) {
      bx.resize(elements);
      const std::span<const float> x = by_b_ ? std::span<const float>(row(io, Tensor::x)) : scaled_x_;
      kernels::outer_product(states(by_b_ ? delta_b_ : b_, by_b_), x, bx.data(), e_.tile_rows);
      if (!has(Operator::state_add)) io.put(Tensor::bx, std::move(bx));
    }
    Tile ah;
    if (has(Operator::decay)) {
      ah = last_h(io, elements);
      kernels::scale(abar_[column_], ah, ah);
      if (!has(Operator::state_add)) io.put(Tensor::ah, std::move(ah));
    }
    if (!has(Operator::state_add)) return;
    h_ = has(Operator::decay) ? std::move(ah) : io.take(Tensor::ah, elements);
    kernels::add_in_place(h_, has(Operator::outer) ? bx : io.take(Tensor::bx, elements));
    if (!has(Operator::state_c)) io.put(Tensor::h, h_);
    keep_h(io);
  }

  /// h of the token before: from memory or the on-chip buffer at the start, else from the column before.
  Tile last_h(FiringIo& io, std::size_t elements) {
    if (!e_.sequence || column_ == 0) {
      if (s_.state_on_chip) return io.take(Tensor::h_loop, elements);
      return s_.load_state ? io.take(Tensor::h_in, elements) : Tile(elements);
    }
    if (!has(Operator::state_add)) return io.take(Tensor::h_loop, elements);
    Tile tile = std::move(held_h_.front());
    held_h_.pop_front();
    return tile;
  }

  void keep_h(FiringIo& io) {
    if (!e_.sequence || column_ + 1 == e_.columns) {
      io.put(s_.state_on_chip ? Tensor::h_loop : Tensor::h_out, h_);
    } else if (has(Operator::decay)) {
      held_h_.push_back(h_);
    } else {
      io.put(Tensor::h_loop, h_);
    }
  }

  void read_out(FiringIo& io) {
    if (has(Operator::state_c)) {
      if (first_state()) y_.assign(e_.tile_rows, 0.0F);
      const Tile h = has(Operator::state_add) ? h_ : io.take(Tensor::h, e_.tile_rows * e_.tile_states);
      kernels::state_readout(states(c_, false), h.data(), e_.tile_rows, y_);
    }
    if (!last_state()) return;
    if (has(Operator::state_c) && !has(Operator::d_skip)) io.put(Tensor::y, y_);
    if (has(Operator::d_skip)) {
      if (!has(Operator::state_c)) y_ = io.take(Tensor::y, e_.tile_rows);
      Tile skip(e_.tile_rows);
      kernels::scale(s_.weights(clock_.layer).d[head_], row(io, Tensor::x_skip), skip);
      kernels::add_in_place(y_, skip);
      if (!has(Operator::gate)) io.put(Tensor::y_skip, y_);
    }
    if (has(Operator::gate)) {
      if (!has(Operator::d_skip)) y_ = io.take(Tensor::y_skip, e_.tile_rows);
      kernels::multiply_in_place(y_, row(io, Tensor::z));
      io.put(Tensor::gated, y_);
    }
  }

  void next(FiringIo& io) {
    if (++state_tile_ < state_tiles_) return;
    state_tile_ = 0;
    if (++row_tile_ < e_.row_tiles) return;
    row_tile_ = 0;
    if (++column_ < e_.columns) return;
    column_ = 0;
    const std::size_t rows = e_.row_tiles * e_.columns;
    if (has(Operator::delta_x) || by_b_) io.drop(Tensor::x, rows);
    if (has(Operator::d_skip)) io.drop(Tensor::x_skip, rows);
    if (has(Operator::gate)) io.drop(Tensor::z, rows);
    if (++head_ < e_.heads) return;
    head_ = 0;
    clock_.next_block(e_);
  }

  Setup& s_;
  const Extents& e_;
  OperatorSet ops_;
  std::size_t state_tiles_ = 1;
  bool by_b_ = false;  ///< the outer product is (delta B) x, not B (delta x)

  LayerClock clock_;
  std::size_t head_ = 0, column_ = 0, row_tile_ = 0, state_tile_ = 0;
  std::vector<float> b_, c_;                   // of the block
  std::vector<float> delta_, delta_b_, abar_;  // of the head, all columns
  std::vector<float> scaled_x_, y_, h_;        // of the tile
  std::deque<Tile> held_h_;                    // of the column before, in a pipeline that decays and adds
};

}  // namespace

FunctionPtr make_ssm(Setup& setup, OperatorSet operators) {
  return std::make_unique<Ssm>(setup, operators);
}

}  // namespace statelane::functional
