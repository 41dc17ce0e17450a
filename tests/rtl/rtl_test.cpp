// SPDX-License-Identifier: Apache-2.0
// The blocks that resources are calibrated with compute what the integer-exact models do, bit for bit.
#include <gtest/gtest.h>

#include <deque>
#include <random>
#include <vector>

#include "Vblocks.h"
#include "models/numerics/hadamard.h"
#include "models/numerics/integer_ops.h"
#include "models/numerics/integer_tables.h"

namespace statelane {
namespace {

std::int64_t sign_extend(std::uint64_t v, int bits) {
  return static_cast<std::int64_t>(v << (64 - bits)) >> (64 - bits);
}
std::uint64_t low_bits(std::int64_t v, int bits) {
  return static_cast<std::uint64_t>(v) & ((std::uint64_t{1} << bits) - 1);
}

class Rtl : public testing::Test {
 protected:
  void step() {
    top_.clk = 0;
    top_.eval();
    top_.clk = 1;
    top_.eval();
  }
  /// A signed number of so many bits; often one at an edge.
  std::int64_t number(int bits) {
    const std::int64_t high = (std::int64_t{1} << (bits - 1)) - 1;
    const std::uint64_t r = random_();
    if (r % 8 == 0) return high;
    if (r % 8 == 1) return -high - 1;
    const int narrow = 1 + static_cast<int>((r >> 8) % static_cast<std::uint64_t>(bits));
    return sign_extend(random_(), narrow);
  }
  /// Runs `feed`, which returns the expected result, and compares `latency` beats later with `result`.
  template <class Feed, class Result>
  void compare(std::size_t latency, Feed feed, Result result) {
    std::deque<std::int64_t> expected;
    for (int i = 0; i < 20000; ++i) {
      expected.push_back(feed());
      step();
      if (expected.size() < latency) continue;
      ASSERT_EQ(result(), expected.front()) << "beat " << i;
      expected.pop_front();
    }
  }

