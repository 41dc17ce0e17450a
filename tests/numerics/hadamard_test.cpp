// SPDX-License-Identifier: Apache-2.0
#include "models/numerics/hadamard.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <cmath>
#include <numeric>

#include "models/numerics/safetensors.h"
#include "tests/numerics/golden_case.h"

namespace statelane {
namespace {

void expect_hadamard(const SignMatrix& h) {
  for (std::size_t i = 0; i < h.order; ++i) {
    for (std::size_t j = 0; j < h.order; ++j) {
      ASSERT_EQ(std::abs(h.at(i, j)), 1);
      std::int64_t dot = 0;
      for (std::size_t k = 0; k < h.order; ++k) dot += h.at(i, k) * h.at(j, k);
      ASSERT_EQ(dot, i == j ? static_cast<std::int64_t>(h.order) : 0)
          << h.order << ": rows " << i << ", " << j;
    }
  }
}

TEST(Hadamard, EveryFactorIsOrthogonal) {
  for (const std::size_t order : {1U, 2U, 4U, 12U, 20U, 28U, 36U, 40U}) {
    const SignMatrix h = hadamard_factor(order);
    ASSERT_EQ(h.order, order);
    expect_hadamard(h);
  }
  expect_hadamard(paley_two(5));  // a second matrix of order 12
}

TEST(Hadamard, OrdersWithoutAMatrixAreRefused) {
  for (const std::size_t n : {0U, 3U, 5U, 6U, 44U, 100U}) {
    EXPECT_FALSE(Hadamard::exists(n)) << n;
    EXPECT_THROW(Hadamard{n}, std::invalid_argument) << n;
  }
  EXPECT_THROW((void)paley_one(13), std::invalid_argument);
  EXPECT_THROW((void)paley_one(15), std::invalid_argument);
  EXPECT_THROW((void)paley_two(7), std::invalid_argument);
  EXPECT_THROW((void)hadamard_factor(3), std::invalid_argument);
}

/// The vectors come from another implementation, whose factors of order 12 and 40 stand in the file.
TEST(Hadamard, GoldenVectorsWithTheirFactors) {
  const SafetensorsFile file(test::data_path("golden/ops/hadamard.safetensors"));
  for (const std::size_t n : {64U, 128U, 512U, 768U, 1536U, 2560U}) {
    const std::size_t order = n % 5 == 0 ? 40 : n % 3 == 0 ? 12 : 1;
    SignMatrix factor = hadamard_factor(order);
    if (order > 1) {
      const auto entries = file.at("had.K" + std::to_string(order)).to_integers();
      for (std::size_t i = 0; i < entries.size(); ++i)
        factor.entries[i] = static_cast<std::int8_t>(entries[i]);
    }
    const Hadamard h(factor, n / order);
    std::vector<float> x = file.at("had." + std::to_string(n) + ".x").to_floats();
    const std::vector<float> y = file.at("had." + std::to_string(n) + ".y").to_floats();
    for (std::size_t row = 0; row < 2; ++row) h.rotate(std::span(x).subspan(row * n, n));
    float largest = 0.0F;
    for (const float v : y) largest = std::max(largest, std::abs(v));
    // Each output is a sum of n terms through log2(n) + K additions: a few units in the last place of the
    // largest.
    for (std::size_t i = 0; i < y.size(); ++i)
      ASSERT_NEAR(x[i], y[i], 2e-6F * largest) << n << " element " << i;
  }
}

TEST(Hadamard, FastFormIsTheMatrixForm) {
  for (const std::size_t n : {2U, 12U, 20U, 28U, 36U, 40U, 72U, 768U}) {
    const Hadamard h(n);
    ASSERT_EQ(h.size(), n);
    std::vector<float> x(n);
    for (std::size_t i = 0; i < n; ++i)
      x[i] = static_cast<float>((i * 7919) % 257) - 128.0F;  // sums stay exact
    std::vector<float> by_matrix(n);
    multiply(h.matrix(), x, by_matrix);
    std::vector<std::int32_t> integers(x.begin(), x.end());
    h.transform(x);
    h.transform(integers);
    EXPECT_EQ(x, by_matrix) << n;
    EXPECT_EQ(std::vector<float>(integers.begin(), integers.end()), by_matrix) << n;
  }
}

TEST(Hadamard, AdditionsOfTheSplitsForMamba2) {
  EXPECT_EQ(Hadamard(hadamard_factor(40), 128).additions(), 235520U);
  EXPECT_EQ(Hadamard(5120).additions(), 138240U);  // 20 x 256
  EXPECT_EQ(Hadamard(1024).additions() * 5, 51200U);
}

TEST(Hadamard, OrderFortyTimes128IsTheSameUpToOneStage) {
  // H_40 (x) H_128 = H_2 (x) H_20 (x) H_128: a butterfly across the two halves after the 20 x 128 transform
  // of each.
  const Hadamard forty(hadamard_factor(40), 128);
  const Hadamard twenty(hadamard_factor(20), 128);
  std::vector<std::int64_t> x(5120);
  for (std::size_t i = 0; i < x.size(); ++i) x[i] = static_cast<std::int64_t>((i * 2654435761U) % 1000) - 500;
  std::vector<std::int64_t> y = x;
  forty.transform(std::span<std::int64_t>(y));
  twenty.transform(std::span(x).first(2560));
  twenty.transform(std::span(x).last(2560));
  for (std::size_t i = 0; i < 2560; ++i) {
    EXPECT_EQ(y[i], x[i] + x[i + 2560]);
    EXPECT_EQ(y[i + 2560], x[i] - x[i + 2560]);
  }
}

RC_GTEST_PROP(HadamardProperty, RotationKeepsTheNormAndItsTransposeUndoesIt, ()) {
  const auto n = *rc::gen::element<std::size_t>(2, 64, 12, 96, 20, 28, 36, 160);
  const Hadamard h(n);
  auto x = *rc::gen::container<std::vector<float>>(
      n, rc::gen::map(rc::gen::inRange(-1000, 1000), [](int v) { return static_cast<float>(v) / 16.0F; }));
  const std::vector<float> before = x;
  const auto energy = [](const std::vector<float>& v) {
    return std::inner_product(v.begin(), v.end(), v.begin(), 0.0);
  };
  h.rotate(x);
  RC_ASSERT(std::abs(energy(x) - energy(before)) <= 1e-5 * energy(before));
  h.transform_transposed(x);
  const auto norm = static_cast<float>(1.0 / std::sqrt(static_cast<double>(n)));
  for (std::size_t i = 0; i < n; ++i) RC_ASSERT(std::abs(x[i] * norm - before[i]) <= 1e-3F);
}

}  // namespace
}  // namespace statelane
