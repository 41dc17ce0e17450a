// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <utility>
#include <vector>

#include "explore/cursor.h"
#include "explore/dram_energy_bound.h"
#include "explore/figures.h"
#include "explore/legality.h"
#include "models/cost/bound.h"
#include "models/cost/calibration.h"
#include "models/cost/energy.h"

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
  explicit DesignEvaluator(const Calibration& calibration) : calibration_(calibration) {}

  /// Lowers and bounds a design. Where it is legal, figures() are optimistic: no simulation of it is better
  /// in any of them, and resources are exact.
  Legality evaluate(const Experiment& experiment);
  [[nodiscard]] const Figures& figures() const { return figures_; }
  [[nodiscard]] const Graph& graph() const { return lowering_.graph(); }
  [[nodiscard]] const Bound& bound() const { return bound_; }

  /// The figures of the design evaluated last, with what its simulation gave.
  [[nodiscard]] Figures simulated(const Experiment& experiment, const SimulatedRun& run) const;

 private:
  [[nodiscard]] bool differs_in_time(const Experiment& experiment, const Graph& graph) const;
  void remember_times(const Experiment& experiment, const Graph& graph);

  const Calibration& calibration_;
  LegalityJudge judge_;
  Lowering lowering_;
  bool restructured_ = true;  ///< since activity_ and evaluator_ last saw the graph
  GraphActivity activity_;
  BoundEvaluator evaluator_;
  Bound bound_;
  DramBound dram_;
  struct {
    Hertz clock{0};
    std::int64_t channels = 0;
    std::vector<MemoryPort> ports;
    DramSpec dram;
    std::vector<std::pair<Cycles, Cycles>> times;  ///< busy and latency, by firing
  } timed_;                                        ///< what bound_ and dram_ were computed for
  Figures figures_{};
};

}  // namespace ssmscope
