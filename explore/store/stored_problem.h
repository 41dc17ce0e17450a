// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "explore/space/problem.h"
#include "explore/store/store.h"

namespace statelane {

/// The problem a run explored, from the sweep as the store keeps it. Nothing, with all problems added, if it
/// can no longer be read.
[[nodiscard]] std::unique_ptr<const Problem> load_problem(const Catalog& catalog,
                                                          const UnitRegistry& registry, const RunRecord& run,
                                                          Diagnostics& diagnostics);

}  // namespace statelane
