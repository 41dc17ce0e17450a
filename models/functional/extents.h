// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>

#include "models/evaluate/geometry.h"

namespace statelane::functional {

/// The sizes of a lowered run as array code needs them (see Geometry), and of the tiles its channels carry.
struct Extents {
  explicit Extents(const Geometry& geometry, const Design& design);

  Dims dims;
  std::size_t heads = 0, headdim = 0, d_state = 0, states = 0;
  std::size_t columns = 1, blocks = 1, layers = 1, passes = 1;
  std::size_t tile_rows = 1, tile_states = 1, row_tiles = 1, state_tiles = 1;
  std::size_t bc_unit = 1;    ///< rows of a tile of what all heads share
  std::size_t conv_unit = 1;  ///< channels of a tile of the convolution's history
  std::size_t out_unit = 1;   ///< rows of a tile of a projection's output
  std::size_t head_unit = 1;  ///< rows of a tile of logits
  bool sequence = false;      ///< columns are consecutive tokens of one prompt
  bool feedback = false;      ///< decode
  bool head_every_pass = true;
  bool head_on_fabric = false;
  bool naive = false;  ///< the order of the projection

  [[nodiscard]] std::size_t operator[](Dim d) const { return static_cast<std::size_t>(dims[d]); }
  /// Sequences side by side, each with a state of its own.
  [[nodiscard]] std::size_t sequences() const { return sequence ? 1 : columns; }
  /// Columns that logits are computed for.
  [[nodiscard]] std::size_t head_columns() const { return sequence ? 1 : columns; }
  /// Sequences of the whole run; prompts come one a pass.
  [[nodiscard]] std::size_t all_sequences() const { return sequence ? passes : columns; }
  /// Columns that a layer has before the next one starts.
  [[nodiscard]] std::size_t layer_columns() const { return columns * blocks; }
  /// Where the states of a head begin among those of all groups.
  [[nodiscard]] std::size_t first_state(std::size_t head) const {
    return head / (heads / (states / d_state)) * d_state;
  }
};

/// Where an actor is in the loops over passes, layers and blocks.
struct LayerClock {
  std::size_t pass = 0, layer = 0, block = 0;

  /// The actor has done its part of one block of one layer.
  void next_block(const Extents& e) {
    if (++block < e.blocks) return;
    block = 0;
    if (++layer < e.layers) return;
    layer = 0;
    ++pass;
  }
};

}  // namespace statelane::functional
