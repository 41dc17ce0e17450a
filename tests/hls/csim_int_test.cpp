// SPDX-License-Identifier: Apache-2.0
// ap_int and ap_uint of the C simulation against Boost's wide integers: wrap-around, widths of results,
// shifts, slices.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <boost/multiprecision/cpp_int.hpp>

#include "ap_int.h"

namespace {

using Big = boost::multiprecision::cpp_int;

template <int W, bool S>
Big value(const ap_int_base<W, S>& v) {
  Big out = 0;
  for (int i = W - 1; i >= 0; --i) out = out * 2 + (v.get_bit(i) ? 1 : 0);
  return S && v.get_bit(W - 1) ? Big(out - (Big(1) << W)) : out;
}
/// The number modulo 2^W, as a signed or unsigned one.
template <int W, bool S>
Big wrapped(const Big& v) {
  Big m = v % (Big(1) << W);
  if (m < 0) m += Big(1) << W;
  return S && m >= (Big(1) << (W - 1)) ? Big(m - (Big(1) << W)) : m;
}

template <int W, bool S>
ap_int_base<W, S> arbitrary() {
  ap_int_base<W, S> v;
  // Edges are as likely as the rest.
  const int kind = *rc::gen::inRange(0, 6);
  for (int i = 0; i < W; ++i) {
    const bool bit = kind == 0   ? false
                     : kind == 1 ? true
                     : kind == 2 ? i == W - 1
                     : kind == 3 ? i != W - 1
                                 : *rc::gen::arbitrary<bool>();
    v.set_bit(i, bit);
  }
  return v;
}

template <int W, bool S, int W2, bool S2>
void check_pair() {
  const ap_int_base<W, S> a = arbitrary<W, S>();
  const ap_int_base<W2, S2> b = arbitrary<W2, S2>();
  const Big x = value(a);
  const Big y = value(b);
  RC_ASSERT(value(a + b) == x + y);  // results are wide enough, always
  RC_ASSERT(value(a - b) == x - y);
  RC_ASSERT(value(a * b) == x * y);
  if (y != 0) {
    RC_ASSERT(value(a / b) == x / y);
    RC_ASSERT(value(a % b) == x % y);
  }
  RC_ASSERT((a < b) == (x < y));
  RC_ASSERT((a <= b) == (x <= y));
  RC_ASSERT((a == b) == (x == y));
  RC_ASSERT((a != b) == (x != y));
  constexpr int n = csim_detail::larger(W, W2) + 1;
  const auto logic = [&](const Big& v, auto r) {
    return value(r) == wrapped<decltype(r)::width, decltype(r)::is_signed_type>(v);
  };
  const Big ux = wrapped<n, false>(x);
  const Big uy = wrapped<n, false>(y);
  RC_ASSERT(logic(ux & uy, a & b));
  RC_ASSERT(logic(ux | uy, a | b));
  RC_ASSERT(logic(ux ^ uy, a ^ b));
  RC_ASSERT((value(ap_int_base<W2, S2>(a)) == wrapped<W2, S2>(x)));  // assignment wraps around
  RC_ASSERT((value(a.concat(b)) == (wrapped<W, false>(x) << W2) + wrapped<W2, false>(y)));
  ap_int_base<W, S> sum = a;
  sum += b;
  RC_ASSERT((value(sum) == wrapped<W, S>(x + y)));
}

template <int W, bool S>
void check_one() {
  const ap_int_base<W, S> a = arbitrary<W, S>();
  const Big x = value(a);
  RC_ASSERT(value(-a) == -x);
  RC_ASSERT((value(~a) == wrapped<W, S>(-x - 1)));
  const int n = *rc::gen::inRange(0, W + 3);
  RC_ASSERT((value(a << n) == wrapped<W, S>(x << n)));
  Big down = x >> n;  // Boost shifts towards minus infinity
  RC_ASSERT(value(a >> n) == down);
  const int low = *rc::gen::inRange(0, W);
  const int high = *rc::gen::inRange(low, W);
  const Big part = (wrapped<W, false>(x) >> low) % (Big(1) << (high - low + 1));
  RC_ASSERT(value(a.range(high, low)) == part);
  ap_int_base<W, S> b = arbitrary<W, S>();
  const Big before = wrapped<W, false>(value(b));
  b.range(high, low) = a;
  const Big field = (Big(1) << (high - low + 1)) - 1;
  const Big wanted = before - (((before >> low) & field) << low) + ((wrapped<W, false>(x) & field) << low);
  RC_ASSERT((wrapped<W, false>(value(b)) == wanted));
  ap_int_base<W, S> c = a;
  ++c;
  RC_ASSERT((value(c) == wrapped<W, S>(x + 1)));
  RC_ASSERT(a.to_int64() == static_cast<std::int64_t>(static_cast<std::uint64_t>(wrapped<64, false>(x))));
  RC_ASSERT(a.or_reduce() == (x != 0));
}

RC_GTEST_PROP(CsimInt, PairsOfWidths, ()) {
  check_pair<8, true, 8, true>();
  check_pair<5, true, 13, false>();
  check_pair<1, false, 1, true>();
  check_pair<32, true, 32, false>();
  check_pair<63, false, 64, true>();
  check_pair<64, true, 64, true>();
  check_pair<64, false, 65, true>();
  check_pair<100, true, 7, true>();
  check_pair<129, false, 256, false>();
  check_pair<300, true, 200, false>();
}

RC_GTEST_PROP(CsimInt, SingleWidths, ()) {
  check_one<1, false>();
  check_one<4, true>();
  check_one<8, false>();
  check_one<23, true>();
  check_one<32, true>();
  check_one<64, false>();
  check_one<64, true>();
  check_one<65, true>();
  check_one<128, false>();
  check_one<512, false>();
}

TEST(CsimInt, WithCppIntegers) {
  ap_int<8> a = 100;
  a += 100;
  EXPECT_EQ(a, -56);
  EXPECT_EQ(a + 1000, 944);
  EXPECT_EQ(2 * ap_uint<4>(15), 30);
  EXPECT_TRUE(3 < ap_int<5>(4));
  const std::int64_t wide = ap_int<40>(-5);
  EXPECT_EQ(wide, -5);
  const int table[3] = {1, 2, 3};
  EXPECT_EQ(table[ap_uint<2>(2)], 3);
  ap_uint<128> memory = 0;
  memory(71, 64) = 0xab;
  memory[0] = true;
  EXPECT_EQ(memory.range(71, 64).to_uint(), 0xabU);
  EXPECT_EQ((memory >> 64).to_uint(), 0xabU);
  EXPECT_EQ(ap_int<9>(-3.7).to_int(), -3);
}

}  // namespace
