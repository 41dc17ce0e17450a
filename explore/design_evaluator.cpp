// SPDX-License-Identifier: Apache-2.0
#include "explore/design_evaluator.h"

#include <algorithm>
#include <bitset>

#include "models/dataflow/lowering.h"

namespace ssmscope {
namespace {

constexpr std::int64_t most_channels = 256;

/// A lower bound of the energy the memory channels take: every burst moved, each row a stream covers opened
/// once at least. Dynamic energy and standby power are kept apart: the second grows with time. A channel that
/// has nothing more to do is not refreshed in the simulation, and when that is only the simulation knows: no
/// refresh is counted.
struct DramBound {
  Joules dynamic{0};
  Watts standby{0};
};

DramBound bound_dram(const DramSpec& spec, const Graph& g, const GraphActivity& activity) {
  const DramEnergy energy = energy_of(spec);
  std::int64_t rows = 0;
  std::bitset<most_channels> used;  // channels without traffic sleep
  for (std::size_t i = 0; i < g.actors.size(); ++i) {
    const Actor& a = g.actors[i];
    if (a.stream == no_id) continue;
    const std::int64_t bytes = activity.bytes[i];
    // A row may stay open while reads and writes of several streams take turns in it; a stream's own bytes
    // lie in as many rows as they fill.
    const Stream& s = g.streams[a.stream];
    const std::int64_t distinct = std::min(bytes, s.size.count());
    rows = std::max(rows, distinct / spec.geometry.row.count());
    const std::int64_t touched = std::min<std::int64_t>(s.channels, ceil_div(distinct, s.stripe.count()));
    for (std::int64_t k = 0; k < touched && s.first_channel + k < most_channels; ++k)
      used.set(static_cast<std::size_t>(s.first_channel + k));
  }
  const auto channels = static_cast<std::int64_t>(used.count());
  const std::int64_t burst = spec.geometry.burst.count();
  DramBound b;
  b.dynamic = Joules(energy.read.count() * static_cast<double>(ceil_div(activity.bytes_read, burst)) +
                     energy.write.count() * static_cast<double>(ceil_div(activity.bytes_written, burst)) +
                     energy.activate.count() * static_cast<double>(rows));
  b.standby = Watts(energy.background.count() * static_cast<double>(channels));
  return b;
}

}  // namespace

Legality DesignEvaluator::evaluate(const Experiment& e) {
  if (const Legality l = judge_design(e); l != Legality::legal) return l;
  if (!lowering_.lower(e.design, e.network, e.phase).empty()) return Legality::lowering;
  const Graph& graph = lowering_.graph();
  restructured_ = restructured_ || lowering_.change() == GraphChange::structure;
  if (const Legality l = judge_graph(e, graph); l != Legality::legal) return l;
  if (restructured_) {
    activity_.count(graph);
  } else {
    activity_.recount(graph);
  }
  bound_ = evaluator_.evaluate(graph, activity_, e.design.clock, e.design.memory.ports,
                               {e.dram.peak(), e.memory()->channels},
                               restructured_ ? GraphChange::structure : GraphChange::times);
  restructured_ = false;
  RunFigures run;
  run.cycles = bound_.cycles;
  run.time = bound_.cycles / e.design.clock;
  run.tokens = graph.tokens;
  const DramBound dram = bound_dram(e.dram, graph, activity_);
  const CostTotals cost = total_cost(e.design, e.network, graph, activity_, e.board, calibration_,
                                     {run.time, dram.dynamic + dram.standby * run.time});
  run.resources = cost.resources;
  run.energy = cost.energy.total();
  // However long the run takes, clock tree, device and standby take their power.
  run.power = (cost.energy.clock + cost.energy.static_power) / run.time + dram.standby;
  figures_ = figures_of(run, e.board.resources);
  return Legality::legal;
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
