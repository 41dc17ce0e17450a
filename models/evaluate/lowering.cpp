// SPDX-License-Identifier: Apache-2.0
#include "models/evaluate/lowering.h"

#include <algorithm>

#include "models/evaluate/firing_times.h"
#include "models/evaluate/lowering_context.h"

namespace statelane {
namespace lowering {
namespace {

std::string map_operators(Context& c) {
  c.unit_of_op.fill(-1);
  OperatorSet mapped;
  for (std::size_t u = 0; u < c.design.units.size(); ++u) {
    const Unit& unit = c.design.units[u];
    const OperatorSet supported = unit.model().supports();
    std::string why;
    unit.operators().for_each([&](Operator op) {
      std::int16_t& at = c.unit_of_op[static_cast<std::size_t>(op)];
      if (at >= 0) {
        why = std::string("operator ") + std::string(operator_name(op)) + " is mapped to two units";
      } else if (!supported.contains(op)) {
        why = "unit " + unit.name() + " of kind " + std::string(unit.model().kind()) + " cannot execute " +
              std::string(operator_name(op));
      }
      at = static_cast<std::int16_t>(u);
    });
    if (!why.empty()) return why;
    mapped.insert(unit.operators());
  }
  constexpr OperatorSet needed(Operator::norm, Operator::in_proj, Operator::conv, Operator::silu_xbc,
                               Operator::silu_z, Operator::softplus, Operator::decay_exp, Operator::outer,
                               Operator::decay, Operator::state_add, Operator::state_c, Operator::d_skip,
                               Operator::gate, Operator::gated_norm, Operator::out_proj, Operator::residual);
  if (!mapped.includes(needed)) {
    std::string why;
    needed.for_each([&](Operator op) {
      if (why.empty() && !c.has(op)) why = "no unit executes " + std::string(operator_name(op));
    });
    return why;
  }
  if (c.has(Operator::delta_b) == c.has(Operator::delta_x))
    return "exactly one of delta_b and delta_x must be mapped";
  if (c.has(Operator::out_hadamard2) && !c.has(Operator::out_hadamard))
    return "out_hadamard2 needs out_hadamard";
  if (c.design.schedule.lm_head != HeadPlace::none && !c.has(Operator::lm_head))
    return "no unit executes lm_head";
  return {};
}

/// A pipeline takes its inputs and gives its outputs in one firing: where a tile would have to leave it for
/// another unit and come back, it waits for itself for ever.
std::string check_pipelines(const Context& c) {
  struct Path {
    Operator from, between, to;
  };
  using enum Operator;
  constexpr Path paths[] = {
      {delta_x, outer, state_add}, {delta_x, outer, state_c},    {delta_x, outer, d_skip},
      {delta_x, outer, gate},      {outer, state_add, state_c},  {outer, state_add, d_skip},
      {outer, state_add, gate},    {decay, state_add, state_c},  {decay, state_add, d_skip},
      {decay, state_add, gate},    {state_add, state_c, d_skip}, {state_add, state_c, gate},
      {state_c, d_skip, gate}};
  const auto unit = [&](Operator op) { return c.unit_of_op[static_cast<std::size_t>(op)]; };
  for (const Path& p : paths) {
    if (unit(p.from) < 0 || unit(p.from) != unit(p.to) || unit(p.between) == unit(p.from)) continue;
    return "unit " + c.design.units[static_cast<std::size_t>(unit(p.from))].name() + " executes " +
           std::string(operator_name(p.from)) + " and " + std::string(operator_name(p.to)) +
           " in one pipeline, but not " + std::string(operator_name(p.between)) + " between them";
  }
  return {};
}

/// Sizes a Hadamard unit cannot transform.
std::string check_transforms(const Unit& unit, const Geometry& g) {
  constexpr OperatorSet transforms(Operator::in_hadamard, Operator::out_hadamard, Operator::out_hadamard2);
  std::string why;
  if (!unit.operators().intersects(transforms)) return why;
  unit.operators().common(transforms).for_each([&](Operator op) {
    const std::int64_t rows = op == Operator::in_hadamard ? g.d_model : g.d_inner;
    const std::string refused = why.empty() ? unit.model().refuses({op, rows, 1, 1, 1}) : "";
    if (!refused.empty())
      why = std::string(operator_name(op)) + ": " + refused + " (" + std::to_string(rows) + ")";
  });
  return why;
}

std::string check_transforms(const Design& design, const Geometry& g) {
  for (const Unit& unit : design.units) {
    if (std::string why = check_transforms(unit, g); !why.empty()) return why;
  }
  return {};
}

std::string check_schedule(const Context& c) {
  const Schedule& s = c.design.schedule;
  // The on-chip state goes round once through all layers a pass; a prompt's next block, or the next prompt,
  // would meet another layer's, or the last prompt's.
  if (s.state == StatePlace::on_chip && c.g.sequence && c.g.columns * c.g.blocks * c.g.passes > 1) {
    return "an on-chip state cannot serve a block of tokens: use prefill token_outer or state off_chip";
  }
  if (s.barrier && c.g.sequence && c.g.columns > 1 && !c.fused(Operator::decay, Operator::state_add)) {
    return "a barrier cannot hold for a block of tokens: decay of a token needs the state the token before "
           "left";
  }
  for (const Placement* place : {&c.design.memory.weights, &c.design.memory.state, &c.design.memory.conv}) {
    const bool known = std::any_of(c.design.memory.ports.begin(), c.design.memory.ports.end(),
                                   [&](const MemoryPort& port) { return port.name == place->port; });
    if (!known) return "no memory port is called " + place->port;
  }
  return {};
}

/// The firings of one block of one layer of a unit, in data-flow order.
void emit_layer(Context& c, OperatorSet ops, bool last_layer) {
  c.build.begin_layer();
  if (ops.contains(Operator::norm)) emit_columns(c, Operator::norm);
  if (ops.contains(Operator::in_hadamard)) emit_columns(c, Operator::in_hadamard);
  if (ops.intersects(OperatorSet(Operator::in_proj, Operator::conv, Operator::silu_xbc, Operator::silu_z))) {
    emit_projection_parts(c, ops);
  }
  emit_head_scalars(c, ops);
  if (ops.intersects(OperatorSet(Operator::delta_x, Operator::outer, Operator::decay, Operator::state_add,
                                 Operator::state_c, Operator::d_skip, Operator::gate))) {
    emit_ssm(c, ops);
  }
  for (const Operator op : {Operator::gated_norm, Operator::out_hadamard, Operator::out_hadamard2}) {
    if (ops.contains(op)) emit_columns(c, op);
  }
  if (ops.intersects(OperatorSet(Operator::out_proj, Operator::residual))) emit_output(c, ops, last_layer);
  c.build.end_layer();
}

/// Firing of a column operator of the final norm.
void head_column(Context& c, Operator op, ChannelId in, std::int64_t taken, ChannelId out,
                 std::int64_t count) {
  FiringShape shape;
  shape.op = op;
  shape.rows = static_cast<std::int32_t>(c.g.d_model);
  const FiringId f = c.build.firing({op, c.g.d_model, 1, 1, 1}, shape);
  c.build.in(in, taken);
  c.build.out(out, 1);
  c.build.fire(f, count);
}

/// Final norm and LM head on the fabric: the residual of the last token of a prompt, of every sequence in
/// decode.
void emit_fabric_head(Context& c, OperatorSet ops) {
  const Geometry& g = c.g;
  const std::int64_t all = g.columns * g.blocks;
  const std::int64_t columns = g.sequence ? 1 : g.columns;
  const ChannelId u = c[Edge::hadamard_in];
  if (ops.contains(Operator::norm)) {
    const bool rotate = c.has(Operator::in_hadamard);
    head_column(c, Operator::norm, c[Edge::residual_norm], all / columns, rotate ? c[Edge::norm_out] : u,
                columns);
  }
  if (ops.contains(Operator::in_hadamard))
    head_column(c, Operator::in_hadamard, c[Edge::norm_out], 1, u, columns);
  if (!ops.contains(Operator::lm_head)) return;
  const std::int64_t tiles = ceil_div(g.vocab, g.head_rows);
  const auto tile = [&](std::int64_t rows, std::int64_t count, bool first) {
    if (count <= 0) return;
    FiringShape shape;
    shape.op = Operator::lm_head;
    shape.rows = static_cast<std::int32_t>(rows);
    shape.columns = static_cast<std::int32_t>(columns);
    shape.reduce = static_cast<std::int32_t>(g.d_model);
    const FiringId f = c.build.firing({Operator::lm_head, rows, 1, g.d_model, columns}, shape);
    if (first) c.build.in(u, columns);
    c.build.in(c[Edge::weights], 1);
    c.build.out(c[Edge::logits], rows / g.head_unit * columns);
    c.build.fire(f, count);
  };
  const std::int64_t last = g.vocab - (tiles - 1) * g.head_rows;
  if (tiles > 1) {
    tile(g.head_rows, 1, true);
    tile(g.head_rows, tiles - 2, false);
  }
  tile(last, 1, tiles == 1);
}

/// One walk of a unit through all layers.
void emit_pass(Context& c, OperatorSet ops) {
  const Geometry& g = c.g;
  if (!ops.contains(Operator::residual)) {
    auto layers = c.build.loop(g.layers);
    auto blocks = c.build.loop(g.blocks);
    emit_layer(c, ops, false);
    return;
  }
  FiringShape shape;  // the embedding enters the residual stream
  shape.op = Operator::residual;
  shape.rows = static_cast<std::int32_t>(g.d_model);
  const FiringId f = c.build.firing({Operator::residual, g.d_model, 1, 1, 1}, shape);
  c.build.in(c[Edge::embed], 1);
  c.build.out(c[Edge::residual_norm], 1);
  c.build.fire(f, g.columns * g.blocks);
  {
    auto layers = c.build.loop(g.layers - 1);
    auto blocks = c.build.loop(g.blocks);
    emit_layer(c, ops, false);
  }
  auto blocks = c.build.loop(g.blocks);
  emit_layer(c, ops, true);
}

void emit_unit(Context& c, std::uint16_t index) {
  const Unit& unit = c.design.units[index];
  const OperatorSet ops = unit.operators();
  const Geometry& g = c.g;
  c.build.begin_actor(unit.name(), ActorKind::compute, index);
  if (c.design.schedule.lm_head != HeadPlace::fabric) {
    auto passes = c.build.loop(g.passes);
    emit_pass(c, ops);
  } else if (g.head_every_pass) {
    auto passes = c.build.loop(g.passes);
    emit_pass(c, ops);
    emit_fabric_head(c, ops);
  } else {
    {
      auto passes = c.build.loop(g.passes - 1);
      emit_pass(c, ops);
      if (ops.contains(Operator::norm)) {  // tokens before the last of a prompt need no logits
        const FiringId drop = c.build.firing(FiringShape{});
        c.build.in(c[Edge::residual_norm], g.columns * g.blocks);
        c.build.fire(drop);
      }
    }
    emit_pass(c, ops);
    emit_fabric_head(c, ops);
  }
  c.build.end_actor();
}

/// Takes the logits as the matrix unit makes them; sampling itself costs no time here.
void emit_logit_sink(Context& c, const FiringShape& shape) {
  const Geometry& g = c.g;
  const std::int64_t columns = g.sequence ? 1 : g.columns;
  const std::int64_t tiles = ceil_div(g.vocab, g.head_rows);
  const std::int64_t last = g.vocab - (tiles - 1) * g.head_rows;
  {
    auto passes = c.build.loop(g.head_every_pass ? g.passes : 1);
    const FiringId some = c.build.firing(shape);
    c.build.in(c[Edge::logits], g.head_rows / g.head_unit * columns);
    c.build.fire(some, tiles - 1);
    const FiringId rest = c.build.firing(shape);
    c.build.in(c[Edge::logits], last / g.head_unit * columns);
    if (g.feedback) c.build.out(c[Edge::embed], g.columns * g.blocks);
    c.build.fire(rest);
  }
  c.build.end_actor();
}

/// Whatever stands behind the last layer: a host that computes the head, or only the end of the pass. In
/// decode it sends the next token's embedding.
void emit_sink(Context& c) {
  const Geometry& g = c.g;
  const HeadPlace place = c.design.schedule.lm_head;
  const bool host = place == HeadPlace::host;
  const std::int64_t columns = g.sequence ? 1 : g.columns;
  const std::uint16_t unit =
      host ? static_cast<std::uint16_t>(c.unit_of_op[static_cast<std::size_t>(Operator::lm_head)]) : no_id;
  c.build.begin_actor(host ? std::string_view(c.design.units[unit].name()) : "sink", ActorKind::host, unit);
  FiringShape shape;
  shape.op = Operator::lm_head;
  shape.rows = static_cast<std::int32_t>(g.vocab);
  shape.columns = static_cast<std::int32_t>(columns);
  shape.reduce = static_cast<std::int32_t>(g.d_model);
  if (place == HeadPlace::fabric) {
    emit_logit_sink(c, shape);
    return;
  }
  const auto finish = [&](bool computes) {
    const FiringId f = c.build.firing(shape);
    if (computes) c.build.add({Operator::lm_head, g.vocab, 1, g.d_model, columns});
    c.build.in(c[Edge::last], g.columns * g.blocks);
    if (g.feedback) c.build.out(c[Edge::embed], g.columns * g.blocks);
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

}  // namespace
}  // namespace lowering

namespace {

/// Everything but the times of the firings.
std::string build(const Design& design, const Geometry& g, Graph& graph) {
  using namespace lowering;
  graph.clear();
  Context c{design, g, GraphBuilder(graph), {}, {}, !g.sequence, !g.sequence || g.blocks > 1};
  if (std::string why = map_operators(c); !why.empty()) return why;
  if (std::string why = check_pipelines(c); !why.empty()) return why;
  if (std::string why = check_schedule(c); !why.empty()) return why;
  graph.layers = g.layers;
  graph.blocks = g.blocks;
  graph.passes = g.passes;
  make_channels(c);
  for (std::size_t u = 0; u < design.units.size(); ++u) {
    if (design.units[u].operators() == OperatorSet(Operator::lm_head) &&
        design.schedule.lm_head != HeadPlace::fabric) {
      continue;  // the host is the sink
    }
    emit_unit(c, static_cast<std::uint16_t>(u));
  }
  emit_memory_actors(c);
  emit_sink(c);
  return {};
}

}  // namespace

std::string lower(const Design& design, const Mamba2Shape& shape, const Phase& phase, Graph& graph) {
  Geometry g;
  if (std::string why = make_geometry(design, shape, phase, g); !why.empty()) return why;
  if (std::string why = build(design, g, graph); !why.empty()) return why;
  if (std::string why = lowering::check_transforms(design, g); !why.empty()) return why;
  graph.tokens = phase.tokens();
  time_firings(design, graph);
  return {};
}

/// Whether the structure follows as before from all that changed: the lanes of the matrix unit may have
/// changed the geometry, and what a unit supports may have changed.
bool Lowering::keeps_structure(const Design& design, const DesignVersions& versions) const {
  if (!known_ || versions.frame() != frame_ || versions.workload() != workload_) return false;
  for (std::size_t u = 0; u < timed_.size(); ++u) {
    if (versions.unit(u) != timed_[u].number && !(design.units[u].model().supports() == timed_[u].supported))
      return false;
  }
  return true;
}

std::string Lowering::retime(const Design& design, const DesignVersions& versions) {
  for (std::size_t u = 0; u < timed_.size(); ++u) {
    if (versions.unit(u) == timed_[u].number) continue;
    if (std::string why = lowering::check_transforms(design.units[u], geometry_); !why.empty()) return why;
  }
  change_ = GraphChange::none;
  const bool all = clock_ != design.clock;
  for (Actor& actor : graph_.actors) {
    if (actor.unit == no_id) continue;
    const Unit& unit = design.units[actor.unit];
    actor.name = unit.name();
    if (!all && versions.unit(actor.unit) == timed_[actor.unit].number) continue;
    if (time_firings(unit.model(), design.clock, actor, graph_)) change_ = GraphChange::times;
  }
  return {};
}

std::string Lowering::lower_anew(const Design& design, const Phase& phase, const Geometry& geometry) {
  known_ = false;
  change_ = GraphChange::structure;
  if (std::string why = build(design, geometry, graph_); !why.empty()) return why;
  if (std::string why = lowering::check_transforms(design, geometry); !why.empty()) return why;
  graph_.tokens = phase.tokens();
  time_firings(design, graph_);
  geometry_ = geometry;
  matrix_ = static_cast<std::size_t>(design.unit_of(Operator::in_proj));
  known_ = true;
  return {};
}

void Lowering::remember(const Design& design, const DesignVersions& versions) {
  frame_ = versions.frame();
  workload_ = versions.workload();
  clock_ = design.clock;
  timed_.resize(design.units.size());
  for (std::size_t u = 0; u < timed_.size(); ++u) {
    if (timed_[u].number == versions.unit(u)) continue;
    timed_[u] = {versions.unit(u), design.units[u].model().supports()};
  }
}

std::string Lowering::lower(const Design& design, const Mamba2Shape& shape, const Phase& phase,
                            const DesignVersions& versions) {
  bool keep = keeps_structure(design, versions);
  if (!keep || versions.unit(matrix_) != timed_[matrix_].number) {
    Geometry geometry;
    if (std::string why = make_geometry(design, shape, phase, geometry); !why.empty()) return why;
    keep = keep && geometry == geometry_;
    if (!keep) {
      if (std::string why = lower_anew(design, phase, geometry); !why.empty()) return why;
    }
  }
  if (keep) {
    if (std::string why = retime(design, versions); !why.empty()) return why;
  }
  remember(design, versions);
  return {};
}

}  // namespace statelane
