// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "models/evaluate/lowering_context.h"

namespace statelane::lowering {
namespace {

FiringShape shape_of(Operator op, std::int64_t rows, std::int64_t columns = 1, std::int64_t reduce = 1,
                     Part part = Part::z) {
  FiringShape s;
  s.op = op;
  s.part = part;
  s.rows = static_cast<std::int32_t>(rows);
  s.columns = static_cast<std::int32_t>(columns);
  s.reduce = static_cast<std::int32_t>(reduce);
  return s;
}

struct ColumnEdges {
  Edge in;
  Edge out;
  std::int64_t rows;
};

ColumnEdges column_edges(const Context& c, Operator op) {
  const Geometry& g = c.g;
  switch (op) {
    case Operator::norm:
      return {Edge::residual_norm, c.has(Operator::in_hadamard) ? Edge::norm_out : Edge::hadamard_in,
              g.d_model};
    case Operator::in_hadamard:
      return {Edge::norm_out, Edge::hadamard_in, g.d_model};
    case Operator::gated_norm:
      return {Edge::gated, c.has(Operator::out_hadamard) ? Edge::normed : Edge::rotated2, g.d_inner};
    case Operator::out_hadamard:
      return {Edge::normed, c.has(Operator::out_hadamard2) ? Edge::rotated : Edge::rotated2, g.d_inner};
    default:  // out_hadamard2
      return {Edge::rotated, Edge::rotated2, g.d_inner};
  }
}

}  // namespace

Bytes aligned(Bytes bytes) {
  constexpr std::int64_t burst =
      64;  // bytes of a BL8 burst on a 64-bit DIMM, the widest access of the memories here
  return Bytes(ceil_div(bytes.count(), burst) * burst);
}

void emit_columns(Context& c, Operator op) {
  const Geometry& g = c.g;
  const ColumnEdges e = column_edges(c, op);
  const Work work{op, e.rows, 1, 1, 1};
  if (op != Operator::gated_norm) {
    const FiringId f = c.build.firing(work, shape_of(op, e.rows));
    c.build.in(c[e.in], 1);
    c.build.out(c[e.out], 1);
    c.build.fire(f, g.columns);
    return;
  }
  // The SSM works head by head through all columns: no column is complete before the last head.
  const FiringId first = c.build.firing(work, shape_of(op, e.rows));
  c.build.in(c[e.in], g.heads * g.row_tiles * g.columns);
  c.build.out(c[e.out], 1);
  c.build.fire(first, 1);
  if (g.columns > 1) {
    const FiringId rest = c.build.firing(work, shape_of(op, e.rows));
    c.build.out(c[e.out], 1);
    c.build.fire(rest, g.columns - 1);
  }
}

namespace {

struct PartEdges {
  Edge raw, conv, act;
};

PartEdges part_edges(Part part) {
  switch (part) {
    case Part::z:
      return {Edge::z_raw, Edge::z_raw, Edge::z};
    case Part::x:
      return {Edge::x_raw, Edge::x_conv, Edge::x};
    case Part::b:
      return {Edge::b_raw, Edge::b_conv, Edge::b};
    case Part::c:
      return {Edge::c_raw, Edge::c_conv, Edge::c};
    case Part::dt:
      break;
  }
  return {Edge::dt_raw, Edge::dt_raw, Edge::dt_raw};
}

/// Tiles of the part's channels that `rows` outputs of all columns are.
std::int64_t part_tiles(const Geometry& g, Part part, std::int64_t rows) {
  if (part == Part::z || part == Part::x) return rows / g.tile_rows * g.columns;
  if (part == Part::dt) return rows;
  return rows / g.bc_unit;
}

}  // namespace

void emit_projection_parts(Context& c, OperatorSet ops) {
  const Geometry& g = c.g;
  const bool project = ops.contains(Operator::in_proj);
  const bool conv = ops.contains(Operator::conv);
  const bool act = ops.contains(Operator::silu_xbc);
  const bool act_z = ops.contains(Operator::silu_z);
  const unsigned xbc = (1u << unsigned(Part::x)) | (1u << unsigned(Part::b)) | (1u << unsigned(Part::c));
  unsigned wanted = conv || act ? xbc : 0u;
  if (act_z) wanted |= 1u << unsigned(Part::z);
  if (project) wanted = 31u;

  walk_parts(c, wanted, [&](Part part, std::int64_t rows, std::int64_t count, bool first) {
    const PartEdges e = part_edges(part);
    const std::int64_t tiles = part_tiles(g, part, rows);
    if (project) {
      const Work work{Operator::in_proj, rows, 1, g.d_model, g.columns};
      const FiringId f = c.build.firing(work, shape_of(work.op, rows, g.columns, g.d_model, part));
      if (first) c.build.in(c[Edge::hadamard_in], g.columns);
      c.build.in(c[Edge::weights], 1);
      c.build.out(c[e.raw], tiles);
      c.build.fire(f, count);
      return;
    }
    // Convolution and SiLU, one or both in this unit; z has no convolution.
    const bool convolves = conv && part != Part::z;
    const bool activates = part == Part::z ? act_z : act;
    if (!convolves && !activates) return;
    const Operator op = convolves ? Operator::conv : part == Part::z ? Operator::silu_z : Operator::silu_xbc;
    const FiringId f =
        c.build.firing({op, rows, 1, g.taps, g.columns}, shape_of(op, rows, g.columns, g.taps, part));
    if (convolves && activates) c.build.add({Operator::silu_xbc, rows, 1, 1, g.columns});
    if (convolves && first) c.build.in(c[Edge::conv_in], 1);
    c.build.in(c[convolves || part == Part::z ? e.raw : e.conv], tiles);
    c.build.out(c[activates ? e.act : e.conv], tiles);
    if (activates && part == Part::x) c.build.out(c[Edge::x_skip], tiles);
    if (convolves) c.build.out(c[Edge::conv_out], rows / g.conv_unit);
    c.build.fire(f, count);
  });
}

void emit_head_scalars(Context& c, OperatorSet ops) {
  const Geometry& g = c.g;
  const bool softplus = ops.contains(Operator::softplus);
  const bool exp = ops.contains(Operator::decay_exp);
  if (softplus || exp) {
    const auto work = [&](Operator op) { return Work{op, g.head_group, 1, 1, g.columns}; };
    const Operator op = softplus ? Operator::softplus : Operator::decay_exp;
    const FiringId f = c.build.firing(work(op), shape_of(op, g.head_group, g.columns));
    if (softplus && exp) {  // one unit, used twice for every group
      c.build.add(work(Operator::decay_exp));
      c.build.in_sequence();
    }
    c.build.in(softplus ? c[Edge::dt_raw] : c[Edge::delta], g.head_group);
    if (softplus) {
      c.build.out(c[Edge::delta], g.head_group);
      c.build.out(c[Edge::delta_in], g.head_group);
    }
    if (exp) c.build.out(c[Edge::abar], g.head_group);
    c.build.fire(f, g.head_groups());
  }
  if (ops.contains(Operator::delta_b)) {
    const Work work{Operator::delta_b, g.d_state, 1, 1, g.columns};
    const std::int64_t b_tiles = g.groups_states / g.bc_unit;
    for (const bool first : {true, false}) {
      const FiringId f = c.build.firing(work, shape_of(Operator::delta_b, g.d_state, g.columns));
      if (first) c.build.in(c[Edge::b], b_tiles);
      c.build.in(c[Edge::delta_in], 1);
      c.build.out(c[Edge::delta_b], 1);
      c.build.fire(f, first ? 1 : g.heads - 1);
    }
  }
}

void emit_output(Context& c, OperatorSet ops, bool last_layer) {
  const Geometry& g = c.g;
  const bool project = ops.contains(Operator::out_proj);
  const Edge next = last_layer && c[Edge::last] != no_id ? Edge::last : Edge::residual_norm;
  const std::int64_t tiles = ceil_div(g.d_model, g.out_rows);
  const auto tile = [&](std::int64_t rows, std::int64_t count, bool first, bool last) {
    if (count <= 0) return;
    const Operator op = project ? Operator::out_proj : Operator::residual;
    const std::int64_t reduce = project ? g.d_inner : 1;
    const FiringId f =
        c.build.firing({op, rows, 1, reduce, g.columns}, shape_of(op, rows, g.columns, reduce));
    if (project) {
      if (first) c.build.in(c[Edge::rotated2], g.columns);
      c.build.in(c[Edge::weights], 1);
      c.build.out(c[Edge::out], rows / g.out_unit);
    } else {
      c.build.in(c[Edge::out], rows / g.out_unit);
      if (last) c.build.out(c[next], g.columns);
    }
    c.build.fire(f, count);
  };
  const std::int64_t last_rows = g.d_model - (tiles - 1) * g.out_rows;
  if (tiles == 1) {
    tile(last_rows, 1, true, true);
    return;
  }
  tile(g.out_rows, 1, true, false);
  tile(g.out_rows, tiles - 2, false, false);
  tile(last_rows, 1, false, true);
}

}  // namespace statelane::lowering
