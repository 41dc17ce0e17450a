// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "models/base/refusal.h"
#include "models/evaluate/experiment.h"

namespace statelane {

/// Everything that is against a design: the rules of models/evaluate/design_rules.h, and where it obeys those
/// that need no graph, what lower() says and the rules of the graph.
[[nodiscard]] std::vector<Refusal> refusals_of(const Experiment& e);

/// Adds them as diagnostics. `design` is the JSON the design came from and `named_at` the place that names
/// it, for positions.
void check_experiment(const Experiment& e, const JsonValue& design, const SourcePosition& named_at,
                      Diagnostics& diagnostics);

}  // namespace statelane
