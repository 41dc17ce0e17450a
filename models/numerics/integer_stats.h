// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <limits>
#include <span>
#include <string>

#include "models/numerics/integer_plan.h"

namespace statelane {

/// What happened where an accumulator was narrowed to a tensor's format.
struct AccumulatorStats {
  std::int64_t low = std::numeric_limits<std::int64_t>::max();   ///< smallest accumulator met
  std::int64_t high = std::numeric_limits<std::int64_t>::min();  ///< largest
  std::int64_t narrowed = 0;                                     ///< values narrowed
  std::int64_t saturated = 0;                                    ///< of them clipped to the tensor's width
  std::int64_t out_low = 0;  ///< extremes after the shift, before saturation
  std::int64_t out_high = 0;

  void merge(const AccumulatorStats& other);
  /// Bits of a two's-complement register that holds every accumulator met; 0 if none was.
  [[nodiscard]] int accumulator_bits() const;
  /// The same for the shifted value: the width at which nothing would have been clipped.
  [[nodiscard]] int output_bits() const;
};

/// By the tensor an accumulator feeds.
struct IntegerStats {
  std::array<AccumulatorStats, static_cast<std::size_t>(Tap::kCount)> by_tap{};
  [[nodiscard]] AccumulatorStats& operator[](Tap tap) { return by_tap[static_cast<std::size_t>(tap)]; }
  [[nodiscard]] const AccumulatorStats& operator[](Tap tap) const {
    return by_tap[static_cast<std::size_t>(tap)];
  }
  void merge(const IntegerStats& other);
};

/// out[i] = saturate(acc[i] >> shift, width), rounded towards minus infinity; counts into `stats` if it is
/// not null.
void narrow(std::span<const std::int64_t> acc, int shift, int width, std::span<std::int32_t> out,
            AccumulatorStats* stats);

}  // namespace statelane
