// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "models/evaluate/lowering_context.h"

namespace statelane::lowering {
namespace {

/// Which tile of the loop nest head > column > row tile > state tile a firing works on.
struct TilePosition {
  bool layer_first = false;
  bool head_first = false;
  bool column_first = false;
  bool column_last = false;
  bool state_first = true;
  bool state_last = true;
};

/// SSM operators whose results lie along d_state.
constexpr OperatorSet along_states(Operator::outer, Operator::decay, Operator::state_add, Operator::state_c);

/// Firings of the SSM operators that share one unit.
class SsmEmitter {
 public:
  SsmEmitter(Context& c, OperatorSet ops) : c_(c), g_(c.g), ops_(ops.common(ssm_operators)) {
    // A unit with nothing along d_state fires once a row tile.
    state_tiles_ = ops_.intersects(along_states) ? g_.state_tiles : 1;
  }

  void emit() {
    const bool split_first =
        c_.design.schedule.barrier || ops_.contains(Operator::outer) || ops_.contains(Operator::state_c);
    if (!split_first || g_.heads == 1) {
      auto loop = c_.build.loop(g_.heads);
      head(split_first);
      return;
    }
    head(true);
    auto loop = c_.build.loop(g_.heads - 1);
    head(false);
  }

 private:
  void head(bool layer_first) {
    TilePosition at;
    at.layer_first = layer_first;
    at.head_first = true;
    at.column_first = true;
    at.column_last = g_.columns == 1;
    rows(at);
    at.layer_first = at.head_first = false;
    // Columns of one sequence differ at both ends: the state enters at the first and leaves after the last.
    at.column_first = !g_.sequence;
    at.column_last = !g_.sequence;
    const std::int64_t middle = g_.columns - (g_.sequence ? 2 : 1);
    if (middle > 0) {
      auto loop = c_.build.loop(middle);
      rows(at);
    }
    if (g_.sequence && g_.columns > 1) {
      at.column_first = false;
      at.column_last = true;
      rows(at);
    }
  }

  void rows(TilePosition at) {
    states(at);
    at.layer_first = at.head_first = false;
    if (g_.row_tiles > 1) {
      auto loop = c_.build.loop(g_.row_tiles - 1);
      states(at);
    }
  }

  void states(TilePosition at) {
    at.state_first = true;
    at.state_last = state_tiles_ == 1;
    tile(at, 1);
    at.layer_first = at.head_first = at.state_first = false;
    if (state_tiles_ > 2) tile(at, state_tiles_ - 2);
    at.state_last = true;
    if (state_tiles_ > 1) tile(at, 1);
  }

  [[nodiscard]] bool active(Operator op, const TilePosition& at) const {
    if (!ops_.contains(op)) return false;
    if (op == Operator::delta_x) return at.state_first;
    if (op == Operator::d_skip || op == Operator::gate) return at.state_last;
    return true;
  }

  void tile(const TilePosition& at, std::int64_t count) {
    FiringShape shape;
    shape.rows = static_cast<std::int32_t>(g_.tile_rows);
    shape.reduce = static_cast<std::int32_t>(g_.tile_states);
    shape.head_first = at.head_first;
    shape.state_first = at.state_first;
    shape.state_last = at.state_last;
    const FiringId f = c_.build.firing(shape);
    bool any = false;
    ops_.for_each([&](Operator op) {
      if (!active(op, at)) return;
      c_.build.add({op, g_.tile_rows, along_states.contains(op) ? g_.tile_states : 1,
                    op == Operator::state_c ? g_.d_state : 1, 1});
      if (!any) c_.build.set_operator(op);
      any = true;
    });
    inputs(at);
    outputs(at);
    c_.build.fire(f, count);
  }

  /// Under a barrier the first firing of a layer waits for the whole tensor, `total` tiles; otherwise tiles
  /// are taken as they are needed.
  void take(Edge edge, bool now, std::int64_t tiles, std::int64_t total, const TilePosition& at) {
    if (c_.design.schedule.barrier) {
      if (at.layer_first) c_.build.in(c_[edge], total);
    } else if (now) {
      c_.build.in(c_[edge], tiles);
    }
  }

