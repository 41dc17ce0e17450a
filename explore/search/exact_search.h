// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "explore/search/search_context.h"

namespace statelane {

/// Finds the Pareto front of the simulation, and proves it.
///
/// A design's closed form is optimistic: its simulation is no better in any objective. So a design whose
/// optimistic vector a simulated design beats is not on the front, and need not be simulated. Each round
/// simulates the front of the optimistic vectors that are left: none of those can be refuted, neither by what
/// is simulated already nor by what is still to come, because every other design is simulated to something no
/// better than its own optimistic vector. So the number of simulations is the smallest that any method
/// with this closed form needs, and depends on neither order nor jobs. When nothing is left the front is
/// exact.
void search_exactly(SearchContext& context);

}  // namespace statelane
