// SPDX-License-Identifier: Apache-2.0
#include "models/numerics/integer_stats.h"

#include <algorithm>

#include "models/numerics/integer_ops.h"
#include "models/numerics/vector_clones.h"

namespace statelane {
namespace {

int signed_bits(std::int64_t low, std::int64_t high) {
  const auto needed = [](std::int64_t v) {
    return 1 + integer::bit_length(static_cast<std::uint64_t>(v < 0 ? ~v : v));
  };
  return low > high ? 0 : std::max(needed(low), needed(high));
}

STATELANE_VECTOR_CLONES
void narrow_loop(const std::int64_t* acc, std::size_t n, int left, int right, std::int64_t low,
                 std::int64_t high, std::int32_t* out) {
  for (std::size_t i = 0; i < n; ++i) {
    const std::int64_t v = (acc[i] << left) >> right;
    out[i] = static_cast<std::int32_t>(std::min(std::max(v, low), high));
  }
}

STATELANE_VECTOR_CLONES
void extremes(const std::int64_t* acc, std::size_t n, std::int64_t* low, std::int64_t* high) {
  std::int64_t smallest = *low;
  std::int64_t largest = *high;
  for (std::size_t i = 0; i < n; ++i) {
    smallest = std::min(smallest, acc[i]);
    largest = std::max(largest, acc[i]);
  }
  *low = smallest;
  *high = largest;
}

}  // namespace

void AccumulatorStats::merge(const AccumulatorStats& other) {
  low = std::min(low, other.low);
  high = std::max(high, other.high);
  narrowed += other.narrowed;
  saturated += other.saturated;
  out_low = std::min(out_low, other.out_low);
  out_high = std::max(out_high, other.out_high);
}

int AccumulatorStats::accumulator_bits() const {
  return signed_bits(low, high);
}
int AccumulatorStats::output_bits() const {
  return narrowed == 0 ? 0 : signed_bits(out_low, out_high);
}

void IntegerStats::merge(const IntegerStats& other) {
  for (std::size_t i = 0; i < by_tap.size(); ++i) by_tap[i].merge(other.by_tap[i]);
}

void narrow(std::span<const std::int64_t> acc, int shift, int width, std::span<std::int32_t> out,
            AccumulatorStats* stats) {
  const std::int64_t limit = std::int64_t{1} << (width - 1);
  const int right = std::clamp(shift, 0, 63);
  const int left = std::max(-shift, 0);
  narrow_loop(acc.data(), acc.size(), left, right, -limit, limit - 1, out.data());
  if (stats == nullptr) return;
  AccumulatorStats here;
  extremes(acc.data(), acc.size(), &here.low, &here.high);
  here.narrowed = static_cast<std::int64_t>(acc.size());
  here.out_low = (here.low << left) >> right;
  here.out_high = (here.high << left) >> right;
  if (here.out_low < -limit || here.out_high >= limit) {
    for (const std::int64_t v : acc) {
      const std::int64_t shifted = (v << left) >> right;
      here.saturated += shifted < -limit || shifted >= limit ? 1 : 0;
    }
  }
  stats->merge(here);
}

}  // namespace statelane
