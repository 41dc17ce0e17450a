// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "explore/cursor.h"
#include "explore/dram_energy_bound.h"
#include "explore/figures.h"
#include "explore/legality.h"
#include "models/cost/bound.h"
#include "models/cost/calibration.h"
#include "models/cost/cost_evaluator.h"

namespace ssmscope {

/// What a simulation adds to the closed form: everything else follows from these two and the design.
struct SimulatedRun {
  Cycles cycles{0};
  Joules dram{0};
};

/// Evaluates designs in closed form. Holds scratch space; one object a thread.
class DesignEvaluator {
 public:
  /// `calibration` must outlive the evaluator.
  explicit DesignEvaluator(const Calibration& calibration) : cost_(calibration) {}

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

}  // namespace ssmscope
