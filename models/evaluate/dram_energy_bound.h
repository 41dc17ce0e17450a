// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "models/design/memory_port.h"
#include "models/evaluate/graph_activity.h"
#include "models/graph/graph.h"
#include "models/memory/dram_energy.h"

namespace statelane {

/// A lower bound of the energy the memory channels take in any simulation of a graph. Dynamic energy and
/// standby power are kept apart: the second grows with time.
struct DramBound {
  Joules dynamic{0};
  Watts standby{0};
};

/// Every burst is moved; each row a stream covers is opened once at least; and a channel is refreshed while
/// it has work to come. What comes last through a port has waited for all bytes before it to pass the port's
/// bus, but for what was in flight:
///
///   T(channel) >= (bytes of a stream through the port's copy - its last round over its channels
///                  - outstanding bursts) / rate of the copy            for every stream on the channel
///   refreshes  >= floor(T / tREFI) - 2
///
/// (two for the refresh that is due but waits for rows just opened, and the one begun then).
[[nodiscard]] DramBound bound_dram(const DramSpec& spec, const Graph& graph, const GraphActivity& activity,
                                   Hertz clock, const std::vector<MemoryPort>& ports);

}  // namespace statelane
