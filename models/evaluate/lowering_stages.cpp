// SPDX-License-Identifier: Apache-2.0
// Firings of every domain but the tiles of the heads.
#include <stdexcept>
#include <string>

#include "models/evaluate/lowering_context.h"

namespace statelane::lowering {
namespace {

/// A table asks for what no domain knows how to take or give.
[[noreturn]] void no_rule(const Context& c, Operator op, Tensor t) {
  throw std::logic_error("block " + std::string(c.block.name()) + ": no rule for tensor " +
                         std::string(c.block[t].name) + " at operator " + std::string(c.block[op].name));
}

/// Tiles of a tensor of the parts that `rows` outputs of all columns are.
std::int64_t part_tiles(const Geometry& g, Tile tile, std::int64_t rows) {
  if (tile == Tile::head_rows) return rows / g.tile_rows * g.columns;
  return tile == Tile::head_scalar ? rows : rows / g.bc_unit;
}

}  // namespace

Bytes aligned(Bytes bytes) {
  constexpr std::int64_t burst =
      64;  // bytes of a BL8 burst on a 64-bit DIMM, the widest access of the memories here
  return Bytes(ceil_div(bytes.count(), burst) * burst);
}

void emit_columns(Context& c, Operator op) {
  const Geometry& g = c.g;
  const OperatorRow& row = c.block[op];
  const std::int64_t rows = g.dims[row.rows];
  // The heads go one by one through all columns: no column is complete before the last head.
  bool at_once = false;
  const auto firing = [&](bool first) {
    const FiringId f = c.build.firing(op, rows);
    for (const Mapping::Link& in : c.map.inputs(op)) {
      if (in.tile == Tile::head_rows) {
        at_once = true;
        if (first) c.build.in(c[in.tensor], g.heads * g.row_tiles * g.columns);
      } else if (in.tile == Tile::vector) {
        c.build.in(c[in.tensor], 1);
      } else {
        no_rule(c, op, in.tensor);
      }
    }
    for (const Mapping::Link& out : c.map.outputs(op)) {
      if (out.tile != Tile::vector) no_rule(c, op, out.tensor);
      c.build.out(c[out.tensor], 1);
    }
    return f;
  };
  const FiringId first = firing(true);
  if (!at_once) {
    c.build.fire(first, g.columns);
    return;
  }
  c.build.fire(first, 1);
  if (g.columns > 1) c.build.fire(firing(false), g.columns - 1);
}

void emit_projection(Context& c, Operator op) {
  const Geometry& g = c.g;
  const OperatorRow& row = c.block[op];
  const std::int64_t reduce = g.dims[row.reduce];
  walk_parts(c, ~0u, [&](std::size_t part, std::int64_t rows, std::int64_t count, bool first) {
    const Block::Part& p = c.block.parts()[part];
    const FiringId f = c.build.firing(op, rows, g.columns, reduce, part);
    for (const Mapping::Link& in : c.map.inputs(op)) {
      if (in.tile == Tile::bytes) {
        c.build.in(c[in.tensor], 1);
      } else if (in.tile == Tile::vector) {
        if (first) c.build.in(c[in.tensor], g.columns);
      } else {
        no_rule(c, op, in.tensor);
      }
    }
    c.build.out(c[p.tensor], part_tiles(g, p.tile, rows));
    c.build.fire(f, count);
  });
}

namespace {

/// What follows the projection element by element: for every tile of a part the operators of this unit that
/// have to do with the part, as one pipeline.
class PartEmitter {
 public:
  PartEmitter(Context& c, OperatorSet ops) : c_(c), g_(c.g), ops_(ops) {}

  void emit() {
    unsigned wanted = 0;
    ops_.for_each([&](Operator op) { wanted |= c_.map.parts_of(op); });
    walk_parts(c_, wanted, [&](std::size_t part, std::int64_t rows, std::int64_t count, bool first) {
      const FiringId f = declare(part, rows);
      moves(part, rows, first);
      c_.build.fire(f, count);
    });
  }

 private:
  [[nodiscard]] bool works_on(Operator op, std::size_t part) const {
    return ((c_.map.parts_of(op) >> part) & 1u) != 0;
  }

  FiringId declare(std::size_t part, std::int64_t rows) {
    FiringId f = no_id;
    ops_.for_each([&](Operator op) {
      if (!works_on(op, part)) return;
      const std::int64_t reduce = g_.dims[c_.block[op].reduce];
      if (f != no_id) {
        c_.build.add(op, rows, g_.columns, reduce);
      } else {
        f = c_.build.firing(op, rows, g_.columns, reduce, part);
      }
    });
    return f;
  }

