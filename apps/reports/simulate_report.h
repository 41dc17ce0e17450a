// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "models/evaluate/evaluation.h"

namespace statelane {

/// A finished evaluation as tables for a terminal.
[[nodiscard]] std::string simulate_report(const Experiment& experiment, const Evaluation& evaluation);

}  // namespace statelane
