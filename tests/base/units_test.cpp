// SPDX-License-Identifier: Apache-2.0
#include "models/base/units.h"

#include <gtest/gtest.h>

namespace statelane {
namespace {

template <class A, class B>
concept Addable = requires(A a, B b) {
  a + b;
};
template <class A, class B>
concept Divisible = requires(A a, B b) {
  a / b;
};

static_assert(Addable<Cycles, Cycles>);
static_assert(!Addable<Cycles, Seconds>);
static_assert(!Addable<Bytes, Bits>);
static_assert(!Addable<Bytes, int>);
static_assert(Divisible<Cycles, Hertz>);
static_assert(!Divisible<Hertz, Cycles>);

TEST(Units, Conversions) {
  EXPECT_EQ((Cycles{400} / Hertz{400e6}).count(), 1e-6);
  EXPECT_EQ((Bytes{12} / BytesPerSecond{3.0}).count(), 4.0);
  EXPECT_EQ((Bytes{12} / Seconds{4.0}).count(), 3.0);
  EXPECT_EQ((Joules{6.0} / Seconds{2.0}).count(), 3.0);
  EXPECT_EQ((Watts{3.0} * Seconds{2.0}).count(), 6.0);
  EXPECT_EQ(Bytes{12} / Bytes{5}, 2);
  EXPECT_EQ((Cycles{7} / 2).count(), 3);
}

TEST(Units, RoundingIsUp) {
  EXPECT_EQ(bytes_of(Bits{8}), Bytes{1});
  EXPECT_EQ(bytes_of(Bits{9}), Bytes{2});
  EXPECT_EQ(bits_of(Bytes{2}), Bits{16});
  EXPECT_EQ(cycles_in(Seconds{10e-9}, Hertz{250e6}), Cycles{3});
  EXPECT_EQ(ceil_div(7, 2), 4);
  EXPECT_EQ(ceil_div(8, 2), 4);
}

}  // namespace
}  // namespace statelane
