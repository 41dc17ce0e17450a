// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>

namespace statelane {

/// Index of a tensor in its block's table (models/blocks/block.h).
enum class Tensor : std::uint8_t {};
inline constexpr Tensor no_tensor{0xFF};
[[nodiscard]] constexpr std::size_t index_of(Tensor t) {
  return static_cast<std::size_t>(t);
}

/// What stands at the borders of a layer.
enum class Border : std::uint8_t {
  none,
  enters,      ///< from outside, before the first layer
  next_layer,  ///< what one layer puts in, the next one takes
  leaves,      ///< behind the last layer
};

/// What an off-chip memory stream carries; a design places each of them (MemoryConfig).
enum class StreamKind : std::uint8_t { weights, history, state };
inline constexpr int stream_kind_count = 3;

}  // namespace statelane
