// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "models/base/units.h"

namespace statelane {

/// Distribution of latencies in clocks: exact below 128, above it 128 steps an octave (under 0.8 % wide), so
/// its memory depends on the largest latency and not on how many there are. Count, sum and maximum are exact.
class LatencyHistogram {
 public:
  void add(std::int64_t clocks, std::int64_t times = 1) {
    const std::size_t i = index(clocks);
    if (i >= buckets_.size()) buckets_.resize(i + 1);
    buckets_[i] += times;
    count_ += times;
    sum_ += clocks * times;
    max_ = std::max(max_, clocks);
  }
  void add(const LatencyHistogram& other, std::int64_t shift = 0);

  [[nodiscard]] std::int64_t count() const { return count_; }
  [[nodiscard]] std::int64_t sum() const { return sum_; }
  [[nodiscard]] std::int64_t max() const { return max_; }
  /// 0 if nothing was added.
  [[nodiscard]] double mean() const {
    return count_ == 0 ? 0.0 : static_cast<double>(sum_) / static_cast<double>(count_);
  }
  /// Smallest latency (lower edge of its step) that at least share `q` of the values do not exceed; 0 if
  /// empty.
  [[nodiscard]] std::int64_t quantile(double q) const;

 private:
  static constexpr std::size_t step_bits = 7;

  static std::size_t index(std::int64_t clocks) {
    const auto v = static_cast<std::uint64_t>(clocks < 0 ? 0 : clocks);
    const auto octave = static_cast<std::size_t>(std::bit_width(v | (1U << step_bits))) - 1 -
                        step_bits;  // 0 below 2^step_bits
    return (octave << step_bits) + static_cast<std::size_t>(v >> octave);
  }
  static std::int64_t lower_edge(std::size_t index);

  std::vector<std::int64_t> buckets_;
  std::int64_t count_ = 0;
  std::int64_t sum_ = 0;
  std::int64_t max_ = 0;
};

}  // namespace statelane
