// SPDX-License-Identifier: Apache-2.0
// What comes behind the last layer.
#include "models/evaluate/lowering_context.h"

namespace statelane::lowering {
namespace {

/// A column operator's turn between the last layer and the logits; `taken` columns of the residual stream
/// are taken for each that goes on.
void emit_head_column(Context& c, Operator op, std::int64_t taken, std::int64_t count) {
  const OperatorRow& row = c.block[op];
  const FiringId f = c.build.firing(op, c.g.dims[row.rows]);
  for (const Mapping::Link& in : c.map.inputs(op))
    c.build.in(c[in.tensor], in.border == Border::next_layer ? taken : 1);
  for (const Mapping::Link& out : c.map.outputs(op)) c.build.out(c[out.tensor], 1);
  c.build.fire(f, count);
}

void emit_vocabulary(Context& c, Operator op) {
  const Geometry& g = c.g;
  const OperatorRow& row = c.block[op];
  const std::int64_t columns = c.head_columns();
  const std::int64_t reduce = g.dims[row.reduce];
  walk_rows(g.dims[row.rows], g.head_rows, [&](std::int64_t rows, std::int64_t count, bool first, bool) {
    const FiringId f = c.build.firing(op, rows, columns, reduce);
    for (const Mapping::Link& in : c.map.inputs(op)) {
      if (in.tile == Tile::bytes) {
        c.build.in(c[in.tensor], 1);
      } else if (first) {
        c.build.in(c[in.tensor], columns);
      }
    }
    for (const Mapping::Link& out : c.map.outputs(op))
      c.build.out(c[out.tensor], rows / g.head_unit * columns);
    c.build.fire(f, count);
  });
}

/// Takes the logits as the matrix unit makes them; sampling itself costs no time here.
void emit_logit_sink(Context& c, const FiringShape& shape, Tensor logits) {
  const Geometry& g = c.g;
  const std::int64_t columns = c.head_columns();
  const std::int64_t tiles = ceil_div(g.vocab, g.head_rows);
  const std::int64_t last = g.vocab - (tiles - 1) * g.head_rows;
  {
    auto passes = c.build.loop(g.head_every_pass ? g.passes : 1);
    const FiringId some = c.build.firing(shape);
    c.build.in(c[logits], g.head_rows / g.head_unit * columns);
    c.build.fire(some, tiles - 1);
    const FiringId rest = c.build.firing(shape);
    c.build.in(c[logits], last / g.head_unit * columns);
    if (g.feedback) c.build.out(c[c.block.entering()], g.columns * g.blocks);
    c.build.fire(rest);
  }
  c.build.end_actor();
}

}  // namespace

void emit_fabric_head(Context& c, OperatorSet ops) {
  const std::int64_t all = c.g.columns * c.g.blocks;
  const std::int64_t columns = c.head_columns();
  ops.common(c.block.at_head()).for_each([&](Operator op) {
    emit_head_column(c, op, all / columns, columns);
  });
  ops.common(c.block.in(Domain::vocabulary)).for_each([&](Operator op) { emit_vocabulary(c, op); });
}

void emit_sink(Context& c) {
  const Geometry& g = c.g;
  const HeadPlace place = c.design.schedule.lm_head;
  const bool host = place == HeadPlace::host;
  const std::int64_t columns = c.head_columns();
  const int head = c.block.head();
  const std::uint16_t unit = host ? static_cast<std::uint16_t>(c.map.unit_of(head)) : no_id;
  c.build.begin_actor(host ? std::string_view(c.design.units[unit].name()) : "sink", ActorKind::host, unit);
  FiringShape shape;
  if (head >= 0) {
    const OperatorRow& row = c.block[static_cast<Operator>(head)];
    shape.op = static_cast<Operator>(head);
    shape.rows = static_cast<std::int32_t>(g.dims[row.rows]);
    shape.columns = static_cast<std::int32_t>(columns);
    shape.reduce = static_cast<std::int32_t>(g.dims[row.reduce]);
  }
  if (place == HeadPlace::fabric) {
    emit_logit_sink(c, shape, c.block[shape.op].outputs.front());
    return;
  }
  const auto finish = [&](bool computes) {
    const FiringId f = c.build.firing(shape);
    if (computes) c.build.add(shape.op, g.dims[c.block[shape.op].rows], columns, shape.reduce);
    c.build.in(c[c.block.leaving()], g.columns * g.blocks);
    if (g.feedback) c.build.out(c[c.block.entering()], g.columns * g.blocks);
    return f;
  };
  if (g.head_every_pass) {
    const FiringId f = finish(host);
    c.build.fire(f, g.passes);
  } else {  // only the last token of a prompt needs logits
    const FiringId skip = finish(false);
    const FiringId f = finish(host);
    c.build.fire(skip, g.passes - 1);
    c.build.fire(f);
  }
  c.build.end_actor();
}

}  // namespace statelane::lowering
