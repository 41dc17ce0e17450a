// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "models/design/design_versions.h"
#include "models/evaluate/energy.h"
#include "models/evaluate/graph_activity.h"
#include "models/evaluate/lowering.h"
#include "models/evaluate/roll_up.h"
#include "models/units/fabric/fabric_constants.h"

namespace statelane {

/// Resources and energy of one design after the other: the totals of the two reports, by the same functions
/// (models/evaluate/roll_up.h, energy_model.h). Units, channels and memory paths that are as in the design
/// before are not looked at again, and sums are formed in one order whatever was kept: a design's totals do
/// not depend on how one came to it, to the last bit. One object a thread.
class CostEvaluator {
 public:
  /// `constants` must outlive the evaluator.
  explicit CostEvaluator(const FabricConstants& constants) : constants_(constants) {}

  /// Takes a design in. `graph` is its lowering, `activity` the graph's, `change` what became of the graph
  /// since the last call; `versions` has seen the design, and is the same object in all calls.
  void update(const Design& design, const DesignVersions& versions, const Mamba2Shape& shape,
              const Graph& graph, const GraphActivity& activity, GraphChange change, const Board& board);

  /// Takes in a design nothing is known of.
  void take(const Design& design, const Mamba2Shape& shape, const Graph& graph, const GraphActivity& activity,
            const Board& board);

  /// Of the design taken in last.
  [[nodiscard]] const Resources& resources() const { return resources_; }
  [[nodiscard]] CostTotals totals(const EnergyRun& run) const;

 private:
  void begin(const Design& design, const Board& board);
  template <class NumberOf>
  bool update_units(const Design& design, const Mamba2Shape& shape, const NumberOf& number_of);
  void count_active(const Graph& graph, const GraphActivity& activity);
  void update_channels(const Graph& graph, const GraphActivity& activity);
  void update_paths(const Design& design, const Graph& graph, const GraphActivity& activity,
                    const Board& board);
  void add_up();

  const FabricConstants& constants_;
  const FabricCosts* costs_ = nullptr;
  DesignVersions::Number frame_ = 0;
  DesignVersions::Number workload_ = 0;
  DesignVersions::Number board_ = 0;
  Hertz clock_{0};
  std::vector<DesignVersions::Number> numbers_;  ///< by unit, of summaries_
  std::vector<cost::UnitSummary> summaries_;     ///< by unit
  std::vector<double> active_;                   ///< by unit: cycles in which it works
  OperatorSet operators_;                        ///< of all units
  cost::Dequantiser dequantiser_;
  Resources channels_;
  Joules buffering_{0};  ///< energy of the channels
  Resources paths_;      ///< DMAs, ports and controllers
  double transfer_cycles_ = 0;
  Joules transporting_{0};
  Watts static_power_{0};
  Resources resources_;
  Joules compute_{0};
};

}  // namespace statelane
