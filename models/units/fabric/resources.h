// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cmath>

namespace statelane {

/// What a circuit takes of the fabric. Estimates, so no integers; block RAM is counted in 18 Kb halves.
struct Resources {
  double lut = 0;     ///< 6-input look-up tables, as logic, memory or shift register
  double ff = 0;      ///< flip-flops
  double dsp = 0;     ///< DSP slices
  double bram18 = 0;  ///< block RAMs of 18 Kb
  double uram = 0;    ///< UltraRAMs of 288 Kb

  /// Block RAMs of 36 Kb that hold the halves.
  [[nodiscard]] double bram36() const { return std::ceil(bram18 / 2); }

  constexpr Resources& operator+=(const Resources& o) {
    lut += o.lut;
    ff += o.ff;
    dsp += o.dsp;
    bram18 += o.bram18;
    uram += o.uram;
    return *this;
  }
  friend constexpr Resources operator+(Resources a, const Resources& b) { return a += b; }
  friend constexpr Resources operator*(double k, const Resources& r) {
    return {k * r.lut, k * r.ff, k * r.dsp, k * r.bram18, k * r.uram};
  }
  bool operator==(const Resources&) const = default;
};

}  // namespace statelane
