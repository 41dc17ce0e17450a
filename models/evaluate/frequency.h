// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "models/blocks/network.h"
#include "models/design/design.h"
#include "models/evaluate/resources.h"
#include "models/units/fabric/fabric_constants.h"

namespace statelane {

/// One thing that limits the clock.
struct ClockLimit {
  std::string what;  ///< "unit mmu: a chain of 21 bits", "DSP slices", ...
  Hertz clock{0};
};

/// Whether a design may be expected to close at its clock. An expectation, not a promise: placement decides.
struct FrequencyEstimate {
  Hertz wanted{0};
  Hertz reachable{0};              ///< the lowest limit
  double fill = 0;                 ///< of the device's fullest kind of LUT, DSP, block RAM or UltraRAM
  std::vector<ClockLimit> limits;  ///< lowest first
  std::vector<std::string> warnings;

  [[nodiscard]] bool closes() const { return reachable >= wanted; }
};

/// The slowest of
///  - each unit's longest path between registers: delay_register + levels * (delay_lut + net), with the
///  levels of its
///    widest multiplexers, or delay_register + delay_lut + net + bits * delay_carry along its longest carry
///    chain. The last LUT's flip-flop is in its own slice. net = delay_net * (1 + max(0, 2 (fill - 0.5))):
///    connections grow longer in a device more than half full, to twice their length in a full one;
///  - the limits of DSP slices, block RAM, UltraRAM and floating-point cores, where the design has any;
/// times grade_step for every speed grade the board differs from that of the constants. Sources:
/// configs/calibration/fabric.json. Warns of a clock above that, and of a device more than 80 % full.
[[nodiscard]] FrequencyEstimate estimate_frequency(const Design& design, const Mamba2Shape& shape,
                                                   const Board& board, const FabricConstants& constants,
                                                   const ResourceReport& resources);

}  // namespace statelane
