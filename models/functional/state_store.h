// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <vector>

#include "models/blocks/tile_data.h"
#include "models/functional/extents.h"

namespace statelane::functional {

/// What one sequence leaves in one layer.
struct LayerState {
  TileData history;  ///< [taps, channels]: the convolution's last inputs, the oldest of no further use
  TileData state;    ///< [heads, d_state, headdim]
};
/// By layer.
using SequenceState = std::vector<LayerState>;

/// h and the convolution's history of every sequence and layer outside the dataflow graph: in off-chip
/// memory, where the DMAs read and write them (and the history of a convolution unit that keeps it on chip).
class StateStore {
 public:
  /// One state a sequence. Throws InputError on another number or wrong sizes.
  StateStore(const Extents& extents, std::vector<SequenceState> states);

  [[nodiscard]] const SequenceState& of(std::size_t sequence) const { return states_.at(sequence); }

  /// One tile of h: [tile_states, tile_rows] of a head.
  struct Place {
    std::size_t sequence = 0, layer = 0, head = 0, row_tile = 0, state_tile = 0;
  };
  [[nodiscard]] TileData state_tile(const Place& place) const;
  void set_state_tile(const Place& place, const TileData& tile);

  /// The taps - 1 last inputs of the convolution, oldest first: [taps - 1, channels].
  [[nodiscard]] TileData history(std::size_t sequence, std::size_t layer) const;
  /// Replaces those of some channels; `values` is [taps - 1, channels of the tile].
  void set_history(std::size_t sequence, std::size_t layer, std::size_t first_channel,
                   const TileData& values);

 private:
  [[nodiscard]] std::size_t offset(const Place& place) const;

  const Extents e_;
  std::vector<SequenceState> states_;
};

}  // namespace statelane::functional
