// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cmath>
#include <cstdint>

#include "models/base/units.h"

namespace statelane {

/// Simulated time in whole femtoseconds: fine enough that a period of any clock here is exact to 1e-9, wide
/// enough for two and a half hours. One unit for all clock domains, so that fabric and DRAM meet without
/// rounding to each other.
using Femtoseconds = Quantity<struct FemtosecondsTag, std::int64_t>;

inline constexpr double femtoseconds_a_second = 1e15;

inline Femtoseconds to_femtoseconds(Seconds s) {
  return Femtoseconds(std::llround(s.count() * femtoseconds_a_second));
}
constexpr Seconds to_seconds(Femtoseconds t) {
  return Seconds(static_cast<double>(t.count()) / femtoseconds_a_second);
}
/// Length of one cycle.
inline Femtoseconds period_of(Hertz f) {
  return Femtoseconds(std::llround(femtoseconds_a_second / f.count()));
}

constexpr Femtoseconds operator*(Cycles c, Femtoseconds period) {
  return Femtoseconds(c.count() * period.count());
}
/// Whole cycles begun by time `t`: the clock edge at or after it.
constexpr Cycles cycles_up(Femtoseconds t, Femtoseconds period) {
  return Cycles((t.count() + period.count() - 1) / period.count());
}
/// The edge of a clock of that period at or after `t`.
constexpr Femtoseconds edge_at(Femtoseconds t, Femtoseconds period) {
  return Femtoseconds(cycles_up(t, period).count() * period.count());
}

}  // namespace statelane
