// SPDX-License-Identifier: Apache-2.0
#include "explore/space/design_evaluator.h"

#include <algorithm>

namespace statelane {

Legality DesignEvaluator::evaluate(const Experiment& e) {
  versions_.update(e.design, e.network, e.phase, e.board);
  if (const Legality l = judge_.design(e, versions_); l != Legality::legal) return l;
  if (!lowering_.lower(e.design, e.network, e.phase, versions_).empty()) return Legality::lowering;
  const Graph& graph = lowering_.graph();
  change_ = std::max(change_, lowering_.change());
  if (change_ == GraphChange::structure) {
    if (const Legality l = LegalityJudge::graph(e, graph); l != Legality::legal) return l;
    activity_.count(graph);
  } else if (change_ == GraphChange::times) {
    activity_.recount(graph);
  }
  if (change_ != GraphChange::none || runs_otherwise(e)) find_bounds(e);
  cost_.update(e.design, versions_, e.network, graph, activity_, change_, e.board);
  change_ = GraphChange::none;
  RunFigures run;
  run.cycles = bound_.cycles;
  run.time = bound_.cycles / e.design.clock;
  run.tokens = graph.tokens;
  const CostTotals cost = cost_.totals({run.time, dram_.dynamic + dram_.standby * run.time});
  run.resources = cost.resources;
  run.energy = cost.energy.total();
  // However long the run takes, clock tree, device and standby take their power.
  run.power = (cost.energy.clock + cost.energy.static_power) / run.time + dram_.standby;
  figures_ = figures_of(run, e.board.resources);
  return Legality::legal;
}

/// Whether a graph that is as before may take another time: the clock, or the memory behind it.
bool DesignEvaluator::runs_otherwise(const Experiment& e) const {
  return bounded_.clock != e.design.clock || bounded_.frame != versions_.frame() ||
         bounded_.board != versions_.board() || !(bounded_.dram == e.dram);
}

void DesignEvaluator::find_bounds(const Experiment& e) {
  const Graph& graph = lowering_.graph();
  bound_ = evaluator_.evaluate(graph, activity_, e.design.clock, e.design.memory.ports,
                               {e.dram.peak(), e.memory()->channels}, change_);
  dram_ = bound_dram(e.dram, graph, activity_, e.design.clock, e.design.memory.ports);
  bounded_.clock = e.design.clock;
  bounded_.frame = versions_.frame();
  bounded_.board = versions_.board();
  if (!(bounded_.dram == e.dram)) bounded_.dram = e.dram;
}

Figures DesignEvaluator::simulated(const Experiment& e, const SimulatedRun& simulated) const {
  RunFigures run;
  run.cycles = simulated.cycles;
  run.time = simulated.cycles / e.design.clock;
  run.tokens = graph().tokens;
  const CostTotals cost = cost_.totals({run.time, simulated.dram});
  run.resources = cost.resources;
  run.energy = cost.energy.total();
  run.power = cost.energy.total() / run.time;
  return figures_of(run, e.board.resources);
}

}  // namespace statelane
