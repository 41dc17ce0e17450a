// SPDX-License-Identifier: Apache-2.0
// ap_fixed and ap_ufixed for C simulation: a W-bit integer worth 2^(I-W) a unit. Sums and products are exact;
// assignment rounds by Q and then handles overflow by O (UG1399, "Arbitrary Precision Fixed-Point Data
// Types").
#pragma once

#include "ap_int.h"

enum ap_q_mode { AP_RND, AP_RND_ZERO, AP_RND_MIN_INF, AP_RND_INF, AP_RND_CONV, AP_TRN, AP_TRN_ZERO };
enum ap_o_mode { AP_SAT, AP_SAT_ZERO, AP_SAT_SYM, AP_WRAP };

template <int W, int I, bool S, ap_q_mode Q, ap_o_mode O>
class ap_fixed_base;

namespace csim_detail {

/// v * 2^-shift, rounded.
template <int W>
ap_int_base<W, true> rounded(const ap_int_base<W, true>& v, int shift, ap_q_mode mode) {
  if (shift <= 0) return v << -shift;
  const bool negative = v.is_negative();
  if (shift >= W) {  // all of it is fraction: less than one half of a unit, or the sign
    shift = W - 1;
  }
  const ap_int_base<W, true> floor = v >> shift;
  ap_int_base<W, true> rest = v - (floor << shift);  // in [0, 2^shift)
  if (rest.is_zero()) return floor;
  const bool half_bit = rest.get_bit(shift - 1);
  rest.set_bit(shift - 1, false);
  const bool above = half_bit && !rest.is_zero();
  const bool tie = half_bit && rest.is_zero();
  bool up = false;
  switch (mode) {
    case AP_TRN:
      break;
    case AP_TRN_ZERO:
      up = negative;
      break;
    case AP_RND:
      up = half_bit;
      break;
    case AP_RND_ZERO:
      up = above || (tie && negative);
      break;
    case AP_RND_MIN_INF:
      up = above;
      break;
    case AP_RND_INF:
      up = above || (tie && !negative);
      break;
    case AP_RND_CONV:
      up = above || (tie && floor.get_bit(0));
      break;
  }
  return ap_int_base<W, true>(floor + (up ? 1 : 0));
}

}  // namespace csim_detail

template <int W, int I, bool S, ap_q_mode Q, ap_o_mode O>
class ap_fixed_base {
 public:
  static constexpr int width = W;
  static constexpr int fraction = W - I;
  using raw_type = ap_int_base<W, S>;

  ap_fixed_base() = default;
  template <int W2, int I2, bool S2, ap_q_mode Q2, ap_o_mode O2>
  ap_fixed_base(const ap_fixed_base<W2, I2, S2, Q2, O2>& o) {
    assign(o.raw(), W2 - I2);
  }
  template <int W2, bool S2>
  ap_fixed_base(const ap_int_base<W2, S2>& v) {
    assign(v, 0);
  }
  template <class T, csim_detail::if_integral<T> = 0>
  ap_fixed_base(T v) {
    assign(csim_detail::as_ap<T>(v), 0);
  }
  ap_fixed_base(double v) {
    // Doubles have 53 bits: enough fraction bits are kept to round what is below this type's last bit.
    double scaled = v;
    for (int i = 0; i < fraction + 64; ++i) scaled *= 2;
    for (int i = 0; i > fraction + 64; --i) scaled /= 2;
    assign(ap_int_base<csim_detail::larger(W, 64) + 192, true>(scaled), fraction + 64);
  }

  const raw_type& raw() const { return raw_; }
  /// The bits as they are.
  ap_int_base<W, false> range() const { return ap_int_base<W, false>(raw_); }
  ap_int_base<W, false> range(int high, int low) const { return raw_.range(high, low); }
  void set_raw(const raw_type& v) { raw_ = v; }
  double to_double() const {
    double v = raw_.to_double();
    for (int i = 0; i < fraction; ++i) v /= 2;
    for (int i = 0; i > fraction; --i) v *= 2;
    return v;
  }
  explicit operator double() const { return to_double(); }
  /// Towards zero.
  int to_int() const {
    return csim_detail::rounded(ap_int_base<W + 66, true>(raw_), fraction, AP_TRN_ZERO).to_int();
  }
  bool operator!() const { return raw_.is_zero(); }

  ap_fixed_base<W + 1, I + 1, true, AP_TRN, AP_WRAP> operator-() const {
    ap_fixed_base<W + 1, I + 1, true, AP_TRN, AP_WRAP> out;
    out.set_raw(ap_int_base<W + 1, true>(-raw_));
    return out;
  }

