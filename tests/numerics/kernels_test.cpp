// SPDX-License-Identifier: Apache-2.0
#include "models/numerics/kernels.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <cmath>
#include <random>

#include "models/numerics/ssd.h"
#include "tests/numerics/golden_case.h"

namespace statelane {
namespace {

std::vector<float> random_floats(std::size_t n, unsigned seed) {
  std::mt19937 generator(seed);
  std::vector<float> x(n);
  for (float& v : x) v = static_cast<float>(static_cast<int>(generator() % 20001) - 10000) / 4096.0F;
  return x;
}

/// Relative to the largest expected value, in the spirit of the cases' tolerance files (2e-6 of the largest,
/// 1e-6).
void expect_close(std::span<const float> actual, std::span<const float> wanted) {
  ASSERT_EQ(actual.size(), wanted.size());
  float largest = 0.0F;
  for (const float v : wanted) largest = std::max(largest, std::abs(v));
  const float tolerance = std::max(2e-6F * largest, 1e-6F);
  for (std::size_t i = 0; i < wanted.size(); ++i)
    ASSERT_NEAR(actual[i], wanted[i], tolerance) << "element " << i;
}

const SafetensorsFile& misc() {
  static const SafetensorsFile file(test::data_path("golden/ops/misc.safetensors"));
  return file;
}

TEST(Kernels, ActivationsOnTheGoldenGrid) {
  const std::vector<float> x = misc().at("act.a.x").to_floats();
  std::vector<float> y = x;
  kernels::silu_in_place(y);
  expect_close(y, misc().at("act.a.silu").to_floats());
  for (std::size_t i = 0; i < x.size(); ++i) y[i] = kernels::softplus(x[i]);
  expect_close(y, misc().at("act.a.softplus").to_floats());
}

TEST(Kernels, ExponentialIsWithinTwoUnitsInTheLastPlace) {
  double worst = 0.0;
  for (float x = -87.0F; x < 88.5F; x += 0.00037F) {
    const double wanted = std::exp(static_cast<double>(x));
    worst = std::max(worst, std::abs(static_cast<double>(kernels::exp_float(x)) - wanted) / wanted);
  }
  EXPECT_LE(worst, 2.0 * 0x1p-23);
  EXPECT_EQ(kernels::exp_float(0.0F), 1.0F);
  EXPECT_EQ(kernels::exp_float(-100.0F), 0.0F);
  EXPECT_EQ(kernels::exp_float(-std::numeric_limits<float>::infinity()), 0.0F);
  EXPECT_EQ(kernels::exp_float(89.0F), std::numeric_limits<float>::infinity());
  EXPECT_TRUE(std::isfinite(kernels::exp_float(88.7F)));
  EXPECT_TRUE(std::isnan(kernels::exp_float(std::numeric_limits<float>::quiet_NaN())));
}

TEST(Kernels, NormsOnTheGoldenVectors) {
  const std::vector<float> x = misc().at("norm.a.x").to_floats();
  const std::vector<float> z = misc().at("norm.a.z").to_floats();
  const std::vector<float> w = misc().at("norm.a.w").to_floats();
  const std::size_t n = w.size();
  std::vector<float> plain(x.size());
  std::vector<float> one_group(x.size());
  std::vector<float> two_groups(x.size());
  std::vector<float> gate = z;
  kernels::silu_in_place(gate);
  std::vector<float> gated = x;
  kernels::multiply_in_place(gated, gate);
  for (std::size_t row = 0; row < x.size(); row += n) {
    const auto at = [&](std::vector<float>& v) { return std::span(v).subspan(row, n); };
    kernels::rms_norm(std::span(x).subspan(row, n), w, 1, 1e-5F, at(plain));
    kernels::rms_norm(at(gated), w, 1, 1e-5F, at(one_group));
    kernels::rms_norm(at(gated), w, 2, 1e-5F, at(two_groups));
  }
  expect_close(plain, misc().at("norm.a.rms").to_floats());
  expect_close(one_group, misc().at("norm.a.gated_after_g1").to_floats());
  expect_close(two_groups, misc().at("norm.a.gated_after_g2").to_floats());
}

TEST(Kernels, ConvolutionOnTheGoldenVectors) {
  const std::vector<float> x = misc().at("conv.a.x").to_floats();
  const std::vector<float> w = misc().at("conv.a.w").to_floats();
  const std::vector<float> bias = misc().at("conv.a.b").to_floats();
  const std::size_t n = bias.size();
  std::vector<float> taps(w.size());
  for (std::size_t c = 0; c < n; ++c) {
    for (std::size_t k = 0; k < 4; ++k) taps[k * n + c] = w[c * 4 + k];
  }
  std::vector<float> history(4 * n, 0.0F);
  std::vector<float> y(x.size());
  for (std::size_t t = 0; t < x.size() / n; ++t) {
    for (std::size_t c = 0; c < n; c += 8) {  // in tiles of 8 channels
      const kernels::ConvTile tile{std::span(history).subspan(c), std::span(taps).subspan(c),
                                   std::span(bias).subspan(c, 8), 4, n};
      kernels::conv_step(tile, std::span(x).subspan(t * n + c, 8), std::span(y).subspan(t * n + c, 8));
    }
  }
  kernels::silu_in_place(y);
  expect_close(y, misc().at("conv.a.y_silu").to_floats());
}

class ScanGolden : public testing::TestWithParam<const char*> {};

TEST_P(ScanGolden, RecurrentAndChunked) {
  const SafetensorsFile file(test::data_path("golden/ops/ssd.safetensors"));
  const auto get = [&](const char* name) { return file.at(std::string("ssd.") + GetParam() + "." + name); };
  ModelDims m;
  m.heads = get("x").shape[1];
  m.headdim = get("x").shape[2];
  m.groups = get("B").shape[1];
  m.d_state = get("B").shape[2];
  m.d_inner = m.heads * m.headdim;
  const std::vector<float> x = get("x").to_floats(), b = get("B").to_floats(), c = get("C").to_floats();
  const std::vector<float> a = get("A").to_floats(), d = get("D").to_floats(),
                           bias = get("dt_bias").to_floats();
  std::vector<float> dt = get("dt_raw").to_floats();
  std::vector<float> decays(dt.size());
  const std::size_t tokens = dt.size() / m.heads;
  for (std::size_t t = 0; t < tokens; ++t) {
    const auto row = std::span(dt).subspan(t * m.heads, m.heads);
    kernels::softplus_bias(row, bias, row);
    kernels::decay(row, a, std::span(decays).subspan(t * m.heads, m.heads));
  }
  for (const std::size_t chunk : {0U, 1U, 5U, 16U, 100U}) {
    SCOPED_TRACE(chunk);
    std::vector<float> state(m.state_elements(), 0.0F);
    std::vector<float> y(x.size());
    const ScanView scan{&m, tokens, x, b, c, dt, decays, a, state, y};
    if (chunk == 0) {
      scan_recurrent(scan, false, nullptr, 0);
    } else {
      scan_chunked(scan, chunk);
    }
    for (std::size_t i = 0; i < y.size(); ++i) y[i] += d[i / m.headdim % m.heads] * x[i];
    expect_close(y, get("y").to_floats());
    expect_close(test::state_in_golden_order(m, state), get("final_state").to_floats());
  }
}

INSTANTIATE_TEST_SUITE_P(Cases, ScanGolden, testing::Values("a", "g2"));

RC_GTEST_PROP(KernelProperty, MatrixProductsDoNotDependOnTheTiling, ()) {
  const auto rows = *rc::gen::inRange<std::size_t>(1, 70);
  const auto cols = *rc::gen::inRange<std::size_t>(1, 70);
  const auto row_tile = *rc::gen::inRange<std::size_t>(1, 40);
  const auto col_tile = *rc::gen::inRange<std::size_t>(1, 40);
  const auto tokens = *rc::gen::inRange<std::size_t>(1, 7);
  const PackedMatrix w(random_floats(rows * cols, 1), rows, cols);
  const std::vector<float> x = random_floats(tokens * cols, 2);
  std::vector<float> whole(tokens * rows);
  matmul(w, x, tokens, whole);
  std::vector<float> tiled(tokens * rows, 0.0F);
  for (std::size_t t = 0; t < tokens; ++t) {
    for (std::size_t r = 0; r < rows; r += row_tile) {
      const Range range{r, std::min(rows, r + row_tile)};
      for (std::size_t k = 0; k < cols; k += col_tile) {
        matvec_tile(w, std::span(x).subspan(t * cols, cols), range, {k, std::min(cols, k + col_tile)},
                    std::span(tiled).subspan(t * rows + r, range.size()));
      }
    }
  }
  RC_ASSERT(whole == tiled);
}

RC_GTEST_PROP(KernelProperty, StateTilesGiveTheBitsOfTheWholeHead, ()) {
  const auto states = *rc::gen::inRange<std::size_t>(1, 40);
  const auto channels = *rc::gen::inRange<std::size_t>(1, 40);
  const auto n_tile = *rc::gen::inRange<std::size_t>(1, 20);
  const auto p_tile = *rc::gen::inRange<std::size_t>(1, 20);
  const std::vector<float> b = random_floats(states, 3), c = random_floats(states, 4),
                           x = random_floats(channels, 5);
  const std::vector<float> start = random_floats(states * channels, 6);
  std::vector<float> fused = start;
  std::vector<float> y_fused(channels, 0.0F);
  kernels::state_step(0.75F, b, x, c, fused.data(), channels, y_fused);
  std::vector<float> tiled = start;
  std::vector<float> y_tiled(channels, 0.0F);
  for (std::size_t p = 0; p < channels; p += p_tile) {
    const std::size_t np = std::min(p_tile, channels - p);
    for (std::size_t n = 0; n < states; n += n_tile) {
      const std::size_t nn = std::min(n_tile, states - n);
      float* h = tiled.data() + n * channels + p;
      kernels::state_update(0.75F, std::span(b).subspan(n, nn), std::span(x).subspan(p, np), h, channels);
      kernels::state_readout(std::span(c).subspan(n, nn), h, channels, std::span(y_tiled).subspan(p, np));
    }
  }
  RC_ASSERT(fused == tiled);
  RC_ASSERT(y_fused == y_tiled);
}

RC_GTEST_PROP(KernelProperty, SumOfSquaresDoesNotDependOnTheTiling, ()) {
  const auto n = *rc::gen::inRange<std::size_t>(1, 200);
  const auto tile = *rc::gen::inRange<std::size_t>(1, 50);
  const std::vector<float> x = random_floats(n, 7);
  kernels::SumOfSquares whole;
  whole.add(x, 0);
  kernels::SumOfSquares tiled;
  for (std::size_t i = 0; i < n; i += tile) tiled.add(std::span(x).subspan(i, std::min(tile, n - i)), i);
  RC_ASSERT(whole.total() == tiled.total());
}

}  // namespace
}  // namespace statelane
