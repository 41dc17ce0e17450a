// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <deque>
#include <string>
#include <vector>

#include "models/blocks/block.h"
#include "models/blocks/tile_data.h"
#include "models/evaluate/mapping.h"

namespace statelane::functional {

using statelane::TileError;

/// By tensor of the block.
template <class T>
using ByTensor = std::array<T, Mapping::most_tensors>;

/// Tiles an actor has taken from its channels and not used up.
using Shelf = ByTensor<std::deque<TileData>>;

/// One firing seen by the function that computes it: the tiles on the actor's shelf (the firing's inputs are
/// already there, behind what earlier ones left), and those it makes.
class FiringIo {
 public:
  /// `queues[tensor]`: what lies in the channel of a tensor that the actor takes; null: no channel.
  /// `puts[tensor]`: whether the firing has that output.
  FiringIo(const Block& block, Shelf& shelf, const ByTensor<const std::deque<TileData>*>& queues,
           const ByTensor<bool>& puts)
      : block_(block), shelf_(shelf), queues_(queues), puts_(puts) {}

  [[nodiscard]] std::size_t available(Tensor t) const { return shelf_[index_of(t)].size(); }
  /// The oldest tile, which must have `elements`; throws TileError if there is none.
  [[nodiscard]] TileData take(Tensor t, std::size_t elements);
  /// The tile with `index` older ones, left on the shelf.
  [[nodiscard]] const TileData& look(Tensor t, std::size_t index, std::size_t elements) const;
  /// The same, or one that still lies in the channel: a unit whose quantiser needs what comes next sees it
  /// there.
  [[nodiscard]] const TileData& look_ahead(Tensor t, std::size_t index, std::size_t elements) const;
  /// Clears away the `n` oldest tiles.
  void drop(Tensor t, std::size_t n);

  /// Whether the firing puts tiles of `t` into a channel.
  [[nodiscard]] bool puts(Tensor t) const { return puts_[index_of(t)]; }
  void put(Tensor t, TileData tile) { made_[index_of(t)].push_back(std::move(tile)); }
  [[nodiscard]] std::vector<TileData>& made(Tensor t) { return made_[index_of(t)]; }

 private:
  [[nodiscard]] std::string name(Tensor t) const { return std::string(block_[t].name); }
  void check_size(const TileData& tile, std::size_t elements, Tensor t) const;

  const Block& block_;
  Shelf& shelf_;
  const ByTensor<const std::deque<TileData>*>& queues_;
  const ByTensor<bool>& puts_;
  ByTensor<std::vector<TileData>> made_;
};

}  // namespace statelane::functional
