// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cmath>
#include <compare>
#include <cstdint>

namespace statelane {

/// A number that knows what it counts. Quantities of one kind add, subtract and compare; across kinds only
/// the conversions declared below compile (Cycles / Hertz is Seconds, Cycles + Seconds does not compile).
template <class Tag, class Rep>
class Quantity {
 public:
  using rep = Rep;
  constexpr Quantity() = default;
  constexpr explicit Quantity(Rep value) : value_(value) {}
  [[nodiscard]] constexpr Rep count() const { return value_; }

  constexpr auto operator<=>(const Quantity&) const = default;
  constexpr Quantity& operator+=(Quantity other) {
    value_ += other.value_;
    return *this;
  }
  constexpr Quantity& operator-=(Quantity other) {
    value_ -= other.value_;
    return *this;
  }
  friend constexpr Quantity operator+(Quantity a, Quantity b) { return Quantity(a.value_ + b.value_); }
  friend constexpr Quantity operator-(Quantity a, Quantity b) { return Quantity(a.value_ - b.value_); }
  friend constexpr Quantity operator*(Quantity a, Rep k) { return Quantity(a.value_ * k); }
  friend constexpr Quantity operator*(Rep k, Quantity a) { return Quantity(a.value_ * k); }
  friend constexpr Quantity operator/(Quantity a, Rep k) { return Quantity(a.value_ / k); }
  /// Ratio of two quantities of one kind; an integer division where the representation is an integer.
  friend constexpr Rep operator/(Quantity a, Quantity b) { return a.value_ / b.value_; }

 private:
  Rep value_{};
};

using Cycles = Quantity<struct CyclesTag, std::int64_t>;            ///< clock cycles of the domain at hand
using Bytes = Quantity<struct BytesTag, std::int64_t>;              ///< 8-bit bytes
using Bits = Quantity<struct BitsTag, std::int64_t>;                ///< bits
using Hertz = Quantity<struct HertzTag, double>;                    ///< 1/s
using Seconds = Quantity<struct SecondsTag, double>;                ///< s
using Joules = Quantity<struct JoulesTag, double>;                  ///< J
using Watts = Quantity<struct WattsTag, double>;                    ///< W
using BytesPerSecond = Quantity<struct BytesPerSecondTag, double>;  ///< B/s; GB/s means 1e9 B/s throughout

constexpr Seconds operator/(Cycles c, Hertz f) {
  return Seconds(static_cast<double>(c.count()) / f.count());
}
constexpr Seconds operator/(Bytes b, BytesPerSecond r) {
  return Seconds(static_cast<double>(b.count()) / r.count());
}
constexpr BytesPerSecond operator/(Bytes b, Seconds t) {
  return BytesPerSecond(static_cast<double>(b.count()) / t.count());
}
constexpr Watts operator/(Joules e, Seconds t) {
  return Watts(e.count() / t.count());
}
constexpr Joules operator*(Watts p, Seconds t) {
  return Joules(p.count() * t.count());
}
constexpr Joules operator*(Seconds t, Watts p) {
  return p * t;
}

/// Whole bytes that hold `b` bits.
constexpr Bytes bytes_of(Bits b) {
  return Bytes((b.count() + 7) / 8);
}
constexpr Bits bits_of(Bytes b) {
  return Bits(b.count() * 8);
}
/// Whole cycles of clock `f` that cover `t`, rounded up.
inline Cycles cycles_in(Seconds t, Hertz f) {
  return Cycles(static_cast<std::int64_t>(std::ceil(t.count() * f.count())));
}

/// Ceiling of a / b for a >= 0, b > 0.
template <class Int>
constexpr Int ceil_div(Int a, Int b) {
  return (a + b - 1) / b;
}

}  // namespace statelane
