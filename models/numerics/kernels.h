// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <limits>
#include <span>

#include "models/numerics/packed_matrix.h"

/// The operators of a Mamba2 layer in float, each usable on a whole tensor or on a tile of it. Formulas: Dao
/// and Gu, "Transformers are SSMs" (2024), sections 6 and 7, as implemented by state-spaces/mamba,
/// modules/mamba2.py. All element counts are in floats. Tiles give the bits of the whole: no kernel sums
/// across the order in which tiles arrive, except the reductions, which name the order they need. Sizes are
/// the caller's business: a kernel asserts, it does not throw.
namespace statelane::kernels {

/// e^x to about 1 unit in the last place with nothing but IEEE additions and multiplications, so that every
/// machine gives the same bits (Cephes expf: range reduction to |r| <= ln2/2 and a polynomial of degree 7). 0
/// below -87.33, +inf above 88.72.
[[nodiscard]] float exp_float(float x);
void exp_in_place(std::span<float> x);

/// x / (1 + e^-x), element by element.
[[nodiscard]] float silu(float x);
void silu_in_place(std::span<float> x);

/// ln(1 + e^x), exact to float; linear above 20 as in PyTorch.
[[nodiscard]] float softplus(float x);

/// clamp(softplus(dt_raw + bias), low, high) for a range of heads; `dt` may be `dt_raw`.
void softplus_bias(std::span<const float> dt_raw, std::span<const float> bias, std::span<float> dt,
                   float low = 0.0F, float high = std::numeric_limits<float>::infinity());

/// e^(dt * A), A = -exp(A_log) < 0, for a range of heads.
void decay(std::span<const float> dt, std::span<const float> a, std::span<float> out);

/// Sum of squares of a vector that arrives in tiles. Element i goes to lane i mod 16 and the lanes are added
/// as a tree, so the result does not depend on the tiling as long as the tiles come in rising order.
class SumOfSquares {
 public:
  /// Adds the squares of elements first, first + 1, ...
  void add(std::span<const float> x, std::size_t first);
  [[nodiscard]] float total() const;

 private:
  std::array<float, 16> lanes_{};
};

/// 1 / sqrt(sum / count + eps).
[[nodiscard]] float inverse_rms(float sum_of_squares, std::size_t count, float eps);
/// y = x * scale * w for a tile; `y` may be `x`.
void scale_by_weight(std::span<const float> x, float scale, std::span<const float> w, std::span<float> y);
/// y = x * inverse_rms(x) * w, over groups of x.size() / groups channels (Zhang and Sennrich 2019; groups as
/// in state-spaces' RMSNormGated). `y` may be `x`.
void rms_norm(std::span<const float> x, std::span<const float> w, std::size_t groups, float eps,
              std::span<float> y);

/// One step of the causal depth-wise convolution for a tile of channels: the history [taps, channels], oldest
/// column first, moves one column and takes `x` at its end; out = bias + sum_k weight[k] * history[k]. weight
/// is [taps, channels]. history may be a tile of a wider one: `stride` floats from column to column, the same
/// for weight.
struct ConvTile {
  std::span<float> history;
  std::span<const float> weight;
  std::span<const float> bias;
  std::size_t taps;
  std::size_t stride;
};
void conv_step(const ConvTile& tile, std::span<const float> x, std::span<float> out);

/// out = a * x for a scalar a: dt * B over a range of states, dt * x over a range of channels, D * x, a * h.
void scale(float a, std::span<const float> x, std::span<float> out);
/// out[n, p] = b[n] * x[p]; successive n are `stride` floats apart.
void outer_product(std::span<const float> b, std::span<const float> x, float* out, std::size_t stride);
/// h[n, p] = a * h[n, p] + b[n] * x[p] for the tile b.size() x x.size() of one head. The state of a head is
/// kept as [d_state, headdim], so that the sum over states below is sequential.
void state_update(float a, std::span<const float> b, std::span<const float> x, float* h, std::size_t stride);
/// y[p] += sum over n of h[n, p] * c[n], in rising n.
void state_readout(std::span<const float> c, const float* h, std::size_t stride, std::span<float> y);
/// state_update and state_readout in one pass; the same bits.
void state_step(float a, std::span<const float> b, std::span<const float> x, std::span<const float> c,
                float* h, std::size_t stride, std::span<float> y);

/// y = y + x: residual, D skip.
void add_in_place(std::span<float> y, std::span<const float> x);
/// y = y * x: the gate.
void multiply_in_place(std::span<float> y, std::span<const float> x);

}  // namespace statelane::kernels
