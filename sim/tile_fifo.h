// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include "models/base/simulated_time.h"

namespace statelane {

/// A bounded channel whose tiles and free places carry the time from which they can be used.
///
/// Producer and consumer are deterministic and each the only one on its side, so a firing whose tiles and
/// places are all known may be decided at once, even if it lies ahead of simulated time: the times decide,
/// not the order in which the kernel runs processes. (Kahn networks with time stamps; memory, where order
/// matters, is simulated in order.)
///
/// Place k % capacity of the ring holds, for a tile that is present, the time it becomes visible; for a free
/// place, the time it became free. Both are non-decreasing along the ring.
class TileFifo {
 public:
  TileFifo() = default;
  TileFifo(std::int64_t capacity, std::int64_t initial)
      : times_(static_cast<std::size_t>(capacity)),
        claims_(static_cast<std::size_t>(capacity)),
        capacity_(capacity),
        claimed_(initial),
        visible_(initial),
        peak_(initial),
        counted_(initial) {}

  [[nodiscard]] std::int64_t capacity() const { return capacity_; }
  /// Tiles a consumer knows of (their time may still be to come).
  [[nodiscard]] std::int64_t tiles() const { return visible_ - taken_; }
  /// Places a producer knows to be or become free.
  [[nodiscard]] std::int64_t places() const { return capacity_ - (claimed_ - freed_); }

  /// Time at which `n` <= tiles() tiles are there.
  [[nodiscard]] Femtoseconds tiles_at(std::int64_t n) const { return times_[place(taken_ + n - 1)]; }
  /// Time at which `n` <= places() places are free.
  [[nodiscard]] Femtoseconds places_at(std::int64_t n) const { return times_[place(claimed_ + n - 1)]; }

  /// The producer starts a firing at `start` that will fill `n` places.
  void claim(std::int64_t n, Femtoseconds start) {
    for (std::int64_t i = 0; i < n; ++i) claims_[place(claimed_ + i)] = start;
    claimed_ += n;
  }
  /// The `n` oldest claimed places hold tiles that can be seen from `at` on.
  void publish(std::int64_t n, Femtoseconds at) {
    last_visible_ = std::max(last_visible_, at);
    for (std::int64_t i = 0; i < n; ++i) times_[place(visible_ + i)] = last_visible_;
    visible_ += n;
  }
  /// The consumer starts a firing with the `n` oldest tiles.
  void take(std::int64_t n) { taken_ += n; }
  /// The `n` oldest taken places are free from `at` on.
  void release(std::int64_t n, Femtoseconds at) {
    last_freed_ = std::max(last_freed_, at);
    for (std::int64_t i = 0; i < n; ++i) times_[place(freed_ + i)] = last_freed_;
    // A claim made before this release met all places from freed_ on still full.
    while (counted_ < claimed_ && claims_[place(counted_)] < last_freed_) {
      ++counted_;
      peak_ = std::max(peak_, counted_ - freed_);
    }
    freed_ += n;
  }
  /// Most places in use (claimed, full or being read) at one time.
  [[nodiscard]] std::int64_t peak() const { return std::max(peak_, claimed_ - freed_); }

 private:
  [[nodiscard]] std::size_t place(std::int64_t k) const {
    return static_cast<std::size_t>(capacity_ == 1 ? 0 : k % capacity_);
  }

  std::vector<Femtoseconds> times_;
  std::vector<Femtoseconds> claims_;
  std::int64_t capacity_ = 0;
  // Counters of tiles since the start: freed_ <= taken_ <= visible_ <= claimed_ <= freed_ + capacity_.
  std::int64_t claimed_ = 0;
  std::int64_t visible_ = 0;
  std::int64_t taken_ = 0;
  std::int64_t freed_ = 0;
  Femtoseconds last_visible_{0};
  Femtoseconds last_freed_{0};
  std::int64_t peak_ = 0;
  std::int64_t counted_ = 0;  ///< claims already compared with the releases
};

}  // namespace statelane
