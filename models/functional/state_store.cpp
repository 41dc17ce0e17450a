// SPDX-License-Identifier: Apache-2.0
#include "models/functional/state_store.h"

#include <algorithm>
#include <string>

#include "models/base/diagnostics.h"

namespace statelane::functional {

StateStore::StateStore(const Extents& extents, std::vector<ModelCache> caches)
    : e_(extents), caches_(std::move(caches)) {
  const std::size_t conv = e_.taps * e_.conv_channels;
  const std::size_t state = e_.d_inner * e_.d_state;
  if (caches_.empty()) {
    const LayerCache zero{std::vector<float>(conv), std::vector<float>(state)};
    caches_.assign(e_.all_sequences(), ModelCache{std::vector<LayerCache>(e_.layers, zero)});
    return;
  }
  if (e_.sequence) throw InputError("a prompt starts from zero, not from a given state");
  if (caches_.size() != e_.all_sequences()) {
    throw InputError(std::to_string(caches_.size()) + " states for " + std::to_string(e_.all_sequences()) +
                     " sequences");
  }
  for (const ModelCache& cache : caches_) {
    bool fits = cache.layers.size() == e_.layers;
    for (const LayerCache& layer : cache.layers) {
      fits = fits && layer.conv.size() == conv && layer.state.size() == state;
    }
    if (!fits) throw InputError("a sequence's state is not of this network");
  }
}

std::size_t StateStore::offset(const Place& p) const {
  return (p.head * e_.d_state + p.state_tile * e_.tile_states) * e_.headdim + p.row_tile * e_.tile_rows;
}

Tile StateStore::state_tile(const Place& p) const {
  const float* from = caches_[p.sequence].layers[p.layer].state.data() + offset(p);
  Tile tile;
  tile.reserve(e_.tile_states * e_.tile_rows);
  for (std::size_t n = 0; n < e_.tile_states; ++n) {
    tile.insert(tile.end(), from + n * e_.headdim, from + n * e_.headdim + e_.tile_rows);
  }
  return tile;
}

void StateStore::set_state_tile(const Place& p, std::span<const float> tile) {
  float* to = caches_[p.sequence].layers[p.layer].state.data() + offset(p);
  for (std::size_t n = 0; n < e_.tile_states; ++n) {
    const auto row = tile.subspan(n * e_.tile_rows, e_.tile_rows);
    std::copy(row.begin(), row.end(), to + n * e_.headdim);
  }
}

Tile StateStore::history(std::size_t sequence, std::size_t layer) const {
  const std::vector<float>& conv = caches_[sequence].layers[layer].conv;
  return Tile(conv.begin() + static_cast<std::ptrdiff_t>(e_.conv_channels), conv.end());
}

void StateStore::set_history(std::size_t sequence, std::size_t layer, std::size_t first_channel,
                             std::span<const float> values) {
  std::vector<float>& conv = caches_[sequence].layers[layer].conv;
  const std::size_t n = values.size() / (e_.taps - 1);
  for (std::size_t k = 1; k < e_.taps; ++k) {
    const auto row = values.subspan((k - 1) * n, n);
    std::copy(row.begin(), row.end(),
              conv.begin() + static_cast<std::ptrdiff_t>(k * e_.conv_channels + first_channel));
  }
}

}  // namespace statelane::functional
