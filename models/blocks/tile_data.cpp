// SPDX-License-Identifier: Apache-2.0
#include "models/blocks/tile_data.h"

#include <algorithm>

namespace statelane {
namespace {

template <class T>
auto at(T& values, std::size_t i) {
  return values.begin() + static_cast<std::ptrdiff_t>(i);
}

void check(bool fits) {
  if (!fits) throw TileError("reaches beyond a tile, or mixes real numbers and codes");
}

}  // namespace

TileData TileData::slice(std::size_t first, std::size_t n) const {
  TileData part;
  part.append(*this, first, n);
  return part;
}

void TileData::append(const TileData& from, std::size_t first, std::size_t n) {
  check(first + n <= from.size() && (empty() || from.empty() || reals.empty() == from.reals.empty()));
  if (!from.reals.empty()) reals.insert(reals.end(), at(from.reals, first), at(from.reals, first + n));
  if (!from.codes.empty()) codes.insert(codes.end(), at(from.codes, first), at(from.codes, first + n));
}

void TileData::set(std::size_t first, const TileData& part, std::size_t size) {
  if (empty()) {
    if (part.reals.empty()) {
      codes.resize(size);
    } else {
      reals.resize(size);
    }
  }
  check(first + part.size() <= this->size() && reals.empty() == part.reals.empty());
  std::copy(part.reals.begin(), part.reals.end(), at(reals, first));
  std::copy(part.codes.begin(), part.codes.end(), at(codes, first));
}

}  // namespace statelane
