// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "apps/reports/published.h"
#include "models/base/json.h"
#include "models/evaluate/energy_by_operator.h"
#include "models/evaluate/evaluation.h"
#include "models/evaluate/frequency.h"

namespace statelane {

/// What an experiment takes, beside what was published about it.
struct DesignEstimate {
  const Experiment& experiment;
  const Evaluation& evaluation;
  OperatorEnergies operators;
  FrequencyEstimate frequency;
  const PublishedPoint* published = nullptr;  ///< nothing if there is none, or the experiment was changed
};

/// The breakdown as a tree: design, components, parts, with the share of the board; energy by component,
/// operator and kind.
[[nodiscard]] std::string estimate_report(const DesignEstimate& estimate);
/// The same as JSON; docs/results.md has the keys.
[[nodiscard]] JsonValue estimate_json(const DesignEstimate& estimate);

}  // namespace statelane
