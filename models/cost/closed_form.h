// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "models/cost/bound.h"
#include "models/cost/energy.h"
#include "models/workload/phase.h"

namespace ssmscope {

/// What a design comes to without simulating it: time no longer than the simulation's, resources exactly as
/// its report gives them, energy no more than the simulation's (the time is part of it: static power, clock).
struct ClosedForm {
  Bound bound;
  Seconds time{0};  ///< of the whole run, by the bound
  std::int64_t tokens = 1;
  Resources resources;
  EnergyKinds energy;  ///< of the whole run

  [[nodiscard]] double tokens_per_s() const { return static_cast<double>(tokens) / time.count(); }
  [[nodiscard]] Joules joules_per_token() const { return energy.total() / static_cast<double>(tokens); }
};

/// What surrounds a design: everything an exploration keeps while it varies the design itself.
struct Surroundings {
  const Mamba2Shape& network;
  const Phase& phase;
  const Board& board;
  const DramSpec& dram;       ///< one channel
  std::int64_t channels = 1;  ///< of the board's memory
  const Calibration& calibration;
};

/// Lowers, bounds and costs design after design, a few microseconds each: the graph and all scratch space are
/// kept from one to the next. One object a thread.
class ClosedFormEvaluator {
 public:
  /// Empty on success; otherwise why the design cannot be lowered, and `out` is unchanged.
  [[nodiscard]] std::string evaluate(const Design& design, const Surroundings& around, ClosedForm& out);
  /// The last design's graph; refers to names in it.
  [[nodiscard]] const Graph& graph() const { return graph_; }

 private:
  Graph graph_;
  GraphActivity activity_;
  BoundEvaluator bound_;
};

}  // namespace ssmscope