  void moves(std::size_t part, std::int64_t rows, bool first) {
    const std::int64_t tiles = part_tiles(g_, c_.block.parts()[part].tile, rows);
    const auto index = static_cast<std::int8_t>(part);
    ops_.for_each([&](Operator op) {
      if (!works_on(op, part)) return;
      for (const Mapping::Link& in : c_.map.inputs(op)) {
        if (in.part == index) {
          c_.build.in(c_[in.tensor], tiles);
        } else if (in.part < 0 && first) {
          c_.build.in(c_[in.tensor], 1);  // from memory, for the whole block
        }
      }
    });
    ChannelId history = no_id;
    ops_.for_each([&](Operator op) {
      if (!works_on(op, part)) return;
      for (const Mapping::Link& out : c_.map.outputs(op)) {
        if (out.part == index) c_.build.out(c_[out.tensor], tiles);
        if (out.tile == Tile::history) history = c_[out.tensor];
      }
    });
    c_.build.out(history, rows / g_.conv_unit);
  }

  Context& c_;
  const Geometry& g_;
  OperatorSet ops_;
};

}  // namespace

void emit_parts(Context& c, OperatorSet ops) {
  PartEmitter(c, ops).emit();
}

void emit_head_groups(Context& c, OperatorSet ops) {
  const Geometry& g = c.g;
  FiringId f = no_id;
  ops.for_each([&](Operator op) {
    if (f == no_id) {
      f = c.build.firing(op, g.head_group, g.columns);
    } else {  // one unit, used once more for every group
      c.build.add(op, g.head_group, g.columns);
      c.build.in_sequence();
    }
  });
  ops.for_each([&](Operator op) {
    for (const Mapping::Link& in : c.map.inputs(op)) {
      if (in.tile != Tile::head_scalar) no_rule(c, op, in.tensor);
      c.build.in(c[in.tensor], g.head_group);
    }
  });
  ops.for_each([&](Operator op) {
    for (const Mapping::Link& out : c.map.outputs(op)) {
      if (out.tile != Tile::head_scalar) no_rule(c, op, out.tensor);
      c.build.out(c[out.tensor], g.head_group);
    }
  });
  c.build.fire(f, g.head_groups());
}

void emit_heads(Context& c, Operator op) {
  const Geometry& g = c.g;
  const OperatorRow& row = c.block[op];
  const std::int64_t rows = g.dims[row.rows];
  for (const bool first : {true, false}) {
    const FiringId f = c.build.firing(op, rows, g.columns);
    for (const Mapping::Link& in : c.map.inputs(op)) {
      if (in.tile == Tile::group_states) {  // all heads use it
        if (first) c.build.in(c[in.tensor], g.groups_states / g.bc_unit);
      } else if (in.tile == Tile::head_scalar || in.tile == Tile::head_states) {
        c.build.in(c[in.tensor], 1);
      } else {
        no_rule(c, op, in.tensor);
      }
    }
    for (const Mapping::Link& out : c.map.outputs(op)) c.build.out(c[out.tensor], 1);
    c.build.fire(f, first ? 1 : g.heads - 1);
  }
}

void emit_rows(Context& c, Operator op, bool last_layer) {
  const Geometry& g = c.g;
  const OperatorRow& row = c.block[op];
  const std::int64_t reduce = g.dims[row.reduce];
  const bool leaves = last_layer && c.block.leaving() != no_tensor && c[c.block.leaving()] != no_id;
  walk_rows(g.dims[row.rows], g.out_rows, [&](std::int64_t rows, std::int64_t count, bool first, bool last) {
    const FiringId f = c.build.firing(op, rows, g.columns, reduce);
    for (const Mapping::Link& in : c.map.inputs(op)) {
      if (in.border == Border::enters) continue;
      if (in.tile == Tile::bytes) {
        c.build.in(c[in.tensor], 1);
      } else if (in.tile == Tile::output_rows) {
        c.build.in(c[in.tensor], rows / g.out_unit);
      } else if (in.tile == Tile::vector) {
        if (first) c.build.in(c[in.tensor], g.columns);
      } else {
        no_rule(c, op, in.tensor);
      }
    }
    for (const Mapping::Link& out : c.map.outputs(op)) {
      if (out.border == (leaves ? Border::next_layer : Border::leaves)) continue;
      if (out.tile == Tile::output_rows) {
        c.build.out(c[out.tensor], rows / g.out_unit);
      } else if (out.tile == Tile::vector) {
        if (last) c.build.out(c[out.tensor], g.columns);
      } else {
        no_rule(c, op, out.tensor);
      }
    }
    c.build.fire(f, count);
  });
}

}  // namespace statelane::lowering
