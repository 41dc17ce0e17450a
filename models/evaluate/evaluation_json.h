// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "models/evaluate/evaluation.h"

namespace statelane {

/// The result of `statelane simulate --out`; its keys are documented in docs/results.md and stay. The same
/// evaluation gives the same text but for the key "simulation_wall_s".
[[nodiscard]] JsonValue evaluation_json(const Experiment& experiment, const Evaluation& evaluation,
                                        const std::string& version);

/// What a published row is compared with: throughput_tokens_per_s, power_w, lut, bram36 ... by key; NaN if
/// unknown.
[[nodiscard]] double result_figure(const Evaluation& evaluation, const std::string& key);

}  // namespace statelane
