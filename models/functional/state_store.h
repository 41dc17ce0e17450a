// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "models/functional/extents.h"
#include "models/functional/firing_io.h"
#include "models/numerics/mamba2_model.h"

namespace statelane::functional {

/// h and the convolution's history of every sequence and layer outside the dataflow graph: in off-chip
/// memory, where the DMAs read and write them (and the history of a convolution unit that keeps it on chip).
class StateStore {
 public:
  /// `caches` holds one cache a sequence, or nothing for zeros. Throws InputError on another number or wrong
  /// sizes.
  StateStore(const Extents& extents, std::vector<ModelCache> caches);

  [[nodiscard]] std::size_t sequences() const { return caches_.size(); }
  [[nodiscard]] ModelCache& cache(std::size_t sequence) { return caches_[sequence]; }
  [[nodiscard]] const ModelCache& cache(std::size_t sequence) const { return caches_[sequence]; }

  /// One SSM tile of h: [tile_states, tile_rows] of a head.
  struct Place {
    std::size_t sequence = 0, layer = 0, head = 0, row_tile = 0, state_tile = 0;
  };
  [[nodiscard]] Tile state_tile(const Place& place) const;
  void set_state_tile(const Place& place, std::span<const float> tile);

  /// The taps - 1 last inputs of the convolution, oldest first: [taps - 1, channels].
  [[nodiscard]] Tile history(std::size_t sequence, std::size_t layer) const;
  /// Replaces those of some channels; `values` is [taps - 1, channels of the tile].
  void set_history(std::size_t sequence, std::size_t layer, std::size_t first_channel,
                   std::span<const float> values);

 private:
  [[nodiscard]] std::size_t offset(const Place& place) const;

  Extents e_;
  std::vector<ModelCache> caches_;
};

}  // namespace statelane::functional