 private:
  template <int W2, bool S2>
  void assign(const ap_int_base<W2, S2>& v, int v_fraction) {
    constexpr int wide = csim_detail::larger(W2, 1) + W + 130;
    using Wide = ap_int_base<wide, true>;
    // The amount to shift left can be large only if this type has many fraction bits: W bounds it.
    const Wide scaled = csim_detail::rounded(Wide(v), v_fraction - fraction, Q);
    const Wide high = (Wide(1) << (S ? W - 1 : W)) - 1;
    const Wide low = S ? Wide(-high - 1) : Wide(0);
    if (scaled >= low && scaled <= high) {
      raw_ = raw_type(scaled);
      return;
    }
    switch (O) {
      case AP_WRAP:
        raw_ = raw_type(scaled);
        return;
      case AP_SAT_ZERO:
        raw_ = raw_type();
        return;
      case AP_SAT:
        raw_ = raw_type(scaled > high ? high : low);
        return;
      case AP_SAT_SYM:
        raw_ = raw_type(scaled > high ? high : S ? Wide(-high) : low);
        return;
    }
  }

  raw_type raw_;
};

namespace csim_detail {
template <int W, int I, bool S>
using exact_fixed = ap_fixed_base<W, I, S, AP_TRN, AP_WRAP>;

/// The integer worth the same with `fraction` fraction bits.
template <int WR, class F>
ap_int_base<WR, true> aligned(const F& v, int fraction) {
  return ap_int_base<WR, true>(v.raw()) << (fraction - F::fraction);
}
}  // namespace csim_detail

#define CSIM_FIXED                                                                                 \
  template <int W, int I, bool S, ap_q_mode Q, ap_o_mode O, int W2, int I2, bool S2, ap_q_mode Q2, \
            ap_o_mode O2>
#define CSIM_FIXED_ARGS const ap_fixed_base<W, I, S, Q, O>&a, const ap_fixed_base<W2, I2, S2, Q2, O2>&b

CSIM_FIXED auto operator*(CSIM_FIXED_ARGS) {
  csim_detail::exact_fixed<W + W2, I + I2, S || S2> out;
  out.set_raw(ap_int_base < W + W2, S || S2 > (a.raw() * b.raw()));
  return out;
}
#define CSIM_FIXED_SUM(OP)                                                                      \
  CSIM_FIXED auto operator OP(CSIM_FIXED_ARGS) {                                                \
    constexpr int i = csim_detail::larger(I + (S2 && !S ? 1 : 0), I2 + (S && !S2 ? 1 : 0)) + 1; \
    constexpr int f = csim_detail::larger(W - I, W2 - I2);                                      \
    constexpr bool s = S || S2 || (0 OP 1) < 0;                                                 \
    csim_detail::exact_fixed<i + f, i, s> out;                                                  \
    using Raw = ap_int_base<i + f, s>;                                                          \
    constexpr int n = i + f + 2;                                                                \
    out.set_raw(Raw(csim_detail::aligned<n>(a, f) OP csim_detail::aligned<n>(b, f)));           \
    return out;                                                                                 \
  }
CSIM_FIXED_SUM(+)
CSIM_FIXED_SUM(-)
#undef CSIM_FIXED_SUM
#define CSIM_FIXED_COMPARE(OP)                                             \
  CSIM_FIXED bool operator OP(CSIM_FIXED_ARGS) {                           \
    constexpr int f = csim_detail::larger(W - I, W2 - I2);                 \
    constexpr int n = csim_detail::larger(I, I2) + f + 2;                  \
    return csim_detail::aligned<n>(a, f) OP csim_detail::aligned<n>(b, f); \
  }
CSIM_FIXED_COMPARE(==)
CSIM_FIXED_COMPARE(!=)
CSIM_FIXED_COMPARE(<)
CSIM_FIXED_COMPARE(<=)
CSIM_FIXED_COMPARE(>)
CSIM_FIXED_COMPARE(>=)
#undef CSIM_FIXED_COMPARE
#undef CSIM_FIXED_ARGS
#undef CSIM_FIXED

template <int W, int I, ap_q_mode Q = AP_TRN, ap_o_mode O = AP_WRAP>
class ap_fixed : public ap_fixed_base<W, I, true, Q, O> {
 public:
  using ap_fixed_base<W, I, true, Q, O>::ap_fixed_base;
  ap_fixed() = default;
};
template <int W, int I, ap_q_mode Q = AP_TRN, ap_o_mode O = AP_WRAP>
class ap_ufixed : public ap_fixed_base<W, I, false, Q, O> {
 public:
  using ap_fixed_base<W, I, false, Q, O>::ap_fixed_base;
  ap_ufixed() = default;
};
