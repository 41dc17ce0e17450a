// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "models/graph/graph.h"
#include "models/units/fabric/fabric_costs.h"

namespace statelane {

/// A channel as a memory: `depth` words of `width` bits in one kind of block.
struct ChannelMapping {
  Storage storage = Storage::registers;  ///< never automatic
  std::int64_t depth = 0;
  std::int64_t width = 0;
  Resources resources;

  /// Blocks (block RAM halves or UltraRAMs) that one access of a word wakes: a row of them, not the whole
  /// depth.
  double blocks_per_access = 0;
};

/// Bits that a channel moves in a beat: its own `word` where the lowering has set one, otherwise as many
/// elements as the wider of its two ends takes or gives, but never more than a tile.
[[nodiscard]] constexpr std::int64_t word_bits(const Channel& channel, std::int64_t lanes) {
  if (channel.word.count() > 0) return channel.word.count();
  const std::int64_t tile = channel.tile_bits().count();
  const std::int64_t beat = channel.element.count() * lanes;
  return beat < tile ? beat : tile;
}

/// Maps a channel of words of `width` bits. Storage::automatic follows the vendor's tools where they say what
/// they do: a single word in registers; up to srl_max_bits, and two words of any width, in shift registers
/// (AMD UG1399, config_storage fifo -auto_srl_max_bits, -auto_srl_max_depth); UltraRAM from uram_min_depth
/// words; block RAM otherwise. Every memory has an output register, as a FIFO that shows its next word needs.
[[nodiscard]] ChannelMapping map_channel(const Channel& channel, std::int64_t width,
                                         const FabricCosts& costs);

}  // namespace statelane
