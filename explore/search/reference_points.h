// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "explore/space/problem.h"
#include "explore/store/store.h"
#include "sim/isolated.h"

namespace statelane {

/// Simulates the designs a sweep is to be compared with and writes them to its run. Adds an error where one
/// cannot be read; one whose simulation fails is left out.
void simulate_reference_points(const Catalog& catalog, const UnitRegistry& registry, const Problem& problem,
                               Store& store, std::int64_t run, const IsolationLimits& limits,
                               Diagnostics& diagnostics);

}  // namespace statelane
