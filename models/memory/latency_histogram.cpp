// SPDX-License-Identifier: Apache-2.0
#include "models/memory/latency_histogram.h"

#include <algorithm>
#include <cmath>

namespace statelane {

std::int64_t LatencyHistogram::lower_edge(std::size_t index) {
  if (index < (std::size_t{1} << step_bits)) return static_cast<std::int64_t>(index);
  const std::size_t octave = (index >> step_bits) - 1;
  return static_cast<std::int64_t>((index - (octave << step_bits)) << octave);
}

void LatencyHistogram::add(const LatencyHistogram& other, std::int64_t shift) {
  const std::int64_t sum = sum_ + other.sum_ + shift * other.count_;
  const std::int64_t max = other.count_ == 0 ? max_ : std::max(max_, other.max_ + shift);
  for (std::size_t i = 0; i < other.buckets_.size(); ++i) {
    if (other.buckets_[i] != 0) add(lower_edge(i) + shift, other.buckets_[i]);
  }
  sum_ = sum;
  max_ = max;
}

std::int64_t LatencyHistogram::quantile(double q) const {
  if (count_ == 0) return 0;
  const auto wanted = std::max<std::int64_t>(
      1, static_cast<std::int64_t>(std::ceil(std::clamp(q, 0.0, 1.0) * static_cast<double>(count_))));
  std::int64_t seen = 0;
  for (std::size_t i = 0; i < buckets_.size(); ++i) {
    seen += buckets_[i];
    if (seen >= wanted) return lower_edge(i);
  }
  return max_;
}

}  // namespace statelane
