// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "explore/search/search_context.h"

namespace statelane {

/// Simulates every design that is good in closed form, in the order of their indices.
void search_grid(SearchContext& context);

/// Simulates designs drawn with the sweep's seed, none twice.
void search_randomly(SearchContext& context);

/// NSGA-II (Deb, Pratap, Agarwal, Meyarivan 2002) over the axes' digits: binary tournaments by constraint
/// domination, rank and crowding, uniform crossover, and mutation to a near or any digit. Designs that the
/// closed form refuses are judged by how much they break, and not simulated.
void search_nsga2(SearchContext& context);

}  // namespace statelane