  Vblocks top_;
  std::mt19937_64 random_{7};
};

TEST_F(Rtl, Products) {
  compare(
      1,
      [&] {
        const std::int64_t a = number(8), b = number(6);
        top_.mul_a = static_cast<std::uint8_t>(low_bits(a, 8));
        top_.mul_b = static_cast<std::uint8_t>(low_bits(b, 6));
        return a * b;
      },
      [&] { return sign_extend(top_.mul_p, 14); });
  compare(
      1,
      [&] {
        const std::int64_t a = number(11), b = number(7);
        top_.odd_a = static_cast<std::uint16_t>(low_bits(a, 11));
        top_.odd_b = static_cast<std::uint8_t>(low_bits(b, 7));
        return a * b;
      },
      [&] { return sign_extend(top_.odd_p, 18); });
}

TEST_F(Rtl, TwoProductsInOneSlice) {
  compare(
      2,
      [&] {
        const std::int64_t a0 = number(4), a1 = number(4), b = number(4);
        top_.pack_a0 = static_cast<std::uint8_t>(low_bits(a0, 4));
        top_.pack_a1 = static_cast<std::uint8_t>(low_bits(a1, 4));
        top_.pack_b = static_cast<std::uint8_t>(low_bits(b, 4));
        return a0 * b * 1000 + a1 * b;
      },
      [&] { return sign_extend(top_.pack_p0, 8) * 1000 + sign_extend(top_.pack_p1, 8); });
}

TEST_F(Rtl, EightBitPairsNeedNoGuardBits) {
  compare(
      2,
      [&] {
        const std::int64_t a0 = number(8), a1 = number(8), b = number(8);
        top_.full_a0 = static_cast<std::uint8_t>(low_bits(a0, 8));
        top_.full_a1 = static_cast<std::uint8_t>(low_bits(a1, 8));
        top_.full_b = static_cast<std::uint8_t>(low_bits(b, 8));
        return a0 * b * 100000 + a1 * b;
      },
      [&] { return sign_extend(top_.full_p0, 16) * 100000 + sign_extend(top_.full_p1, 16); });
}

TEST_F(Rtl, ProductsOfSeveralSlices) {
  for (int i = 0; i < 20000; ++i) {
    const std::int64_t a = number(32), b = number(32);
    top_.wide_a = static_cast<std::uint32_t>(low_bits(a, 32));
    top_.wide_b = static_cast<std::uint32_t>(low_bits(b, 32));
    step();
    const auto part = [](std::int64_t v, int bits) { return sign_extend(low_bits(v, bits), bits); };
    ASSERT_EQ(static_cast<std::int64_t>(top_.wide_square), a * b);
    ASSERT_EQ(sign_extend(top_.wide_two, 55), part(a, 23) * b);
    ASSERT_EQ(sign_extend(top_.wide_swapped, 55), a * part(b, 23));
    const std::int64_t forty =
        part(a >> 24, 8) * (std::int64_t{1} << 32) + static_cast<std::int64_t>(low_bits(b, 32));
    ASSERT_EQ(sign_extend(top_.wide_three, 49), part(a, 9) * forty);
    ASSERT_EQ(sign_extend(top_.wide_7series, 53), part(a, 26) * part(b, 27));
  }
}

TEST_F(Rtl, AdderTree) {
  compare(
      4,
      [&] {
        std::uint64_t all = 0;
        std::int64_t sum = 0;
        for (int i = 0; i < 12; ++i) {
          const std::int64_t x = number(5);
          all |= low_bits(x, 5) << (5 * i);
          sum += x;
        }
        top_.tree_x = all;
        return sum;
      },
      [&] { return sign_extend(top_.tree_sum, 9); });
}

TEST_F(Rtl, RequantiserByShiftIsTheBlockCode) {
  compare(
      2,
      [&] {
        const std::int64_t x = number(24);
        const int shift = static_cast<int>(random_() % 16);
        top_.shift_x = static_cast<std::uint32_t>(low_bits(x, 24));
        top_.shift_by = static_cast<std::uint8_t>(shift);
        return std::int64_t{integer::saturate(shift > 0 ? integer::shift_round(x, shift) : x, 8)};
      },
      [&] { return sign_extend(top_.shift_q, 8); });
}

TEST_F(Rtl, RequantiserByProduct) {
  const auto feed = [&] {
    const std::int64_t x = number(24), scale = number(16);
    top_.scale_x = static_cast<std::uint32_t>(low_bits(x, 24));
    top_.scale_by = static_cast<std::uint16_t>(low_bits(scale, 16));
    return std::int64_t{integer::saturate(integer::shift_round(x * scale, 16), 8)};
  };
  compare(2, feed, [&] { return sign_extend(top_.scale_q, 8); });
  compare(2, feed, [&] { return sign_extend(top_.scale_lut_q, 8); });
}

TEST_F(Rtl, StreamingHadamardIsTheFastTransform) {
  constexpr std::size_t n = 64, blocks = 50;
  std::vector<std::int32_t> expected, found;
  for (std::size_t b = 0; b < blocks + 4; ++b) {  // four more push the last ones out
    std::vector<std::int32_t> block(n);
    for (std::int32_t& v : block) v = static_cast<std::int32_t>(number(8));
    for (std::size_t i = 0; i < n; ++i) {
      top_.fht_x = static_cast<std::uint8_t>(low_bits(block[i], 8));
      top_.fht_first_in = i == 0 ? 1 : 0;
      step();
      if (!found.empty() || top_.fht_first_out != 0)
        found.push_back(static_cast<std::int32_t>(sign_extend(top_.fht_y, 14)));
    }
    fast_walsh_hadamard(std::span<std::int32_t>(block));
    expected.insert(expected.end(), block.begin(), block.end());
  }
  ASSERT_GE(found.size(), blocks * n);
  for (std::size_t i = 0; i < blocks * n; ++i) ASSERT_EQ(found[i], expected[i]) << i;
}

TEST_F(Rtl, MatrixHadamardAddsWithSigns) {
  top_.matrix_clear = 1;
  compare(
      5,
      [&] {
        std::uint64_t all = 0;
        std::int64_t sum = 0;
        const auto minus = static_cast<std::uint16_t>(random_() % 1024);
        for (int i = 0; i < 10; ++i) {
          const std::int64_t x = number(6);
          all |= low_bits(x, 6) << (6 * i);
          sum += (minus >> i & 1) != 0 ? -x : x;
        }
        top_.matrix_minus = minus;
        top_.matrix_x = all;
        return sum;
      },
      [&] { return sign_extend(top_.matrix_sum, 16); });
}

TEST_F(Rtl, NonlinearUnitIsThePieceUnit) {
  NonlinearSpec spec;
  spec.form = NonlinearForm::kPieces;
  spec.segments = 8;
  spec.log2_e = 1.4375;
  const PieceUnit unit(spec, 11, 11);
  compare(
      7,
      [&] {
        const std::int64_t x = number(16);
        top_.piece_x = static_cast<std::uint16_t>(low_bits(x, 16));
        return std::int64_t{unit.softplus(static_cast<std::int32_t>(x))};
      },
      [&] { return sign_extend(top_.piece_y, 17); });
}

TEST_F(Rtl, StateLane) {
  const auto feed = [&] {
    const std::int64_t a = number(28), h = number(32), b = number(16), x = number(30);
    top_.state_a = static_cast<std::uint32_t>(low_bits(a, 28));
    top_.state_h = static_cast<std::uint32_t>(low_bits(h, 32));
    top_.state_b = static_cast<std::uint16_t>(low_bits(b, 16));
    top_.state_x = static_cast<std::uint32_t>(low_bits(x, 30));
    return std::int64_t{
        integer::saturate(integer::shift_down(a * h, 27) + integer::shift_down(b * x, 20), 32)};
  };
  compare(2, feed, [&] { return sign_extend(top_.state_next, 32); });
  compare(
      3,
      [&] {
        const std::int64_t next = feed();
        const std::int64_t c = number(23);
        top_.state_c = static_cast<std::uint32_t>(low_bits(c, 23));
        return next * c;
      },
      [&] { return sign_extend(top_.state_y, 55); });
}

}  // namespace
}  // namespace statelane
