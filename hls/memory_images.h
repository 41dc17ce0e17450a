// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "hls/functions.h"
#include "models/numerics/integer_model.h"

namespace statelane::hls {

/// Off-chip memory as 32-bit words, in the layout the memory actors expect.
using MemoryImage = std::vector<std::uint32_t>;

/// Weights of all layers in the order of the matrix unit's tiles: the scales of a tile (for each of its row
/// blocks and groups of inputs five pairs of 3-bit shifts a 32-bit word), then its codes, a word of the
/// matrix unit after another.
[[nodiscard]] MemoryImage pack_weights(const Accelerator& a, const MatrixPlan& plan,
                                       const IntegerModel& model);
/// What each of the plan's ports holds of that: its share of every beat.
[[nodiscard]] std::vector<MemoryImage> by_port(const MemoryImage& beats, const MatrixPlan& plan);
/// Convolution weights in the order in which the convolution takes its channels.
[[nodiscard]] MemoryImage pack_conv_weights(const Accelerator& a, const IntegerModel& model);
/// What sequences side by side leave behind: by sequence, by layer.
using Caches = std::vector<std::vector<IntegerCache>>;
/// What the convolution remembers of each layer.
[[nodiscard]] MemoryImage pack_conv_state(const Accelerator& a, const Caches& caches);
/// The recurrent state of each layer and head: the shifts of its blocks, then its codes in the order of the
/// SSM tiles.
[[nodiscard]] MemoryImage pack_state(const Accelerator& a, const Wires& wires, const Caches& caches);
/// The on-chip parameters, array after array in the order of `parameters`.
[[nodiscard]] MemoryImage pack_parameters(const Accelerator& a, const std::vector<Parameter>& parameters,
                                          const IntegerModel& model);

}  // namespace statelane::hls