  /// x and z: tile by tile with one column; with several, projected in another order than the SSM walks them,
  /// so a head's worth at a time.
  void take_rows(Edge edge, bool now, const TilePosition& at) {
    const std::int64_t all = g_.heads * g_.row_tiles * g_.columns;
    if (g_.columns == 1) {
      take(edge, now, 1, all, at);
    } else {
      take(edge, at.head_first, g_.row_tiles * g_.columns, all, at);
    }
  }

  void inputs(const TilePosition& at) {
    const std::int64_t row_total = g_.heads * g_.row_tiles * g_.columns;
    const std::int64_t tile_total = row_total * g_.state_tiles;
    if (ops_.contains(Operator::delta_x)) {
      take(Edge::delta_in, at.head_first, 1, g_.heads, at);
      take_rows(Edge::x, at.state_first, at);
    }
    if (ops_.contains(Operator::outer)) {
      if (c_.has(Operator::delta_b)) {
        take(Edge::delta_b, at.head_first, 1, g_.heads, at);
        take_rows(Edge::x, at.state_first, at);
      } else {
        take(Edge::delta_x, at.state_first, 1, row_total, at);
        if (at.layer_first) c_.build.in(c_[Edge::b], c_.build.graph().channels[c_[Edge::b]].capacity);
      }
    }
    if (ops_.contains(Operator::decay)) {
      take(Edge::abar, at.head_first, 1, g_.heads, at);
      if (c_.per_column_state || at.column_first) {
        const bool on_chip = c_.design.schedule.state == StatePlace::on_chip;
        c_.build.in(c_[on_chip ? Edge::h_loop : Edge::h_in], 1);
      } else {
        c_.build.in(c_[Edge::h_loop], 1);
      }
    }
    if (ops_.contains(Operator::state_add)) {
      take(Edge::bx, true, 1, tile_total, at);
      take(Edge::ah, true, 1, tile_total, at);
    }
    if (ops_.contains(Operator::state_c)) {
      take(Edge::h, true, 1, tile_total, at);
      if (at.layer_first) c_.build.in(c_[Edge::c], c_.build.graph().channels[c_[Edge::c]].capacity);
    }
    if (ops_.contains(Operator::d_skip)) {
      take(Edge::y, at.state_last, 1, row_total, at);
      take_rows(Edge::x_skip, at.state_last, at);
    }
    if (ops_.contains(Operator::gate)) {
      take(Edge::y_skip, at.state_last, 1, row_total, at);
      take_rows(Edge::z, at.state_last, at);
    }
  }

  void outputs(const TilePosition& at) {
    if (active(Operator::delta_x, at)) c_.build.out(c_[Edge::delta_x], 1);
    if (ops_.contains(Operator::outer)) c_.build.out(c_[Edge::bx], 1);
    if (ops_.contains(Operator::decay)) c_.build.out(c_[Edge::ah], 1);
    if (ops_.contains(Operator::state_add)) {
      c_.build.out(c_[Edge::h], 1);
      if (c_.design.schedule.state == StatePlace::on_chip) {
        if (c_.per_column_state || at.column_last) c_.build.out(c_[Edge::h_loop], 1);
      } else if (c_.per_column_state || at.column_last) {
        c_.build.out(c_[Edge::h_out], 1);
      }
      if (!c_.per_column_state && !at.column_last) c_.build.out(c_[Edge::h_loop], 1);
    }
    if (ops_.contains(Operator::state_c) && at.state_last) c_.build.out(c_[Edge::y], 1);
    if (active(Operator::d_skip, at)) c_.build.out(c_[Edge::y_skip], 1);
    if (active(Operator::gate, at)) c_.build.out(c_[Edge::gated], 1);
  }

  Context& c_;
  const Geometry& g_;
  OperatorSet ops_;
  std::int64_t state_tiles_ = 1;
};

}  // namespace

void emit_ssm(Context& c, OperatorSet ops) {
  SsmEmitter(c, ops).emit();
}

}  // namespace statelane::lowering
