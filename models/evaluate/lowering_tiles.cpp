// SPDX-License-Identifier: Apache-2.0
// Firings of the heads' operators, tile by tile.
#include <array>
#include <stdexcept>
#include <string>

#include "models/evaluate/lowering_context.h"

namespace statelane::lowering {
namespace {

/// Where in the loop nest head > column > row tile > state tile a firing stands, as a set of these.
enum Place : unsigned {
  always = 0,
  layer_first = 1u << 0,
  head_first = 1u << 1,
  state_first = 1u << 2,
  state_last = 1u << 3,
  column_start = 1u << 4,  ///< the state enters here ...
  column_inner = 1u << 5,  ///< ... or comes from the column before
  column_end = 1u << 6,    ///< and leaves here ...
  column_on = 1u << 7,     ///< ... or goes to the next column
};

/// Tiles taken from or put into a channel by the firings that stand at `when`.
struct Move {
  ChannelId channel;
  unsigned when;
  std::int64_t tiles;
};

/// Firings of the operators that share one unit.
class TileEmitter {
 public:
  TileEmitter(Context& c, OperatorSet ops) : c_(c), g_(c.g), ops_(ops) {
    // A unit with nothing along the states fires once a row tile.
    state_tiles_ = ops_.intersects(c.block.along_states()) ? g_.state_tiles : 1;
    all_rows_ = g_.heads * g_.row_tiles * g_.columns;
    ops_.for_each([&](Operator op) {
      for (const Mapping::Link& in : c_.map.inputs(op)) add_input(op, in);
    });
    inputs_ = moves_count_;
    ops_.for_each([&](Operator op) {
      for (const Mapping::Link& out : c_.map.outputs(op)) add_output(op, out);
    });
  }

  void emit() {
    const bool split_first = c_.design.schedule.barrier || shares();
    if (!split_first || g_.heads == 1) {
      auto loop = c_.build.loop(g_.heads);
      head(split_first ? layer_first : always);
      return;
    }
    head(layer_first);
    auto loop = c_.build.loop(g_.heads - 1);
    head(always);
  }

 private:
  /// Whether an operator can take what all heads share, which it does before the first.
  [[nodiscard]] bool shares() const { return ops_.intersects(c_.block.sharing()); }

  void head(unsigned layer) {
    // Columns of one sequence differ at both ends: the state enters at the first and leaves after the last.
    const unsigned each = g_.sequence ? column_inner | column_on : column_start | column_end;
    const bool one = g_.columns == 1;
    rows(layer | head_first | column_start | (one || !g_.sequence ? column_end : column_on));
    const std::int64_t middle = g_.columns - (g_.sequence ? 2 : 1);
    if (middle > 0) {
      auto loop = c_.build.loop(middle);
      rows(each);
    }
    if (g_.sequence && !one) rows(column_inner | column_end);
  }

  void rows(unsigned at) {
    states(at);
    if (g_.row_tiles > 1) {
      auto loop = c_.build.loop(g_.row_tiles - 1);
      states(at & ~(layer_first | head_first));
    }
  }

  void states(unsigned at) {
    tile(at | state_first | (state_tiles_ == 1 ? state_last : always), 1);
    at &= ~(layer_first | head_first);
    if (state_tiles_ > 2) tile(at, state_tiles_ - 2);
    if (state_tiles_ > 1) tile(at | state_last, 1);
  }

  [[nodiscard]] bool along(Operator op) const { return c_.block.along_states().contains(op); }
  /// Where along the states an operator works.
  [[nodiscard]] unsigned works_at(Operator op) const {
    if (along(op)) return always;
    return c_.block.after_states().contains(op) ? state_last : state_first;
  }

