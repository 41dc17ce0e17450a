// SPDX-License-Identifier: Apache-2.0
#include "models/functional/firing_io.h"

namespace statelane::functional {
namespace {

void check_size(const Tile& tile, std::size_t elements, Tensor t) {
  if (tile.size() == elements) return;
  throw TileError("a tile of tensor " + std::string(tensor_name(t)) + " has " + std::to_string(tile.size()) +
                  " elements, the firing works on " + std::to_string(elements));
}

}  // namespace

const Tile& FiringIo::look(Tensor t, std::size_t index, std::size_t elements) const {
  if (index >= on(t).size()) {
    throw TileError("needs tile " + std::to_string(index) + " of tensor " + std::string(tensor_name(t)) +
                    " and has " + std::to_string(on(t).size()));
  }
  check_size(on(t)[index], elements, t);
  return on(t)[index];
}

Tile FiringIo::take(Tensor t, std::size_t elements) {
  static_cast<void>(look(t, 0, elements));  // checks that it is there and fits
  Tile tile = std::move(on(t).front());
  on(t).pop_front();
  return tile;
}

void FiringIo::drop(Tensor t, std::size_t n) {
  if (n > on(t).size()) throw TileError("lacks tiles of tensor " + std::string(tensor_name(t)));
  for (std::size_t i = 0; i < n; ++i) on(t).pop_front();
}

}  // namespace statelane::functional
