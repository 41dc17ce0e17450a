// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "models/base/simulated_time.h"
#include "models/design/memory_port.h"
#include "models/graph/graph.h"
#include "models/memory/dram_spec.h"
#include "models/memory/dram_stats.h"

/// What a simulation is to those who evaluate designs: a function from a graph to what one run of it came to.
/// sim/ has one; nothing here needs its kernel.
namespace statelane {

/// Where an actor's time went. Together with what is left until the end of the run (spent waiting for input
/// that never came again) the four parts are the whole run.
struct Activity {
  std::int64_t firings = 0;
  Femtoseconds busy{0};
  Femtoseconds on_input{0};   ///< waiting for tiles of another unit
  Femtoseconds on_output{0};  ///< waiting for places in an output channel
  Femtoseconds on_memory{0};  ///< waiting for tiles (or places) of a memory actor
  Femtoseconds last{0};       ///< end of the last firing
};

/// Sees every firing as it is decided; firings of one actor come in order, those of different actors
/// interleave as the run allows. `visible` is the time from which the produced tiles can be used.
class FiringObserver {
 public:
  FiringObserver() = default;
  FiringObserver(const FiringObserver&) = delete;
  FiringObserver& operator=(const FiringObserver&) = delete;
  virtual ~FiringObserver() = default;
  virtual void fired(ActorId actor, FiringId firing, Femtoseconds start, Femtoseconds end,
                     Femtoseconds visible) = 0;
};

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

/// Runs a graph to its end. Throws std::runtime_error naming the blocked actors and channels if the graph
/// deadlocks, std::invalid_argument if a stream lies outside the memory.
using Simulator =
    std::function<SimulationResult(const Graph& graph, Hertz clock, const std::vector<MemoryPort>& ports,
                                   const MemoryDevice& memory, const SimulationOptions& options)>;

}  // namespace statelane
