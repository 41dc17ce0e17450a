// SPDX-License-Identifier: Apache-2.0
#include "models/functional/firing_io.h"

namespace statelane::functional {

void FiringIo::check_size(const TileData& tile, std::size_t elements, Tensor t) const {
  if (tile.size() == elements) return;
  throw TileError("a tile of tensor " + name(t) + " has " + std::to_string(tile.size()) +
                  " elements, the firing works on " + std::to_string(elements));
}

const TileData& FiringIo::look(Tensor t, std::size_t index, std::size_t elements) const {
  const std::deque<TileData>& tiles = shelf_[index_of(t)];
  if (index >= tiles.size()) {
    throw TileError("needs tile " + std::to_string(index) + " of tensor " + name(t) + " and has " +
                    std::to_string(tiles.size()));
  }
  check_size(tiles[index], elements, t);
  return tiles[index];
}

const TileData& FiringIo::look_ahead(Tensor t, std::size_t index, std::size_t elements) const {
  const std::size_t held = available(t);
  if (index < held) return look(t, index, elements);
  const std::deque<TileData>* queue = queues_[index_of(t)];
  if (queue == nullptr || index - held >= queue->size()) {
    throw TileError("needs tile " + std::to_string(index) + " of tensor " + name(t) +
                    " for a quantiser's block before it is there");
  }
  check_size((*queue)[index - held], elements, t);
  return (*queue)[index - held];
}

TileData FiringIo::take(Tensor t, std::size_t elements) {
  static_cast<void>(look(t, 0, elements));  // checks that it is there and fits
  TileData tile = std::move(shelf_[index_of(t)].front());
  shelf_[index_of(t)].pop_front();
  return tile;
}

void FiringIo::drop(Tensor t, std::size_t n) {
  if (n > available(t)) throw TileError("lacks tiles of tensor " + name(t));
  for (std::size_t i = 0; i < n; ++i) shelf_[index_of(t)].pop_front();
}

}  // namespace statelane::functional
