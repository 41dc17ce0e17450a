// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstdint>

#include "models/base/units.h"
#include "models/units/fabric/resources.h"

/// What a memory of `depth` words of `width` bits, one read and one write port, takes of each kind of block.
namespace statelane::fabric {

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

/// LUTs of a distributed RAM, simple dual port. A LUT holds 32 x 2 or 64 x 1 bits; of the `slice` LUTs of a
/// slice one is read at the write address, so that it gives the others theirs and holds nothing (4 LUTs: AMD
/// UG474, RAM32M 32 x 6, RAM64M 64 x 3; 8: UG574, RAM32M16 32 x 14, RAM64M8 64 x 7). Deeper ones are banks of
/// 64 with a write enable each, read through a tree of 4:1 multiplexers, a LUT each.
constexpr double lutram_luts(std::int64_t depth, std::int64_t width, std::int64_t slice) {
  if (depth <= 0 || width <= 0) return 0;
  const std::int64_t banks = (depth + 63) >> 6;
  const std::int64_t data = depth <= 32 ? (width + 1) / 2 : width;
  const std::int64_t bank = data + ceil_div(data, slice - 1);
  return static_cast<double>(banks * bank + (banks > 1 ? banks + (banks + 1) / 3 * width : 0));
}

/// LUTs of a shift register: two 16-bit or one 32-bit register a LUT (SRL16, SRL32; AMD UG474).
constexpr double shift_register_luts(std::int64_t depth, std::int64_t width) {
  if (depth <= 0 || width <= 0) return 0;
  if (depth <= 16) return static_cast<double>((width + 1) / 2);
  return static_cast<double>(((depth + 31) >> 5) * width);
}

/// Different bits that a table of `depth` words can have, constants and complements aside: the others are
/// copies, which synthesis finds. It matters up to four words.
constexpr std::int64_t table_columns(std::int64_t depth, std::int64_t width) {
  return depth <= 4 ? std::min<std::int64_t>(width, depth <= 2 ? 1 : 7) : width;
}

/// LUTs of a read-only table: 64 words a LUT and bit; the multiplexers behind the LUTs join `joined` words
/// (AMD UG474: 256, UG574: 512; Versal has none, UG1273), a tree of 4:1 multiplexers, a LUT each, the rest.
constexpr double rom_luts(std::int64_t depth, std::int64_t width, std::int64_t joined) {
  if (depth <= 0 || width <= 0) return 0;
  const std::int64_t groups = depth <= joined ? 1 : ceil_div(depth, joined);
  return static_cast<double>((((depth + 63) >> 6) + (groups + 1) / 3) * table_columns(depth, width));
}

}  // namespace statelane::fabric
