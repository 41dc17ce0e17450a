// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/design/design.h"
#include "models/graph/graph.h"

namespace statelane {

/// Sets busy cycles and latency of every firing from its works, by the timing of the unit its actor is
/// (UnitModel::time). Works in sequence: sums. A pipeline of works is as fast as its slowest member and as
/// deep as all of them.
void time_firings(const Design& design, Graph& graph);

/// The same for the firings of one actor, which is that unit. Whether any time is another than before.
bool time_firings(const UnitModel& unit, Hertz clock, const Actor& actor, Graph& graph);

}  // namespace statelane
