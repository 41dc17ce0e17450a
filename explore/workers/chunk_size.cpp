// SPDX-License-Identifier: Apache-2.0
#include "explore/workers/chunk_size.h"

#include <algorithm>
#include <cmath>

namespace statelane {

std::uint64_t ChunkSize::items(std::size_t workers, std::uint64_t left) const {
  if (seconds_per_item_ <= 0) return 1;
  constexpr double least = 0.01;  // seconds: a message costs less than a hundredth of that
  constexpr double best = 0.05;
  constexpr double shares = 3;  // chunks a worker still has before it, near the end
  const double even =
      static_cast<double>(left) / (shares * static_cast<double>(std::max<std::size_t>(1, workers)));
  const double n = std::max(least / seconds_per_item_, std::min(best / seconds_per_item_, even));
  return std::clamp<std::uint64_t>(static_cast<std::uint64_t>(std::min(std::ceil(n), 1e15)), 1,
                                   std::max<std::uint64_t>(1, most_));
}

void ChunkSize::took(std::uint64_t items, double seconds) {
  if (items == 0) return;
  const double one = seconds / static_cast<double>(items);
  constexpr double weight = 0.3;  // of the newest
  seconds_per_item_ = seconds_per_item_ > 0 ? (1 - weight) * seconds_per_item_ + weight * one : one;
}

}  // namespace statelane
