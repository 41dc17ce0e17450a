// SPDX-License-Identifier: Apache-2.0
#include "models/units/fabric/memory_mapping.h"

#include <algorithm>

#include "models/units/fabric/memory_shapes.h"

namespace statelane {
namespace {

/// Ceiling of a / b; most memories are small enough for the cheaper 32-bit division.
std::int64_t words(std::int64_t bits, std::int64_t width) {
  const std::int64_t rounded = bits + width - 1;
  if (rounded <= 0xFFFFFFFF && width <= 0xFFFFFFFF) {
    return static_cast<std::uint32_t>(rounded) / static_cast<std::uint32_t>(width);
  }
  return rounded / width;
}

Storage choose(std::int64_t depth, std::int64_t width, const FabricCosts& costs) {
  if (depth <= 1) return Storage::registers;
  if (depth <= 2 || static_cast<double>(depth * width) <= costs.srl_max_bits) return Storage::lutram;
  return costs.has_uram > 0 && static_cast<double>(depth) >= costs.uram_min_depth ? Storage::uram
                                                                                  : Storage::bram;
}

}  // namespace

ChannelMapping map_channel(const Channel& channel, std::int64_t width, const FabricCosts& costs) {
  ChannelMapping m;
  m.width = std::max<std::int64_t>(width, 1);
  m.depth = words(channel.storage_bits().count(), m.width);
  m.storage = channel.storage == Storage::automatic ? choose(m.depth, m.width, costs) : channel.storage;
  if (m.storage == Storage::uram && costs.has_uram == 0) m.storage = Storage::bram;
  Resources& r = m.resources;
  r = costs.channel_control;
  const auto bits = static_cast<double>(m.width);
  switch (m.storage) {
    case Storage::automatic:
    case Storage::registers:
      r.ff += bits * static_cast<double>(m.depth);
      if (m.depth > 1) r.lut += bits * static_cast<double>(m.depth - 1) / 2;  // a LUT is a 4:1 multiplexer
      break;
    case Storage::lutram:
      r.lut += fabric::shift_register_luts(m.depth, m.width);
      r.ff += bits;
      break;
    case Storage::bram: {
      const auto blocks = static_cast<double>(fabric::bram18_blocks(m.depth, m.width));
      r += blocks * costs.bram_control;
      r.bram18 += blocks;
      r.ff += bits;
      m.blocks_per_access = std::min(blocks, static_cast<double>(ceil_div<std::int64_t>(m.width, 36)));
      break;
    }
    case Storage::uram:
      r.uram += static_cast<double>(fabric::uram_blocks(m.depth, m.width));
      r.ff += bits;
      m.blocks_per_access = static_cast<double>(ceil_div<std::int64_t>(m.width, 72));
      break;
  }
  return m;
}

}  // namespace statelane
