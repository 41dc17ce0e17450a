// SPDX-License-Identifier: Apache-2.0
#include "models/cost/closed_form.h"

#include "models/dataflow/lowering.h"

namespace ssmscope {

std::string ClosedFormEvaluator::evaluate(const Design& design, const Surroundings& around, ClosedForm& out) {
  if (std::string why = lower(design, around.network, around.phase, graph_); !why.empty()) return why;
  activity_.count(graph_);
  out.bound = bound_.evaluate(graph_, activity_, design.clock, design.memory.ports,
                              {around.dram.peak(), around.channels});
  out.time = out.bound.cycles / design.clock;
  out.tokens = graph_.tokens;
  const OffChipTraffic traffic{Bytes(activity_.bytes_read), Bytes(activity_.bytes_written)};
  const Joules dram =
      estimate_dram(around.dram, energy_of(around.dram), channels_used(design.memory), traffic, out.time);
  const CostTotals cost = total_cost(design, around.network, graph_, activity_, around.board,
                                     around.calibration, {out.time, dram});
  out.resources = cost.resources;
  out.energy = cost.energy;
  return {};
}

}  // namespace ssmscope
