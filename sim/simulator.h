// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "models/design/memory_port.h"
#include "models/graph/graph.h"
#include "models/memory/dram_spec.h"
#include "sim/activity.h"
#include "sim/dram/dram_stats.h"

namespace statelane {

/// The off-chip memory a graph runs against.
struct MemoryDevice {
  DramSpec spec;
  std::int64_t channels = 1;
};

struct PortResult {
  std::string name;
  std::int64_t copies = 1;
  Bytes read{0};
  Bytes written{0};
  std::int64_t bursts = 0;
  double read_busy = 0;  ///< fraction of the run the read data bus was occupied (mean over copies)
  double write_busy = 0;
};

/// What one run came to. Indices are those of the graph.
struct SimulationResult {
  Cycles cycles{0};  ///< fabric cycles until the last firing's results are there
  Seconds time{0};
  std::vector<Activity> actors;
  std::vector<std::int64_t> channel_peaks;  ///< most tiles in a channel at one time
  std::vector<PortResult> ports;
  std::vector<DramStats> memory;   ///< per channel; empty traffic where a channel was not used
  std::uint64_t delta_cycles = 0;  ///< of the kernel
  std::int64_t firings = 0;
};

struct SimulationOptions {
  FiringObserver* observer = nullptr;
  /// Keep the distributions of DRAM latencies: for reports, a tenth of the time of a memory-bound run.
  bool memory_latencies = false;
};

/// Elaborates a SystemC module per actor, port and memory channel and runs the graph to its end. SystemC
/// elaborates once a process: a second call in one process throws std::logic_error (see simulate_isolated()).
///
/// Throws std::runtime_error naming the blocked actors and channels if the graph deadlocks,
/// std::invalid_argument if a stream lies outside the memory.
[[nodiscard]] SimulationResult simulate(const Graph& graph, Hertz clock, const std::vector<MemoryPort>& ports,
                                        const MemoryDevice& memory, const SimulationOptions& options = {});

}  // namespace statelane