  void tile(unsigned at, std::int64_t count) {
    const FiringId f = c_.build.firing();
    FiringShape& shape = c_.build.shape();
    shape.rows = static_cast<std::int32_t>(g_.tile_rows);
    shape.reduce = static_cast<std::int32_t>(g_.tile_states);
    shape.head_first = (at & head_first) != 0;
    shape.state_first = (at & state_first) != 0;
    shape.state_last = (at & state_last) != 0;
    bool any = false;
    ops_.for_each([&](Operator op) {
      if (const unsigned when = works_at(op); (at & when) != when) return;
      const OperatorRow& row = c_.block[op];
      c_.build.add(op, g_.tile_rows, 1, row.reduces_states ? g_.dims[row.reduce] : 1,
                   along(op) ? g_.tile_states : 1);
      if (!any) c_.build.set_operator(op);
      any = true;
    });
    for (std::size_t i = 0; i < moves_count_; ++i) {
      const Move& m = moves_[i];
      if ((at & m.when) != m.when) continue;
      i < inputs_ ? c_.build.in(m.channel, m.tiles) : c_.build.out(m.channel, m.tiles);
    }
    c_.build.fire(f, count);
  }

  void add(ChannelId channel, unsigned when, std::int64_t tiles = 1) {
    if (channel != no_id) moves_.at(moves_count_++) = {channel, when, tiles};
  }
  /// Under a barrier the first firing of a layer waits for the whole tensor, `total` tiles; otherwise tiles
  /// are taken as they are needed.
  void add_take(Tensor t, unsigned when, std::int64_t tiles, std::int64_t total) {
    if (c_.design.schedule.barrier) {
      add(c_[t], layer_first, total);
    } else {
      add(c_[t], when, tiles);
    }
  }

  void add_input(Operator op, const Mapping::Link& in) {
    switch (in.tile) {
      case Tile::head_scalar:
      case Tile::head_states:
        return add_take(in.tensor, head_first, 1, g_.heads);
      case Tile::group_states:
        return add(c_[in.tensor], layer_first, g_.groups_states / g_.bc_unit);
      case Tile::head_rows:
        return add_rows(op, in.tensor);
      case Tile::state_tile:
        if (in.tensor == c_.block.carried().in) return add_carried_in();
        return add_take(in.tensor, always, 1, all_rows_ * g_.state_tiles);
      default:
        throw std::logic_error("block " + std::string(c_.block.name()) + ": no rule for tensor " +
                               std::string(c_.block[in.tensor].name) + " at operator " +
                               std::string(c_.block[op].name));
    }
  }

  /// Rows come tile by tile, but with several columns those of the projection are made in another order
  /// (row tile > column) than the heads walk them, so a head's worth at a time.
  void add_rows(Operator op, Tensor t) {
    const bool same_order = g_.columns == 1 || c_.map.domain_of(c_.map.producer(t)) == Domain::tile;
    if (same_order) {
      const bool after = c_.block.after_states().contains(op);
      add_take(t, after ? state_last : state_first, 1, all_rows_);
    } else {
      add_take(t, head_first, g_.row_tiles * g_.columns, all_rows_);
    }
  }

  /// The state of the token before: from memory, or its buffer, at the start.
  void add_carried_in() {
    const Carried& state = c_.block.carried();
    const bool on_chip = c_.design.schedule.state == StatePlace::on_chip;
    add(c_[on_chip ? state.on_chip : state.in], column_start);
    add(c_[state.loop], column_inner);
  }

  void add_output(Operator op, const Mapping::Link& out) {
    const Carried& state = c_.block.carried();
    if (out.tensor == state.out) {
      const bool on_chip = c_.design.schedule.state == StatePlace::on_chip;
      add(c_[on_chip ? state.on_chip : state.out], column_end);
      add(c_[state.loop], column_on);
      return;
    }
    add(c_[out.tensor], c_.block[op].reduces_states ? unsigned{state_last} : works_at(op));
  }

  Context& c_;
  const Geometry& g_;
  OperatorSet ops_;
  std::int64_t state_tiles_ = 1;
  std::int64_t all_rows_ = 1;
  std::array<Move, 48> moves_;  // not initialised: it costs more than the rest
  std::size_t inputs_ = 0;      ///< the first of them take, the others put
  std::size_t moves_count_ = 0;
};

}  // namespace

void emit_tiles(Context& c, OperatorSet ops) {
  TileEmitter(c, ops).emit();
}

}  // namespace statelane::lowering
