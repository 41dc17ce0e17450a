// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <deque>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

#include "models/functional/tensors.h"

namespace statelane::functional {

/// The payload of a tile, laid out as its Tensor says.
using Tile = std::vector<float>;

/// The schedule does not compute the network: an actor misses a tile it needs, or makes more or fewer than
/// its firing puts into its channels, or tiles of the wrong size. Names the actor and the tensor.
class TileError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// Tiles an actor has taken from its channels and not used up.
using Shelf = std::array<std::deque<Tile>, tensor_count>;

/// One firing seen by the function that computes it: the tiles on the actor's shelf (the firing's inputs are
/// already there, behind what earlier ones left), and those it makes.
class FiringIo {
 public:
  /// `puts[tensor]` is whether the firing has that output.
  FiringIo(Shelf& shelf, std::span<const bool> puts) : shelf_(shelf), puts_(puts) {}

  [[nodiscard]] std::size_t available(Tensor t) const { return on(t).size(); }
  /// The oldest tile, which must have `elements`; throws TileError if there is none.
  [[nodiscard]] Tile take(Tensor t, std::size_t elements);
  /// The tile with `index` older ones, left on the shelf.
  [[nodiscard]] const Tile& look(Tensor t, std::size_t index, std::size_t elements) const;
  /// Clears away the `n` oldest tiles.
  void drop(Tensor t, std::size_t n);

  /// Whether the firing puts tiles of `t` into a channel.
  [[nodiscard]] bool puts(Tensor t) const { return puts_[static_cast<std::size_t>(t)]; }
  void put(Tensor t, Tile tile) { made_[static_cast<std::size_t>(t)].push_back(std::move(tile)); }
  [[nodiscard]] std::vector<Tile>& made(Tensor t) { return made_[static_cast<std::size_t>(t)]; }

 private:
  [[nodiscard]] std::deque<Tile>& on(Tensor t) { return shelf_[static_cast<std::size_t>(t)]; }
  [[nodiscard]] const std::deque<Tile>& on(Tensor t) const { return shelf_[static_cast<std::size_t>(t)]; }

  Shelf& shelf_;
  std::span<const bool> puts_;
  std::array<std::vector<Tile>, tensor_count> made_;
};

}  // namespace statelane::functional
