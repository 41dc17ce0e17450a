// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>

#include "explore/design_evaluator.h"

namespace ssmscope {

/// What decides how a lowered design runs, as a hash: its actors and channels, firing by firing, its clock,
/// ports and memory. Designs that differ in resources only have one key, and are simulated once.
[[nodiscard]] std::string simulation_key(const Experiment& experiment, const Graph& graph);

/// Simulates an experiment (once a process: see run_isolated()) and returns the run as text.
[[nodiscard]] std::string simulate_to_text(const Experiment& experiment, const Calibration& calibration);
/// The run of that text; nothing if it is none.
[[nodiscard]] std::optional<SimulatedRun> run_of(const std::string& text);

}  // namespace ssmscope
