// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>

namespace statelane {

/// How many items to give out at a time, so that a task takes long enough to be worth its messages and short
/// enough to share the work evenly and to be done again cheaply.
class ChunkSize {
 public:
  /// `most`: items of the whole work.
  explicit ChunkSize(std::uint64_t most) : most_(most) {}
  /// At least 1.
  [[nodiscard]] std::uint64_t items(std::size_t workers, std::uint64_t left) const;
  void took(std::uint64_t items, double seconds);

 private:
  std::uint64_t most_;
  double seconds_per_item_ = 0;  ///< 0: not known yet
};

}  // namespace statelane
