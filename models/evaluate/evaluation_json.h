// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "models/evaluate/evaluation.h"

namespace statelane {

/// The result of `statelane simulate --out`; its keys are documented in docs/results.md and stay. The same
/// evaluation gives the same text but for the key "simulation_wall_s".
[[nodiscard]] JsonValue evaluation_json(const Experiment& experiment, const Evaluation& evaluation,
                                        const std::string& version);

/// Joules a token by kind.
[[nodiscard]] JsonValue energy_json(const EnergyKinds& energy, std::int64_t tokens);

/// Counts by kind of resource.
[[nodiscard]] JsonValue resources_json(const Resources& resources);

}  // namespace statelane
