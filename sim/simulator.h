// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "models/evaluate/simulation.h"

namespace statelane {

/// Elaborates a SystemC module per actor, port and memory channel and runs the graph to its end: a Simulator
/// for evaluate(). SystemC elaborates once a process: a second call in one process throws std::logic_error
/// (see run_isolated()).
///
/// Throws std::runtime_error naming the blocked actors and channels if the graph deadlocks,
/// std::invalid_argument if a stream lies outside the memory.
[[nodiscard]] SimulationResult simulate(const Graph& graph, Hertz clock, const std::vector<MemoryPort>& ports,
                                        const MemoryDevice& memory, const SimulationOptions& options = {});

}  // namespace statelane
