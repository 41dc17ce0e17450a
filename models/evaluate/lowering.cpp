// SPDX-License-Identifier: Apache-2.0
#include "models/evaluate/lowering.h"

#include "models/blocks/mamba2/mamba2.h"
#include "models/evaluate/firing_times.h"
#include "models/evaluate/lowering_context.h"

namespace statelane {
namespace lowering {
namespace {

/// The firings of one block of columns of one layer of a unit, in data-flow order; operators of a pipeline
/// together, where its first one stands.
void emit_layer(Context& c, OperatorSet ops, bool last_layer) {
  c.build.begin_layer();
  OperatorSet done;
  const auto emit = [&](Operator op) {
    const Domain domain = c.block[op].domain;
    const OperatorSet together = ops.common(c.block.in(domain));
    if (is_pipeline(domain)) done.insert(together);
    switch (domain) {
      case Domain::column:
        return emit_columns(c, op);
      case Domain::projection:
        return emit_projection(c, op);
      case Domain::part:
        return emit_parts(c, together);
      case Domain::head_group:
        return emit_head_groups(c, together);
      case Domain::head:
        return emit_heads(c, op);
      case Domain::tile:
        return emit_tiles(c, together);
      case Domain::rows:
        return emit_rows(c, op, last_layer);
      case Domain::vocabulary:
        return;  // not of a layer
    }
  };
  for (const Operator op : c.block.order()) {
    if (ops.contains(op) && !done.contains(op)) emit(op);
  }
  c.build.end_layer();
}

/// One walk of a unit through all layers.
void emit_pass(Context& c, OperatorSet ops) {
  const Geometry& g = c.g;
  const int closing = c.map.producer(c.block.residual());
  if (!ops.contains(static_cast<Operator>(closing))) {
    auto layers = c.build.loop(g.layers);
    auto blocks = c.build.loop(g.blocks);
    emit_layer(c, ops, false);
    return;
  }
  // The embedding enters the residual stream.
  const FiringId f = c.build.firing(static_cast<Operator>(closing), g.dims[c.block[c.block.entering()].dim]);
  c.build.in(c[c.block.entering()], 1);
  c.build.out(c[c.block.residual()], 1);
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
  if (!c.fabric_head()) {
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
      const auto first = static_cast<Operator>(c.map.consumer(c.block.residual()));
      if (ops.contains(first)) {  // tokens before the last of a prompt need no logits
        const FiringId drop = c.build.firing();
        c.build.in(c[c.block.residual()], g.columns * g.blocks);
        c.build.fire(drop);
      }
    }
    emit_pass(c, ops);
    emit_fabric_head(c, ops);
  }
  c.build.end_actor();
}

}  // namespace
}  // namespace lowering

namespace {

/// Everything but the times of the firings.
std::string build(const Mapping& map, const Design& design, const Geometry& g, Graph& graph) {
  using namespace lowering;
  graph.clear();
  Context c(map, design, g, graph);
  const Block& block = map.block();
  if (std::string why = check_schedule(c); !why.empty()) return why;
  graph.layers = g.layers;
  graph.blocks = g.blocks;
  graph.passes = g.passes;
  make_channels(c);
  for (std::size_t u = 0; u < design.units.size(); ++u) {
    const OperatorSet ops = design.units[u].operators();
    const bool host = !ops.empty() && block.in(Domain::vocabulary).includes(ops);
    if (host && !c.fabric_head()) continue;  // the host is the sink
    emit_unit(c, static_cast<std::uint16_t>(u));
  }
  emit_memory_actors(c);
  emit_sink(c);
  return {};
}

}  // namespace

std::string lower(const Design& design, const Workload& workload, const Phase& phase, Graph& graph) {
  Geometry g;
  if (std::string why = make_geometry(design, workload, phase, g); !why.empty()) return why;
  Mapping map;
  if (std::string why = map.map(*workload.block, design); !why.empty()) return why;
  if (std::string why = build(map, design, g, graph); !why.empty()) return why;
  if (std::string why = lowering::check_transforms(*workload.block, design, g); !why.empty()) return why;
  graph.tokens = phase.tokens();
  time_firings(design, graph);
  return {};
}

std::string lower(const Design& design, const Mamba2Shape& shape, const Phase& phase, Graph& graph) {
  return lower(design, mamba2_workload(shape), phase, graph);
}

/// Whether the structure follows as before from all that changed: the lanes of the matrix unit may have
/// changed the geometry, and a unit may no longer execute what it is given.
bool Lowering::keeps_structure(const Design& design, const DesignVersions& versions) const {
  if (!known_ || versions.frame() != frame_ || versions.workload() != workload_) return false;
  for (std::size_t u = 0; u < timed_.size(); ++u) {
    if (versions.unit(u) == timed_[u]) continue;
    bool can = true;
    design.units[u].operators().for_each(
        [&](Operator op) { can = can && design.units[u].model().executes(map_.block()[op].arithmetic); });
    if (!can) return false;
  }
  return true;
}

std::string Lowering::retime(const Design& design, const DesignVersions& versions) {
  for (std::size_t u = 0; u < timed_.size(); ++u) {
    if (versions.unit(u) == timed_[u]) continue;
    if (std::string why = lowering::check_transforms(map_.block(), design.units[u], geometry_); !why.empty())
      return why;
  }
  change_ = GraphChange::none;
  const bool all = clock_ != design.clock;
  for (Actor& actor : graph_.actors) {
    if (actor.unit == no_id) continue;
    const Unit& unit = design.units[actor.unit];
    actor.name = unit.name();
    if (!all && versions.unit(actor.unit) == timed_[actor.unit]) continue;
    if (time_firings(unit.model(), design.clock, actor, graph_)) change_ = GraphChange::times;
  }
  return {};
}

std::string Lowering::lower_anew(const Block& block, const Design& design, const Phase& phase,
                                 const Geometry& geometry) {
  known_ = false;
  change_ = GraphChange::structure;
  if (!map_.is_of(block, design)) {
    if (std::string why = map_.map(block, design); !why.empty()) return why;
  }
  if (std::string why = build(map_, design, geometry, graph_); !why.empty()) return why;
  if (std::string why = lowering::check_transforms(block, design, geometry); !why.empty()) return why;
  graph_.tokens = phase.tokens();
  time_firings(design, graph_);
  geometry_ = geometry;
  matrix_ = static_cast<std::size_t>(design.unit_of(block.widest()));
  known_ = true;
  return {};
}

void Lowering::remember(const Design& design, const DesignVersions& versions) {
  frame_ = versions.frame();
  workload_ = versions.workload();
  clock_ = design.clock;
  timed_.resize(design.units.size());
  for (std::size_t u = 0; u < timed_.size(); ++u) timed_[u] = versions.unit(u);
}

std::string Lowering::lower(const Design& design, const Mamba2Shape& shape, const Phase& phase,
                            const DesignVersions& versions) {
  bool keep = keeps_structure(design, versions);
  if (!keep || versions.unit(matrix_) != timed_[matrix_]) {
    const Workload workload = mamba2_workload(shape);
    Geometry geometry;
    if (std::string why = make_geometry(design, workload, phase, geometry); !why.empty()) return why;
    keep = keep && geometry == geometry_;
    if (!keep) {
      if (std::string why = lower_anew(*workload.block, design, phase, geometry); !why.empty()) return why;
    }
  }
  if (keep) {
    if (std::string why = retime(design, versions); !why.empty()) return why;
  }
  remember(design, versions);
  return {};
}

}  // namespace statelane
