// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "explore/store/store.h"
#include "sim/isolated.h"

namespace statelane {

/// In a forked child: ends with its parent, and leaves an interrupt to it, so that what was begun is
/// finished.
void behave_as_child();

/// What is known of a simulation that ran as simulate_to_text() in a child.
[[nodiscard]] SimulationRecord record_of(const IsolatedResult& result);

}  // namespace statelane
