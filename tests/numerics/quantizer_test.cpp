// SPDX-License-Identifier: Apache-2.0
#include "models/numerics/quantizer.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <cmath>

#include "models/numerics/integer_ops.h"
#include "models/numerics/safetensors.h"
#include "tests/numerics/golden_case.h"

namespace statelane {
namespace {

QuantizerSpec spec_of(int bits, Granularity granularity, ScaleKind scale = ScaleKind::kReal,
                      int group = 128) {
  return {
      .format = ValueFormat::kInt, .bits = bits, .granularity = granularity, .group = group, .scale = scale};
}

const SafetensorsFile& misc() {
  static const SafetensorsFile file(test::data_path("golden/ops/misc.safetensors"));
  return file;
}

TEST(Quantizer, RoundToNearestHasTheGoldenBits) {
  for (const int bits : {4, 8}) {
    const std::string suffix = "_b" + std::to_string(bits);
    std::vector<float> token = misc().at("rtn.a.x").to_floats();
    fake_quantize(token, 256, spec_of(bits, Granularity::kToken));
    EXPECT_EQ(token, misc().at("rtn.a.act_token" + suffix).to_floats());
    std::vector<float> group = misc().at("rtn.a.x").to_floats();
    fake_quantize(group, 256, spec_of(bits, Granularity::kGroup));
    EXPECT_EQ(group, misc().at("rtn.a.act_token_g128" + suffix).to_floats());
    std::vector<float> weight = misc().at("rtn.a.w").to_floats();
    fake_quantize_weight(weight, 256, spec_of(bits, Granularity::kChannel));
    EXPECT_EQ(weight, misc().at("rtn.a.w_channel" + suffix).to_floats());
  }
}

TEST(Quantizer, IntegerBlocksHaveTheGoldenCodes) {
  for (const int bits : {4, 8}) {
    const auto x = misc().at("pot8.a.x").to_integers();
    const auto codes = misc().at("pot8.a.q_b" + std::to_string(bits)).to_integers();
    const auto shifts = misc().at("pot8.a.shift_b" + std::to_string(bits)).to_integers();
    std::vector<std::int32_t> values(x.begin(), x.end());
    for (std::size_t g = 0; g < shifts.size(); ++g) {
      std::uint32_t largest = 0;
      for (std::size_t i = 0; i < 8; ++i)
        largest = std::max(largest, static_cast<std::uint32_t>(std::abs(values[g * 8 + i])));
      ASSERT_EQ(integer::block_shift(largest, bits), shifts[g]) << g;
      for (std::size_t i = 0; i < 8; ++i) {
        ASSERT_EQ(integer::block_code(values[g * 8 + i], static_cast<int>(shifts[g]), bits), codes[g * 8 + i])
            << g;
      }
    }
    integer::block_round_rows(values, values.size(), 8, bits);
    for (std::size_t i = 0; i < values.size(); ++i) EXPECT_EQ(values[i], codes[i] << shifts[i / 8]);
  }
}

TEST(Quantizer, PowerOfTwoScales) {
  EXPECT_EQ(scale_for(1.0F, 8, ScaleKind::kPowerOfTwo), 0x1p-7F);
  EXPECT_EQ(scale_for(1.001F, 8, ScaleKind::kPowerOfTwo), 0x1p-6F);
  EXPECT_EQ(scale_for(0.75F, 4, ScaleKind::kPowerOfTwo), 0x1p-3F);
  EXPECT_EQ(scale_for(0.0F, 4, ScaleKind::kPowerOfTwo), 1.0F);
  EXPECT_EQ(quantize(1.0F, 0x1p-7F, 8), 127);  // exactly 2^k gives code 2^(b-1), clamped
  EXPECT_EQ(quantize(-1.0F, 0x1p-7F, 8), -128);
  EXPECT_EQ(quantize(2.5F, 1.0F, 8), 2);
  EXPECT_EQ(quantize(3.5F, 1.0F, 8), 4);
}

TEST(Quantizer, TwoTermScalesAreTheNearestOfTheirKind) {
  EXPECT_EQ(two_term_power(3.0F, 0), 3.0F);    // 2 + 1
  EXPECT_EQ(two_term_power(2.0F, 0), 2.0F);    // 1 + 1
  EXPECT_EQ(two_term_power(0.01F, 0), 2.0F);   // below the window
  EXPECT_EQ(two_term_power(1e6F, 0), 256.0F);  // above it
  EXPECT_EQ(two_term_power(7.0F, 0), 8.0F);    // of 6 = 4 + 2 and 8 = 4 + 4 the nearer by ratio
}

/// The 5 quantiser kinds on random data: error at most half a step (a whole one at a clamped power-of-two
/// maximum), codes in range, and quantising twice changes nothing.
RC_GTEST_PROP(QuantizerProperty, ErrorIsBoundedAndRoundingIsIdempotent, ()) {
  const int bits = *rc::gen::inRange(2, 13);
  const auto scale = *rc::gen::element(ScaleKind::kReal, ScaleKind::kPowerOfTwo);
  const auto group = *rc::gen::element(8, 5, 32);
  const auto data = *rc::gen::container<std::vector<float>>(
      64,
      rc::gen::map(rc::gen::inRange(-100000, 100000), [](int v) { return static_cast<float>(v) / 777.0F; }));
  const QuantizerSpec spec = spec_of(bits, Granularity::kGroup, scale, group);
  std::vector<float> once = data;
  fake_quantize(once, 32, spec);
  for (std::size_t row = 0; row < 64; row += 32) {
    for (std::size_t c = 0; c < 32; c += static_cast<std::size_t>(group)) {
      float largest = 0.0F;
      const std::size_t end = std::min<std::size_t>(32, c + static_cast<std::size_t>(group));
      for (std::size_t i = c; i < end; ++i) largest = std::max(largest, std::abs(data[row + i]));
      const float step = scale_for(largest, bits, scale);
      for (std::size_t i = c; i < end; ++i) {
        const float code = once[row + i] / step;
        RC_ASSERT(std::abs(code - std::nearbyint(code)) < 1e-3F);
        const float limit = scale == ScaleKind::kReal ? 0.501F : 1.001F;
        RC_ASSERT(std::abs(once[row + i] - data[row + i]) <= limit * step);
      }
    }
  }
  if (scale == ScaleKind::kReal) {
    std::vector<float> twice = once;
    fake_quantize(twice, 32, spec);
    for (std::size_t i = 0; i < once.size(); ++i)
      RC_ASSERT(std::abs(twice[i] - once[i]) <= 1e-5F * std::abs(once[i]));
  }
}

/// The vectorised paths for groups of 8 against one group at a time.
RC_GTEST_PROP(QuantizerProperty, FastPathsEqualThePlainOnes, ()) {
  const int bits = *rc::gen::inRange(2, 9);
  const auto data = *rc::gen::container<std::vector<float>>(
      128, rc::gen::map(rc::gen::inRange(-1000000, 1000000),
                        [](int v) { return std::ldexp(static_cast<float>(v), -(std::abs(v) % 23)); }));
  QuantizerSpec spec = spec_of(bits, Granularity::kGroup, ScaleKind::kPowerOfTwo, 8);
  std::vector<float> rows = data;
  fake_quantize(rows, 16, spec);
  spec.axis = GroupAxis::kRows;
  std::vector<float> columns = data;
  fake_quantize(columns, 16, spec);
  const QuantizerSpec one = spec_of(bits, Granularity::kToken, ScaleKind::kPowerOfTwo);
  for (std::size_t g = 0; g < 16; ++g) {
    std::vector<float> run(data.begin() + static_cast<std::ptrdiff_t>(g * 8),
                           data.begin() + static_cast<std::ptrdiff_t>(g * 8 + 8));
    fake_quantize(run, 8, one);
    RC_ASSERT(std::equal(run.begin(), run.end(), rows.begin() + static_cast<std::ptrdiff_t>(g * 8)));
    for (std::size_t i = 0; i < 8; ++i) run[i] = data[i * 16 + g];
    fake_quantize(run, 8, one);
    for (std::size_t i = 0; i < 8; ++i) RC_ASSERT(columns[i * 16 + g] == run[i]);
  }
}

RC_GTEST_PROP(IntegerOps, VectorisedBlocksEqualTheScalarOne, ()) {
  const int bits = *rc::gen::inRange(2, 9);
  const auto data = *rc::gen::container<std::vector<std::int32_t>>(
      128, rc::gen::map(rc::gen::arbitrary<std::int32_t>(), [](std::int32_t v) {
        return v >> (static_cast<std::uint32_t>(v) % 31U);  // all magnitudes
      }));
  std::vector<std::int32_t> rows = data;
  integer::block_round_rows(rows, 16, 8, bits);
  std::vector<std::int32_t> columns = data;
  integer::block_round_columns(columns.data(), 8, 16, 16, 8, bits);
  for (std::size_t g = 0; g < 16; ++g) {
    std::vector<std::int32_t> block = data;
    integer::block_round(block.data() + g * 8, 8, 1, bits);
    for (std::size_t i = 0; i < 8; ++i) RC_ASSERT(rows[g * 8 + i] == block[g * 8 + i]);
    integer::block_round(block.data() + g, 8, 16, bits);
  }
  for (std::size_t c = 0; c < 16; ++c) {
    std::vector<std::int32_t> block = data;
    integer::block_round(block.data() + c, 8, 16, bits);
    for (std::size_t i = 0; i < 8; ++i) RC_ASSERT(columns[i * 16 + c] == block[i * 16 + c]);
  }
}

RC_GTEST_PROP(IntegerOps, ShiftsAndSaturation, ()) {
  const auto v = *rc::gen::inRange<std::int64_t>(-(1LL << 40), 1LL << 40);
  const int shift = *rc::gen::inRange(1, 20);
  const double exact = std::ldexp(static_cast<double>(v), -shift);
  RC_ASSERT(static_cast<double>(integer::shift_down(v, shift)) == std::floor(exact));
  RC_ASSERT(static_cast<double>(integer::shift_round(v, shift)) == std::floor(exact + 0.5));
  RC_ASSERT(integer::shift_down(v, -3) == v * 8);
  const int width = *rc::gen::inRange(2, 33);
  const std::int32_t s = integer::saturate(v, width);
  const std::int64_t limit = std::int64_t{1} << (width - 1);
  RC_ASSERT(s >= -limit && s < limit);
  RC_ASSERT((v < -limit || v >= limit) || s == v);
}

}  // namespace
}  // namespace statelane
