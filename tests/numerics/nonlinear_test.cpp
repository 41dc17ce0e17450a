// SPDX-License-Identifier: Apache-2.0
#include "models/numerics/nonlinear.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <cmath>

#include "models/base/diagnostics.h"
#include "models/numerics/integer_tables.h"

namespace statelane {
namespace {

NonlinearSpec pieces(int segments, double log2_e, bool centred = false) {
  return {.form = NonlinearForm::kPieces, .segments = segments, .log2_e = log2_e, .centred = centred};
}

/// Largest relative error of 2^v itself: chord errors by number of pieces. For a chord of 2^v over a width w
/// the largest relative error is about (w ln 2)^2 / 8.
TEST(Nonlinear, ChordsOfPowersOfTwo) {
  for (const int segments : {4, 8, 16}) {
    const auto table = pieces_of_exp2(segments, false);
    const auto centred = pieces_of_exp2(segments, true);
    double worst = 0.0;
    double worst_centred = 0.0;
    for (double v = -1.0 + 1e-9; v <= 0.0; v += 1e-5) {
      const auto i = static_cast<std::size_t>(std::min(-v * segments, segments - 1.0));
      worst = std::max(worst, std::abs((table[i].slope * v + table[i].offset) / std::exp2(v) - 1.0));
      worst_centred =
          std::max(worst_centred, std::abs((centred[i].slope * v + centred[i].offset) / std::exp2(v) - 1.0));
    }
    const double width = std::log(2.0) / segments;
    EXPECT_NEAR(worst, width * width / 8.0, 0.03 * width * width);
    EXPECT_NEAR(worst_centred, worst / 2.0, 0.1 * worst);
  }
}

/// With 1.4375 for log2 e the relative error of e^x at x is 2^(x (1.4375 - log2 e)) - 1, and the pieces add
/// 0.094 %.
TEST(Nonlinear, FastMambaExponentialIsAsBadAsItsLog2E) {
  const NonlinearSpec fast = pieces(8, 1.4375);
  const ApproximationError error = measure_approximation(NonlinearFunction::kExp, fast, -16.0, 0.0);
  const double drift = std::exp2(-16.0 * (1.4375 - std::log2(std::exp(1.0)))) - 1.0;
  EXPECT_GT(error.max_relative, drift - 1e-3);
  EXPECT_LT(error.max_relative, drift + 2e-3);
  EXPECT_LT(error.max_absolute, 2e-3);
  const ApproximationError accurate =
      measure_approximation(NonlinearFunction::kExp, pieces(8, std::log2(std::exp(1.0))), -16.0, 0.0);
  EXPECT_LT(accurate.max_relative, 1e-3);
}

TEST(Nonlinear, FastMambaSoftplusIsWorstAtZero) {
  const ApproximationError error =
      measure_approximation(NonlinearFunction::kSoftplus, pieces(8, 1.4375), -16.0, 16.0, 100001);
  EXPECT_NEAR(error.max_absolute, 1.0 - std::log(2.0), 1e-3);  // e^0 instead of ln 2
  EXPECT_NEAR(error.at_absolute, 0.0, 1e-3);
}

TEST(Nonlinear, TablesErrByHalfAStepTimesTheSlope) {
  NonlinearSpec table{.form = NonlinearForm::kTable, .entries = 4096, .low = -16.0, .high = 16.0};
  const double half_step = 16.0 / 4096.0;
  const ApproximationError soft = measure_approximation(NonlinearFunction::kSoftplus, table, -15.9, 15.9);
  EXPECT_LE(soft.max_absolute, half_step * 1.001);
  EXPECT_GE(soft.max_absolute, half_step * 0.9);
  const ApproximationError silu = measure_approximation(NonlinearFunction::kSilu, table, -15.9, 15.9);
  EXPECT_LE(silu.max_absolute, half_step * 1.11);  // SiLU's slope reaches 1.0998
  table.entries = 16;
  EXPECT_GT(measure_approximation(NonlinearFunction::kSilu, table, -15.9, 15.9).max_absolute, 0.5);
}

TEST(Nonlinear, ExactFormsAreExact) {
  for (const auto f : {NonlinearFunction::kSilu, NonlinearFunction::kSoftplus, NonlinearFunction::kExp}) {
    EXPECT_LT(measure_approximation(f, {}, -20.0, 0.0).max_relative, 4e-7);
  }
}

TEST(IntegerTables, FunctionTableIsItsFloatFormRounded) {
  for (const auto f : {NonlinearFunction::kSilu, NonlinearFunction::kSoftplus, NonlinearFunction::kExp}) {
    const FunctionTable table(f, 16.0F, 12, 16);
    const double step = std::ldexp(1.0, table.step() - 12);
    for (std::int32_t x = -16 << 12; x < (f == NonlinearFunction::kExp ? 1 : 16 << 12); x += 37) {
      const double wanted = exact_value(f, std::ldexp(x, -12));
      EXPECT_NEAR(std::ldexp(table(x), -16), wanted, 1.1 * step + std::ldexp(1.0, -16)) << x;
    }
  }
  const FunctionTable silu(NonlinearFunction::kSilu, 8.0F, 12, 12);
  EXPECT_EQ(silu(100 << 12), 100 << 12);  // above the table: x
  EXPECT_EQ(silu(-100 * 4096), 0);        // below: 0
}

RC_GTEST_PROP(IntegerTables, RsqrtIsWithinItsTable, ()) {
  const auto count = *rc::gen::element<std::size_t>(64, 256, 512, 768, 2560, 5120);
  const RsqrtTable table(count);
  const auto t = *rc::gen::map(rc::gen::arbitrary<std::uint64_t>(),
                               [](std::uint64_t v) { return (v >> (v % 60 + 3)) + 1; });
  const RsqrtTable::Result r = table(t);
  const double wanted = std::sqrt(static_cast<double>(count) / static_cast<double>(t));
  // Below 2^10 the index holds all of t, but a table entry is the value at its centre: half a step of 1/1024
  // of [1, 4).
  RC_ASSERT(std::abs(std::ldexp(r.mantissa, -r.shift) / wanted - 1.0) < 0.6 / 1024.0);
}

RC_GTEST_PROP(IntegerTables, PieceUnitFollowsItsFloatForm, ()) {
  const NonlinearSpec spec = pieces(8, 1.4375);
  const PieceUnit unit(spec, 10, 24);
  const Nonlinear soft(NonlinearFunction::kSoftplus, spec);
  const Nonlinear exponential(NonlinearFunction::kExp, spec);
  const auto x = *rc::gen::inRange<std::int32_t>(-(20 << 10), 20 << 10);
  const auto value = std::ldexp(static_cast<float>(x), -10);
  // 15-bit coefficients and one truncated product: two units of 2^-15, before the shift.
  RC_ASSERT(std::abs(std::ldexp(unit.softplus(x), -24) - static_cast<double>(soft(value))) <=
            std::ldexp(2.5, -15));
  if (x <= 0) {
    RC_ASSERT(std::abs(std::ldexp(unit.exponential(x), -24) - static_cast<double>(exponential(value))) <=
              std::ldexp(2.5, -15));
  }
}

TEST(IntegerTables, PieceUnitNeedsSixteenthsAndPowersOfTwo) {
  EXPECT_THROW(PieceUnit(pieces(8, 1.4427), 10, 20), InputError);
  EXPECT_THROW(PieceUnit(pieces(6, 1.4375), 10, 20), InputError);
  EXPECT_THROW(PieceUnit({}, 10, 20), InputError);
}

}  // namespace
}  // namespace statelane
