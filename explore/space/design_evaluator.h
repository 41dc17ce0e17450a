// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "explore/space/legality.h"
#include "explore/space/simulated_run.h"
#include "models/evaluate/bound.h"
#include "models/evaluate/cost_evaluator.h"
#include "models/evaluate/dram_energy_bound.h"
#include "models/evaluate/figures.h"
#include "models/evaluate/lowering.h"
#include "models/units/fabric/fabric_constants.h"

namespace statelane {

/// Evaluates designs in closed form. Holds scratch space; one object a thread.
class DesignEvaluator {
 public:
  /// `constants` must outlive the evaluator.
  explicit DesignEvaluator(const FabricConstants& constants) : cost_(constants) {}

  /// Lowers and bounds a design. Where it is legal, figures() are optimistic: no simulation of it is better
  /// in any of them, and resources are exact.
  Legality evaluate(const Experiment& experiment);
  [[nodiscard]] const Figures& figures() const { return figures_; }
  [[nodiscard]] const Graph& graph() const { return lowering_.graph(); }
  [[nodiscard]] const Bound& bound() const { return bound_; }

  /// The figures of the design evaluated last, with what its simulation gave.
  [[nodiscard]] Figures simulated(const Experiment& experiment, const SimulatedRun& run) const;

 private:
  [[nodiscard]] bool runs_otherwise(const Experiment& experiment) const;
  void find_bounds(const Experiment& experiment);

  DesignVersions versions_;
  LegalityJudge judge_;
  Lowering lowering_;
  GraphChange change_ = GraphChange::structure;  ///< since all below saw the graph
  GraphActivity activity_;
  BoundEvaluator evaluator_;
  Bound bound_;
  DramBound dram_;
  struct {
    Hertz clock{0};
    DesignVersions::Number frame = 0;
    DesignVersions::Number board = 0;
    DramSpec dram;
  } bounded_;  ///< what bound_ and dram_ were computed for, besides the graph
  CostEvaluator cost_;
  Figures figures_{};
};

}  // namespace statelane
