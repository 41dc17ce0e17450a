// SPDX-License-Identifier: Apache-2.0
#include <deque>
#include <string>

#include "models/functional/walk.h"

namespace statelane::functional {
namespace {

/// Operators on tiles of the heads, alone or fused in one pipeline, through head > column > row tile > state
/// tile. What one operator of the pipeline hands to the next stays inside.
class TileWalk final : public Walk {
 public:
  TileWalk(Run& run, OperatorSet operators) : r_(run), e_(run.e), ops_(operators) {
    state_tiles_ = ops_.intersects(run.block().along_states()) ? e_.state_tiles : 1;
  }

  void fire(const FiringShape& shape, FiringIo& io) override {
    check(shape);
    if (column_ == 0 && row_tile_ == 0 && first_state()) begin_head(io);
    for (const Operator op : r_.block().order()) {
      if (ops_.contains(op) && works(op)) work(op, io);
    }
    next(io);
  }

 private:
  [[nodiscard]] bool first_state() const { return state_tile_ == 0; }
  [[nodiscard]] bool last_state() const { return state_tile_ + 1 == state_tiles_; }
  [[nodiscard]] bool works(Operator op) const {
    if (r_.block().along_states().contains(op)) return true;
    return r_.block().after_states().contains(op) ? last_state() : first_state();
  }
  [[nodiscard]] bool inside(Tensor t) const { return r_.map.fused(r_.map.producer(t), r_.map.consumer(t)); }
  /// Rows that come from the projection lie by row tile, then column, and are held for the head.
  [[nodiscard]] bool held(const Mapping::Link& in) const {
    return in.tile == Tile::head_rows && r_.map.domain_of(r_.map.producer(in.tensor)) != Domain::tile;
  }
  template <class Visit>
  void for_each_input(const Visit& visit) const {
    ops_.for_each([&](Operator op) {
      for (const Mapping::Link& in : r_.map.inputs(op)) visit(in);
    });
  }

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
    for_each_input([&](const Mapping::Link& in) {
      TileData& operand = operands_[index_of(in.tensor)];
      if (in.tile == Tile::group_states && head_ == 0) {
        operand = take_rows(io, in.tensor, e_.states, e_.columns, cut_of(r_, in.tensor));
      } else if (in.tile == Tile::head_scalar) {
        operand = io.take(in.tensor, e_.columns);
      } else if (in.tile == Tile::head_states) {
        operand = io.take(in.tensor, e_.columns * e_.d_state);
      }
    });
  }

  /// What an operator takes of a tensor at this tile.
  TileData operand(const Mapping::Link& in, FiringIo& io) {
    TileData& mine = operands_[index_of(in.tensor)];
    const std::size_t states = state_tile_ * e_.tile_states;
    switch (in.tile) {
      case Tile::head_scalar:
        return mine.slice(column_, 1);
      case Tile::head_states:
        return mine.slice(column_ * e_.d_state + states, e_.tile_states);
      case Tile::group_states:
        return mine.slice(column_ * e_.states + e_.first_state(head_) + states, e_.tile_states);
      case Tile::head_rows:
        if (held(in)) return io.look(in.tensor, row_tile_ * e_.columns + column_, e_.tile_rows);
        if (!inside(in.tensor) && (first_state() || after_states(in.tensor)))
          mine = io.take(in.tensor, e_.tile_rows);
        return mine;
      case Tile::state_tile:
        if (in.tensor == r_.block().carried().in) return last_h(io);
        return inside(in.tensor) ? mine : io.take(in.tensor, e_.tile_rows * e_.tile_states);
      default:
        throw TileError("has no rule for tensor " + std::string(r_.block()[in.tensor].name));
    }
  }
  [[nodiscard]] bool after_states(Tensor t) const {
    return r_.block().after_states().contains(static_cast<Operator>(r_.map.consumer(t)));
  }

  void work(Operator op, FiringIo& io) {
    std::vector<TileData> operands;
    for (const Mapping::Link& in : r_.map.inputs(op)) operands.push_back(operand(in, io));
    std::vector<TileData*> in;
    for (TileData& tile : operands) in.push_back(&tile);
    const std::span<const Mapping::Link> outputs = r_.map.outputs(op);
    std::vector<TileData> out(outputs.size());
    const bool sums = r_.block()[op].reduces_states;
    TileData& sum = sums_[static_cast<std::size_t>(op)];
    if (sums && !first_state()) out.front() = std::move(sum);
    r_.functions->run(op, place(), in, out);
    if (sums && !last_state()) {
      sum = std::move(out.front());
      return;
    }
    for (std::size_t i = 0; i < out.size(); ++i) give(outputs[i].tensor, std::move(out[i]), io);
  }

  [[nodiscard]] TilePlace place() const {
    return {.layer = clock_.layer,
            .first_row = row_tile_ * e_.tile_rows,
            .last_row = (row_tile_ + 1) * e_.tile_rows,
            .head = head_,
            .first_state = state_tile_ * e_.tile_states,
            .last_state = (state_tile_ + 1) * e_.tile_states,
            .sequence = e_.sequence};
  }

  void give(Tensor t, TileData tile, FiringIo& io) {
    if (t == r_.block().carried().out) return keep_h(std::move(tile), io);
    if (inside(t)) {
      operands_[index_of(t)] = std::move(tile);
    } else {
      io.put(t, std::move(tile));
    }
  }

  /// The state of the token before: from memory or the on-chip buffer at the start, else from the column
  /// before.
  TileData last_h(FiringIo& io) {
    const Carried& state = r_.block().carried();
    const std::size_t elements = e_.tile_rows * e_.tile_states;
    if (!e_.sequence || column_ == 0) {
      if (r_.state_on_chip) return io.take(state.on_chip, elements);
      return r_.load_state ? io.take(state.in, elements) : r_.functions->zeros(elements);
    }
    if (!r_.map.carries_within()) return io.take(state.loop, elements);
    TileData tile = std::move(held_h_.front());
    held_h_.pop_front();
    return tile;
  }

  void keep_h(TileData tile, FiringIo& io) {
    const Carried& state = r_.block().carried();
    if (!e_.sequence || column_ + 1 == e_.columns) {
      io.put(r_.state_on_chip ? state.on_chip : state.out, std::move(tile));
    } else if (r_.map.carries_within()) {
      held_h_.push_back(std::move(tile));
    } else {
      io.put(state.loop, std::move(tile));
    }
  }

  void next(FiringIo& io) {
    if (++state_tile_ < state_tiles_) return;
    state_tile_ = 0;
    if (++row_tile_ < e_.row_tiles) return;
    row_tile_ = 0;
    if (++column_ < e_.columns) return;
    column_ = 0;
    for_each_input([&](const Mapping::Link& in) {
      if (held(in)) io.drop(in.tensor, e_.row_tiles * e_.columns);
    });
    if (++head_ < e_.heads) return;
    head_ = 0;
    clock_.next_block(e_);
  }

  Run& r_;
  const Extents& e_;
  OperatorSet ops_;
  std::size_t state_tiles_ = 1;

  LayerClock clock_;
  std::size_t head_ = 0, column_ = 0, row_tile_ = 0, state_tile_ = 0;
  ByTensor<TileData> operands_;                       ///< of the block, the head or the tile
  std::array<TileData, OperatorSet::capacity> sums_;  ///< over the states, under way
  std::deque<TileData> held_h_;                       ///< of the column before
};

}  // namespace

WalkPtr make_tile_walk(Run& run, OperatorSet operators) {
  return std::make_unique<TileWalk>(run, operators);
}

}  // namespace statelane::functional
