// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "models/evaluate/bound.h"
#include "models/evaluate/energy.h"
#include "models/evaluate/experiment.h"
#include "models/evaluate/resources.h"
#include "models/evaluate/simulation.h"

namespace statelane {

struct EvaluationOptions {
  /// Runs the graph, as simulate() does; none: the bound says how long a run takes at least.
  Simulator simulator{};
  /// Makes the observer of the run from its graph; nothing: none.
  std::function<FiringObserver*(const Graph&)> observe{};
  bool memory_latencies = false;  ///< distributions of DRAM latencies in the result
};

/// What limits an experiment and what to change about it.
struct Bottleneck {
  std::string resource;            ///< "port axi", "unit mmu", "units b_x, a_h"
  std::vector<std::string> units;  ///< units to widen together; empty for a port or memory
  double share = 0;                ///< of the run it is occupied (or of the layer's critical path)
  std::string sentence;
};

/// Everything one experiment comes to.
struct Evaluation {
  Graph graph;  ///< refers to names in the experiment
  Bound bound;
  std::optional<SimulationResult> simulation;  ///< nothing where only the bound was asked for
  Cycles cycles{0};                            ///< simulated, or the bound
  Seconds time{0};
  double tokens_per_s = 0;
  ResourceReport resources;
  EnergyReport energy;
  Joules dram{0};  ///< of it: the memory devices
  Bottleneck bottleneck;
  std::vector<std::string> warnings;
  std::string constants;       ///< name of the fabric constants ...
  std::string constants_hash;  ///< ... and hash of its content
  Seconds wall{0};             ///< spent in the simulation itself
};

/// Lowers, bounds, simulates where there is a simulator (in this process), and estimates an experiment, which
/// must outlive the result. Checks conservation: what the run moved is what the workload needs by its shapes
/// and the design's placement, and nobody is busy longer than the run; a violation throws std::logic_error.
///
/// Throws Infeasible if the experiment cannot be lowered or deadlocks.
[[nodiscard]] Evaluation evaluate(const Experiment& experiment, const FabricConstants& constants,
                                  const EvaluationOptions& options = {});

/// Names what limits a finished evaluation.
[[nodiscard]] Bottleneck find_bottleneck(const Experiment& experiment, const Evaluation& evaluation);

}  // namespace statelane
