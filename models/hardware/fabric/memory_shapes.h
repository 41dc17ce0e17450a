// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstdint>

#include "models/base/units.h"
#include "models/hardware/fabric/resources.h"

/// What a memory of `depth` words of `width` bits, one read and one write port, takes of each kind of block.
namespace ssmscope::fabric {

/// Block RAMs of 18 Kb. Shapes of a half used as simple dual-port memory: 512 x 36, 1K x 18, 2K x 9, 4K x 4,
/// 8K x 2, 16K x 1 (AMD UG473, UG573, AM007); a 36 Kb block is two halves side by side, 512 x 72 to 32K x 1.
/// One shape for the whole memory, the one that needs fewest.
constexpr std::int64_t bram18_blocks(std::int64_t depth, std::int64_t width) {
  if (depth <= 0 || width <= 0) return 0;
  const std::int64_t wide = (width + 35) / 36;
  if (depth <= 512) return wide;
  std::int64_t best = ((depth + 511) >> 9) * wide;
  best = std::min(best, ((depth + 1023) >> 10) * ((width + 17) / 18));
  best = std::min(best, ((depth + 2047) >> 11) * ((width + 8) / 9));
  best = std::min(best, ((depth + 4095) >> 12) * ((width + 3) / 4));
  best = std::min(best, ((depth + 8191) >> 13) * ((width + 1) / 2));
  return std::min(best, ((depth + 16383) >> 14) * width);
}

/// UltraRAMs: 4K x 72 only (AMD UG573, AM007).
constexpr std::int64_t uram_blocks(std::int64_t depth, std::int64_t width) {
  if (depth <= 0 || width <= 0) return 0;
  return ((depth + 4095) >> 12) * ((width + 71) / 72);
}

/// LUTs of a distributed RAM: four LUTs hold 32 x 6 (RAM32M) or 64 x 3 (RAM64M) bits, simple dual port (AMD
/// UG474). Deeper ones read through a tree of 4:1 multiplexers, a LUT each.
constexpr double lutram_luts(std::int64_t depth, std::int64_t width) {
  if (depth <= 0 || width <= 0) return 0;
  if (depth <= 32) return static_cast<double>(4 * ceil_div<std::int64_t>(width, 6));
  const std::int64_t banks = (depth + 63) >> 6;
  return static_cast<double>(banks * 4 * ceil_div<std::int64_t>(width, 3) + (banks + 1) / 3 * width);
}

/// LUTs of a shift register: two 16-bit or one 32-bit register a LUT (SRL16, SRL32; AMD UG474).
constexpr double shift_register_luts(std::int64_t depth, std::int64_t width) {
  if (depth <= 0 || width <= 0) return 0;
  if (depth <= 16) return static_cast<double>((width + 1) / 2);
  return static_cast<double>(((depth + 31) >> 5) * width);
}

/// LUTs of a read-only table: 64 bits a LUT.
constexpr double rom_luts(std::int64_t depth, std::int64_t width) {
  return depth <= 0 || width <= 0 ? 0 : static_cast<double>(((depth + 63) >> 6) * width);
}

}  // namespace ssmscope::fabric
