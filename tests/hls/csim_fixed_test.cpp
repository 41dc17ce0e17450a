// SPDX-License-Identifier: Apache-2.0
// ap_fixed of the C simulation against exact rationals: rounding, saturation, exact sums and products.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <boost/multiprecision/cpp_int.hpp>

#include "ap_fixed.h"

namespace {

using Big = boost::multiprecision::cpp_int;
using Rational = boost::multiprecision::cpp_rational;

template <int W, bool S>
Big integer(const ap_int_base<W, S>& v) {
  Big out = 0;
  for (int i = W - 1; i >= 0; --i) out = out * 2 + (v.get_bit(i) ? 1 : 0);
  return S && v.get_bit(W - 1) ? Big(out - (Big(1) << W)) : out;
}
Rational scaled(const Big& v, int fraction) {
  return fraction >= 0 ? Rational(v, Big(1) << fraction) : Rational(v * (Big(1) << -fraction));
}
template <int W, int I, bool S, ap_q_mode Q, ap_o_mode O>
Rational value(const ap_fixed_base<W, I, S, Q, O>& v) {
  return scaled(integer(v.raw()), W - I);
}

Big floor_of(const Rational& r) {
  const Big n = numerator(r);
  const Big d = denominator(r);
  const Big q = n / d;
  return n < 0 && q * d != n ? Big(q - 1) : q;
}

/// x in units of 2^-fraction, rounded as the vendor's guide words it.
Big rounded(const Rational& x, int fraction, ap_q_mode mode) {
  const Rational u = fraction >= 0 ? Rational(x * Rational(Big(1) << fraction))
                                   : Rational(x / Rational(Big(1) << -fraction));
  const Big down = floor_of(u);
  const Rational rest = u - Rational(down);
  const Rational half(1, 2);
  switch (mode) {
    case AP_TRN:
      return down;
    case AP_TRN_ZERO:
      return u < 0 && rest != 0 ? Big(down + 1) : down;
    case AP_RND:  // to plus infinity
      return rest >= half ? Big(down + 1) : down;
    case AP_RND_MIN_INF:
      return rest > half ? Big(down + 1) : down;
    case AP_RND_ZERO:
      return rest > half || (rest == half && u < 0) ? Big(down + 1) : down;
    case AP_RND_INF:
      return rest > half || (rest == half && u > 0) ? Big(down + 1) : down;
    case AP_RND_CONV:
      return rest > half || (rest == half && down % 2 != 0) ? Big(down + 1) : down;
  }
  return down;
}

Big fitted(const Big& v, int width, bool is_signed, ap_o_mode mode) {
  const Big high = (Big(1) << (is_signed ? width - 1 : width)) - 1;
  const Big low = is_signed ? Big(-high - 1) : Big(0);
  if (v >= low && v <= high) return v;
  switch (mode) {
    case AP_SAT:
      return v > high ? high : low;
    case AP_SAT_SYM:
      return v > high ? high : is_signed ? Big(-high) : low;
    case AP_SAT_ZERO:
      return 0;
    case AP_WRAP:
      break;
  }
  Big m = v % (Big(1) << width);
  if (m < 0) m += Big(1) << width;
  return m > high ? Big(m - (Big(1) << width)) : m;
}

template <int W, int I, bool S, ap_q_mode Q, ap_o_mode O>
void check(const Rational& x, const ap_fixed_base<W, I, S, Q, O>& got) {
  RC_ASSERT(integer(got.raw()) == fitted(rounded(x, W - I, Q), W, S, O));
}

ap_fixed<24, 12> arbitrary() {
  ap_fixed<24, 12> v;
  ap_int_base<24, true> raw = *rc::gen::inRange(-(1 << 23), 1 << 23);
  if (*rc::gen::inRange(0, 3) == 0) raw = (raw >> 6) << 6;  // ties
  v.set_raw(raw);
  return v;
}

template <ap_q_mode Q>
void check_mode(const ap_fixed<24, 12>& v) {
  const Rational x = value(v);
  check(x, ap_fixed<10, 5, Q, AP_WRAP>(v));
  check(x, ap_fixed<10, 5, Q, AP_SAT>(v));
  check(x, ap_fixed<10, 5, Q, AP_SAT_SYM>(v));
  check(x, ap_fixed<10, 5, Q, AP_SAT_ZERO>(v));
  check(x, ap_ufixed<10, 6, Q, AP_SAT>(v));
  check(x, ap_ufixed<10, 6, Q, AP_WRAP>(v));
  check(x, ap_fixed<16, 18, Q, AP_SAT>(v));  // no fraction at all
  check(x, ap_fixed<30, 2, Q, AP_SAT>(v));   // more fraction than the source
}

RC_GTEST_PROP(CsimFixed, AssignmentRoundsAndSaturates, ()) {
  const ap_fixed<24, 12> v = arbitrary();
  check_mode<AP_TRN>(v);
  check_mode<AP_TRN_ZERO>(v);
  check_mode<AP_RND>(v);
  check_mode<AP_RND_ZERO>(v);
  check_mode<AP_RND_MIN_INF>(v);
  check_mode<AP_RND_INF>(v);
  check_mode<AP_RND_CONV>(v);
}

RC_GTEST_PROP(CsimFixed, SumsAndProductsAreExact, ()) {
  const ap_fixed<24, 12> a = arbitrary();
  ap_ufixed<13, 2> b;
  b.set_raw(*rc::gen::inRange(0, 1 << 13));
  RC_ASSERT(value(a + b) == value(a) + value(b));
  RC_ASSERT(value(a - b) == value(a) - value(b));
  RC_ASSERT(value(b - a) == value(b) - value(a));
  RC_ASSERT(value(a * b) == value(a) * value(b));
  RC_ASSERT(value(-a) == -value(a));
  RC_ASSERT((a < b) == (value(a) < value(b)));
  RC_ASSERT((a == a) && !(a != a));
}

RC_GTEST_PROP(CsimFixed, FromDouble, ()) {
  const double x = static_cast<double>(*rc::gen::inRange(-2000000, 2000000)) / 65536.0;
  check(Rational(x), ap_fixed<12, 6, AP_RND, AP_SAT>(x));
  check(Rational(x), ap_fixed<12, 6>(x));
  check(Rational(x), ap_ufixed<9, 4, AP_TRN, AP_WRAP>(x));
}

}  // namespace
