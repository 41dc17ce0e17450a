// SPDX-License-Identifier: Apache-2.0
#include "models/functional/state_store.h"

#include <string>

#include "models/base/diagnostics.h"

namespace statelane::functional {

StateStore::StateStore(const Extents& extents, std::vector<SequenceState> states)
    : e_(extents), states_(std::move(states)) {
  const std::size_t conv = e_[Dim::taps] * e_[Dim::conv_channels];
  const std::size_t state = e_[Dim::d_inner] * e_.d_state;
  if (states_.size() != e_.all_sequences()) {
    throw InputError(std::to_string(states_.size()) + " states for " + std::to_string(e_.all_sequences()) +
                     " sequences");
  }
  for (const SequenceState& sequence : states_) {
    bool fits = sequence.size() == e_.layers;
    for (const LayerState& layer : sequence)
      fits = fits && layer.history.size() == conv && layer.state.size() == state;
    if (!fits) throw InputError("a sequence's state is not of this network");
  }
}

std::size_t StateStore::offset(const Place& p) const {
  return (p.head * e_.d_state + p.state_tile * e_.tile_states) * e_.headdim + p.row_tile * e_.tile_rows;
}

TileData StateStore::state_tile(const Place& p) const {
  const TileData& from = states_[p.sequence][p.layer].state;
  TileData tile;
  for (std::size_t n = 0; n < e_.tile_states; ++n)
    tile.append(from, offset(p) + n * e_.headdim, e_.tile_rows);
  return tile;
}

void StateStore::set_state_tile(const Place& p, const TileData& tile) {
  TileData& to = states_[p.sequence][p.layer].state;
  for (std::size_t n = 0; n < e_.tile_states; ++n)
    to.set(offset(p) + n * e_.headdim, tile.slice(n * e_.tile_rows, e_.tile_rows), to.size());
}

TileData StateStore::history(std::size_t sequence, std::size_t layer) const {
  const TileData& all = states_[sequence][layer].history;
  return all.slice(e_[Dim::conv_channels], all.size() - e_[Dim::conv_channels]);
}

void StateStore::set_history(std::size_t sequence, std::size_t layer, std::size_t first_channel,
                             const TileData& values) {
  TileData& to = states_[sequence][layer].history;
  const std::size_t taps = e_[Dim::taps];
  const std::size_t n = values.size() / (taps - 1);
  for (std::size_t k = 1; k < taps; ++k)
    to.set(k * e_[Dim::conv_channels] + first_channel, values.slice((k - 1) * n, n), to.size());
}

}  // namespace statelane::functional
