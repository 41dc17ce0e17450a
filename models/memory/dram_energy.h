// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "models/base/units.h"
#include "models/memory/dram_spec.h"

namespace statelane {

/// Energies of a channel: spec.energy, or, where data-sheet currents are given, what follows from them:
///   ACT+PRE   (IDD0 tRC - IDD3N tRAS - IDD2N (tRC - tRAS)) VDD
///   burst     (IDD4 - IDD3N) VDD * clocks of data
///   refresh   (IDD5B - IDD3N) VDD tRFC
///   standby   IDD3N VDD
/// each times the chips (Micron TN-41-01 and TN-40-07, without power-down, I/O and termination).
[[nodiscard]] DramEnergy energy_of(const DramSpec& spec);

/// Commands of one channel over a run.
struct DramActivity {
  std::int64_t activates = 0;
  std::int64_t read_bursts = 0;
  std::int64_t write_bursts = 0;
  std::int64_t refreshes = 0;
  Seconds time{0};
};

/// What a run cost, by cause.
struct DramEnergyUse {
  Joules activate{0};
  Joules read{0};
  Joules write{0};
  Joules refresh{0};
  Joules background{0};
  [[nodiscard]] Joules total() const { return activate + read + write + refresh + background; }
};

[[nodiscard]] DramEnergyUse energy_use(const DramEnergy& energy, const DramActivity& activity);

}  // namespace statelane
