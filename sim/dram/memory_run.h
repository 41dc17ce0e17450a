// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "models/base/units.h"
#include "models/memory/dram_energy.h"
#include "models/memory/dram_spec.h"
#include "models/memory/dram_stats.h"
#include "sim/dram/access_source.h"

namespace statelane {

struct MemoryRunOptions {
  Cycles pace{0};     ///< access i arrives at i * pace; 0: as fast as the queues take them
  bool batch = true;  ///< see DramOptions
};

/// What a run of accesses through one channel came to.
struct MemoryRun {
  std::uint64_t reads = 0;  ///< 64-byte accesses
  std::uint64_t writes = 0;
  Cycles cycles{0};  ///< from 0 to the end of the last data beat
  Seconds cpu{0};    ///< CPU time the channel took, without reading or generating the accesses
  DramStats stats;
  DramEnergyUse energy;

  [[nodiscard]] std::uint64_t accesses() const { return reads + writes; }
};

/// Runs all accesses of `source` through a channel, in order: an access whose queue is full blocks those
/// behind it (whatever spec.controller.intake says). Each is split into device bursts; neighbouring accesses
/// of one direction are handed over as one transfer, which changes nothing but speed. Throws what `source`
/// throws, and std::invalid_argument for an impossible spec.
[[nodiscard]] MemoryRun run_memory(DramSpec spec, AccessSource& source, const MemoryRunOptions& options = {});

}  // namespace statelane
