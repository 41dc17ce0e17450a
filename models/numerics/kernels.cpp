// SPDX-License-Identifier: Apache-2.0
#include "models/numerics/kernels.h"

#include <algorithm>
#include <bit>
#include <cassert>
#include <cmath>
#include <cstdint>

#include "models/numerics/vector_clones.h"

namespace statelane::kernels {
namespace {

/// Branch-free e^x that vectorises.
[[gnu::always_inline]] inline float exp_inline(float x) {
  constexpr float kLow = -87.33F;  // below: e^x leaves the normal numbers
  constexpr float kHigh = 88.72F;  // above: e^x exceeds the largest float
  constexpr float kLog2E = 1.44269504088896341F;
  constexpr float kLn2High =
      0.693359375F;  // ln 2 in two parts; the first has 9 bits, so n * kLn2High is exact
  constexpr float kLn2Low = -2.12194440e-4F;
  constexpr float kRound = 12582912.0F;  // 1.5 * 2^23: adding it rounds to the nearest integer
  const float clamped = std::min(std::max(x, kLow), kHigh);
  const float shifted = clamped * kLog2E + kRound;
  const float n = shifted - kRound;
  const float r = (clamped - n * kLn2High) - n * kLn2Low;
  float p = 1.9875691500e-4F;  // Cephes expf coefficients of (e^r - 1 - r) / r^2
  p = p * r + 1.3981999507e-3F;
  p = p * r + 8.3334519073e-3F;
  p = p * r + 4.1665795894e-2F;
  p = p * r + 1.6666665459e-1F;
  p = p * r + 5.0000001201e-1F;
  const float mantissa = (p * r * r + r) + 1.0F;
  // 2^n in two factors, because n = 128 has no float of its own.
  const std::int32_t exponent = std::bit_cast<std::int32_t>(shifted) - std::bit_cast<std::int32_t>(kRound);
  const std::int32_t half = exponent >> 1;
  const float scale0 = std::bit_cast<float>((half + 127) << 23);
  const float scale1 = std::bit_cast<float>((exponent - half + 127) << 23);
  const float value = mantissa * scale0 * scale1;
  const float low_checked = x < kLow ? 0.0F : value;
  const float checked = x > kHigh ? std::numeric_limits<float>::infinity() : low_checked;
  return x == x ? checked : x;  // NaN stays NaN
}

[[gnu::always_inline]] inline float silu_inline(float x) {
  return x / (1.0F + exp_inline(-x));
}

STATELANE_VECTOR_CLONES
void exp_loop(float* x, std::size_t n) {
  for (std::size_t i = 0; i < n; ++i) x[i] = exp_inline(x[i]);
}

STATELANE_VECTOR_CLONES
void silu_loop(float* x, std::size_t n) {
  for (std::size_t i = 0; i < n; ++i) x[i] = silu_inline(x[i]);
}

STATELANE_VECTOR_CLONES
void square_lanes(const float* x, std::size_t n, float* lanes) {
  for (std::size_t i = 0; i < n; i += 16) {
    for (std::size_t j = 0; j < 16; ++j) lanes[j] += x[i + j] * x[i + j];
  }
}

STATELANE_VECTOR_CLONES
void state_step_loop(float a, const float* __restrict b, std::size_t states, const float* __restrict x,
                     std::size_t channels, const float* __restrict c, float* __restrict h, std::size_t stride,
                     float* __restrict y) {
  for (std::size_t n = 0; n < states; ++n) {
    float* row = h + n * stride;
    for (std::size_t p = 0; p < channels; ++p) {
      const float next = a * row[p] + b[n] * x[p];
      row[p] = next;
      y[p] += next * c[n];
    }
  }
}

}  // namespace

float exp_float(float x) {
  return exp_inline(x);
}
void exp_in_place(std::span<float> x) {
  exp_loop(x.data(), x.size());
}
float silu(float x) {
  return silu_inline(x);
}
void silu_in_place(std::span<float> x) {
  silu_loop(x.data(), x.size());
}

float softplus(float x) {
  if (x > 20.0F) return x;
  return static_cast<float>(std::log1p(std::exp(static_cast<double>(x))));
}

void softplus_bias(std::span<const float> dt_raw, std::span<const float> bias, std::span<float> dt, float low,
                   float high) {
  assert(dt_raw.size() == bias.size() && dt.size() == bias.size());
  for (std::size_t i = 0; i < dt.size(); ++i) dt[i] = std::clamp(softplus(dt_raw[i] + bias[i]), low, high);
}

void decay(std::span<const float> dt, std::span<const float> a, std::span<float> out) {
  assert(dt.size() == a.size() && out.size() == a.size());
  for (std::size_t i = 0; i < out.size(); ++i) out[i] = exp_inline(dt[i] * a[i]);
}

void SumOfSquares::add(std::span<const float> x, std::size_t first) {
  std::size_t i = 0;
  for (; i < x.size() && (first + i) % 16 != 0; ++i) lanes_[(first + i) % 16] += x[i] * x[i];
  const std::size_t whole = (x.size() - i) / 16 * 16;
  square_lanes(x.data() + i, whole, lanes_.data());
  for (i += whole; i < x.size(); ++i) lanes_[(first + i) % 16] += x[i] * x[i];
}

float SumOfSquares::total() const {
  std::array<float, 16> sums = lanes_;
  for (std::size_t width = 8; width > 0; width /= 2) {
    for (std::size_t i = 0; i < width; ++i) sums[i] += sums[i + width];
  }
  return sums[0];
}

float inverse_rms(float sum_of_squares, std::size_t count, float eps) {
  return 1.0F / std::sqrt(sum_of_squares / static_cast<float>(count) + eps);
}

void scale_by_weight(std::span<const float> x, float scale, std::span<const float> w, std::span<float> y) {
  assert(x.size() == w.size() && y.size() == x.size());
  for (std::size_t i = 0; i < x.size(); ++i) y[i] = x[i] * scale * w[i];
}

void rms_norm(std::span<const float> x, std::span<const float> w, std::size_t groups, float eps,
              std::span<float> y) {
  assert(groups > 0 && x.size() % groups == 0);
  const std::size_t width = x.size() / groups;
  for (std::size_t g = 0; g < groups; ++g) {
    SumOfSquares sum;
    sum.add(x.subspan(g * width, width), 0);
    scale_by_weight(x.subspan(g * width, width), inverse_rms(sum.total(), width, eps),
                    w.subspan(g * width, width), y.subspan(g * width, width));
  }
}

void conv_step(const ConvTile& tile, std::span<const float> x, std::span<float> out) {
  const std::size_t n = x.size();
  assert(out.size() == n && tile.bias.size() == n && tile.stride >= n);
  std::copy(tile.bias.begin(), tile.bias.end(), out.begin());
  for (std::size_t k = 0; k < tile.taps; ++k) {
    float* column = tile.history.data() + k * tile.stride;
    const float* next = k + 1 < tile.taps ? column + tile.stride : x.data();
    const float* weight = tile.weight.data() + k * tile.stride;
    for (std::size_t i = 0; i < n; ++i) {
      column[i] = next[i];
      out[i] += weight[i] * next[i];
    }
  }
}

void scale(float a, std::span<const float> x, std::span<float> out) {
  for (std::size_t i = 0; i < x.size(); ++i) out[i] = a * x[i];
}

void outer_product(std::span<const float> b, std::span<const float> x, float* out, std::size_t stride) {
  for (std::size_t n = 0; n < b.size(); ++n) scale(b[n], x, {out + n * stride, x.size()});
}

void state_update(float a, std::span<const float> b, std::span<const float> x, float* h, std::size_t stride) {
  for (std::size_t n = 0; n < b.size(); ++n) {
    float* row = h + n * stride;
    for (std::size_t p = 0; p < x.size(); ++p) row[p] = a * row[p] + b[n] * x[p];
  }
}

void state_readout(std::span<const float> c, const float* h, std::size_t stride, std::span<float> y) {
  for (std::size_t n = 0; n < c.size(); ++n) {
    const float* row = h + n * stride;
    for (std::size_t p = 0; p < y.size(); ++p) y[p] += row[p] * c[n];
  }
}

void state_step(float a, std::span<const float> b, std::span<const float> x, std::span<const float> c,
                float* h, std::size_t stride, std::span<float> y) {
  assert(b.size() == c.size() && x.size() == y.size());
  state_step_loop(a, b.data(), b.size(), x.data(), x.size(), c.data(), h, stride, y.data());
}

void add_in_place(std::span<float> y, std::span<const float> x) {
  for (std::size_t i = 0; i < y.size(); ++i) y[i] += x[i];
}

void multiply_in_place(std::span<float> y, std::span<const float> x) {
  for (std::size_t i = 0; i < y.size(); ++i) y[i] *= x[i];
}

}  // namespace statelane::kernels
