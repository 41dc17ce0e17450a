// SPDX-License-Identifier: Apache-2.0
#include "explore/design_evaluator.h"

#include <algorithm>

#include "explore/dram_energy_bound.h"
#include "models/dataflow/lowering.h"

namespace ssmscope {

Legality DesignEvaluator::evaluate(const Experiment& e) {
  if (const Legality l = judge_.design(e); l != Legality::legal) return l;
  if (!lowering_.lower(e.design, e.network, e.phase).empty()) return Legality::lowering;
  const Graph& graph = lowering_.graph();
  restructured_ = restructured_ || lowering_.change() == GraphChange::structure;
  if (restructured_) {
    if (const Legality l = LegalityJudge::graph(e, graph); l != Legality::legal) return l;
  }
  if (restructured_ || differs_in_time(e, graph)) {
    if (restructured_) {
      activity_.count(graph);
    } else {
      activity_.recount(graph);
    }
    bound_ = evaluator_.evaluate(graph, activity_, e.design.clock, e.design.memory.ports,
                                 {e.dram.peak(), e.memory()->channels},
                                 restructured_ ? GraphChange::structure : GraphChange::times);
    dram_ = bound_dram(e.dram, graph, activity_, e.design.clock, e.design.memory.ports);
    remember_times(e, graph);
    restructured_ = false;
  }
  RunFigures run;
  run.cycles = bound_.cycles;
  run.time = bound_.cycles / e.design.clock;
  run.tokens = graph.tokens;
  const CostTotals cost = total_cost(e.design, e.network, graph, activity_, e.board, calibration_,
                                     {run.time, dram_.dynamic + dram_.standby * run.time});
  run.resources = cost.resources;
  run.energy = cost.energy.total();
  // However long the run takes, clock tree, device and standby take their power.
  run.power = (cost.energy.clock + cost.energy.static_power) / run.time + dram_.standby;
  figures_ = figures_of(run, e.board.resources);
  return Legality::legal;
}

/// Whether anything that the bound reads differs from the design it was last computed for, given that the
/// structure is the same: most steps of a walk change what designs are built of, not when they fire.
bool DesignEvaluator::differs_in_time(const Experiment& e, const Graph& graph) const {
  if (timed_.clock != e.design.clock || timed_.channels != e.memory()->channels ||
      timed_.times.size() != graph.firings.size() || timed_.ports != e.design.memory.ports ||
      !(timed_.dram == e.dram)) {
    return true;
  }
  for (std::size_t i = 0; i < graph.firings.size(); ++i) {
    if (timed_.times[i] != std::pair(graph.firings[i].busy, graph.firings[i].latency)) return true;
  }
  return false;
}

void DesignEvaluator::remember_times(const Experiment& e, const Graph& graph) {
  timed_.clock = e.design.clock;
  timed_.channels = e.memory()->channels;
  if (timed_.ports != e.design.memory.ports) timed_.ports = e.design.memory.ports;
  if (!(timed_.dram == e.dram)) timed_.dram = e.dram;
  timed_.times.clear();
  for (const Firing& f : graph.firings) timed_.times.emplace_back(f.busy, f.latency);
}

Figures DesignEvaluator::simulated(const Experiment& e, const SimulatedRun& simulated) const {
  RunFigures run;
  run.cycles = simulated.cycles;
  run.time = simulated.cycles / e.design.clock;
  run.tokens = graph().tokens;
  const CostTotals cost =
      total_cost(e.design, e.network, graph(), activity_, e.board, calibration_, {run.time, simulated.dram});
  run.resources = cost.resources;
  run.energy = cost.energy.total();
  run.power = cost.energy.total() / run.time;
  return figures_of(run, e.board.resources);
}

}  // namespace ssmscope
