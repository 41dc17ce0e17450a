// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <stdexcept>
#include <vector>

namespace statelane {

/// The schedule does not compute the network: an actor misses a tile it needs, or makes more or fewer than
/// its firing puts into its channels, or tiles of the wrong size or kind.
class TileError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// The numbers of a tile: real ones, or integer codes. One of the two is empty.
struct TileData {
  std::vector<float> reals;
  std::vector<std::int64_t> codes;

  TileData() = default;
  explicit TileData(std::vector<float> values) : reals(std::move(values)) {}
  explicit TileData(std::vector<std::int64_t> values) : codes(std::move(values)) {}
  explicit TileData(std::span<const std::int32_t> values) : codes(values.begin(), values.end()) {}

  [[nodiscard]] std::size_t size() const { return reals.size() + codes.size(); }
  [[nodiscard]] bool empty() const { return reals.empty() && codes.empty(); }
  [[nodiscard]] bool operator==(const TileData&) const = default;

  /// Elements [first, first + n).
  [[nodiscard]] TileData slice(std::size_t first, std::size_t n) const;
  /// Adds elements [first, first + n) of `from` at the end. Throws TileError where they are not of its kind.
  void append(const TileData& from, std::size_t first, std::size_t n);
  void append(const TileData& from) { append(from, 0, from.size()); }
  /// Replaces the elements from `first` on by those of `part`; an empty tile becomes `size` zeros first.
  void set(std::size_t first, const TileData& part, std::size_t size);
};

}  // namespace statelane
