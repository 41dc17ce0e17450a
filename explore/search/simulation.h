// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>

#include "explore/space/source_versions.h"
#include "explore/store/store.h"
#include "models/evaluate/experiment.h"
#include "models/graph/graph.h"
#include "models/units/fabric/fabric_constants.h"
#include "sim/isolated.h"

namespace statelane {

/// What decides how a lowered design runs, as a hash: its actors and channels, firing by firing, its clock,
/// ports and memory, and the simulator itself. Designs that differ in resources only have one key, and are
/// simulated once. Holds scratch space; one object a thread.
class SimulationKeys {
 public:
  /// `simulator` says which simulator's runs are meant: those of different ones have different keys.
  explicit SimulationKeys(std::string_view simulator = simulator_version()) : simulator_(simulator) {}

  [[nodiscard]] std::string operator()(const Experiment& experiment, const Graph& graph);

 private:
  std::string simulator_;
  std::string bytes_;
  DramSpec dram_;  ///< whose text is kept: it is the same for most designs
  std::string dram_text_;
};

/// Simulates an experiment (once a process: see run_isolated()) and returns the run as text.
[[nodiscard]] std::string simulate_to_text(const Experiment& experiment, const FabricConstants& constants);
/// The run of that text; nothing if it is none.
[[nodiscard]] std::optional<SimulatedRun> run_of(const std::string& text);
/// What is known of a simulation that ran as simulate_to_text() in a child.
[[nodiscard]] SimulationRecord record_of(const IsolatedResult& result);

}  // namespace statelane
