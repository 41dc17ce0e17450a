// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "explore/problem.h"
#include "explore/store.h"
#include "sim/isolated.h"

namespace ssmscope {

/// Simulates the designs a sweep is to be compared with and writes them to its run. Adds an error where one
/// cannot be read; one whose simulation fails is left out.
void simulate_marks(const Catalog& catalog, const UnitRegistry& registry, const Problem& problem,
                    Store& store, std::int64_t run, const IsolationLimits& limits, Diagnostics& diagnostics);

}  // namespace ssmscope
