// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "models/numerics/integer_stats.h"
#include "models/numerics/integer_units.h"
#include "models/numerics/integer_weights.h"

namespace statelane {

/// What decode carries from token to token in one layer, in integers.
struct IntegerCache {
  std::vector<std::int32_t> conv;   ///< [taps, conv_channels], oldest column first
  std::vector<std::int32_t> state;  ///< [heads, d_state, headdim]
};

/// The tensors of one token on its way through one layer, in the plan's formats. fixed_point arithmetic keeps
/// the residual stream and the gated tensor in float, as FastMamba's floating-point group does.
struct IntegerToken {
  explicit IntegerToken(const ModelDims& dims);

  std::vector<std::int32_t> residual;                ///< [d_model], block_shift
  std::vector<float> residual_float;                 ///< [d_model], fixed_point
  std::vector<std::int32_t> u;                       ///< [d_model] input of in_proj (values or codes)
  std::vector<std::int32_t> z;                       ///< [d_inner]
  std::vector<std::int32_t> conv_in;                 ///< [conv_channels]
  std::vector<std::int32_t> conv_out;                ///< [conv_channels]
  std::vector<std::int32_t> x, b, c;                 ///< after SiLU
  std::vector<std::int32_t> dt_in, dt, dt_a, decay;  ///< [heads]
  std::vector<std::int32_t> product;                 ///< dt * B [heads, d_state] or dt * x [d_inner]
  std::vector<std::int64_t> scan;                    ///< [d_inner] accumulators of h C
  std::vector<std::int32_t> y;                       ///< [d_inner] h C + D x
  std::vector<std::int32_t> gate;                    ///< [d_inner] SiLU(z), block_shift
  std::vector<std::int32_t> gated;                   ///< [d_inner], block_shift
  std::vector<float> gated_float;                    ///< [d_inner], fixed_point
  std::vector<std::int32_t> normed;                  ///< [d_inner] before the Hadamard transform
  std::vector<std::int32_t> g;                       ///< [d_inner] input of out_proj (values or codes)
  std::vector<std::int32_t> mixer;                   ///< [d_model] output of out_proj, block_shift
  std::vector<float> mixer_float;                    ///< [d_model], fixed_point
};

/// One layer's operators in integers, each on a range of its output, as a unit of the accelerator computes
/// it. Ranges must respect the plan's blocks: they start at a multiple of the block and end at one, or at the
/// end. Every method reads and writes only the tensors its name says, so that a schedule may call them in any
/// order the data allow.
class IntegerLayer {
 public:
  IntegerLayer(const LayerWeights& layer, std::size_t index, const ModelDims& dims, const Scheme& scheme,
               const IntegerPlan& plan, const Ranges& ranges);

  [[nodiscard]] const IntegerLayerWeights& weights() const { return w_; }
  [[nodiscard]] const ModelDims& dims() const { return m_; }
  [[nodiscard]] const IntegerUnits& units() const { return units_; }
  /// fixed_point: from in_proj's accumulators to the tensors' formats, and the norms' weights in float.
  [[nodiscard]] const FixedScale& to_z() const { return to_z_; }
  [[nodiscard]] const FixedScale& to_conv() const { return to_conv_; }
  [[nodiscard]] const FixedScale& to_dt() const { return to_dt_; }
  [[nodiscard]] std::span<const float> norm_weight() const { return norm_weight_; }
  [[nodiscard]] std::span<const float> gated_norm_weight() const { return gated_norm_weight_; }

  /// u from the residual stream, with the online transform of fixed_point; needs the whole vector.
  void norm(IntegerToken& t, IntegerStats* stats) const;
  /// z, conv_in or dt_in (bias added) from in_proj's accumulators for output rows `rows`; rows must not
  /// straddle two of them.
  void take_in_proj(IntegerToken& t, Range rows, std::span<const double> accumulators,
                    IntegerStats* stats) const;
  /// Moves the history of some channels by one column; conv_out.
  void conv(IntegerToken& t, IntegerCache& cache, Range channels, IntegerStats* stats) const;
  /// x, b or c from conv_out for some channels; the range must not straddle two of them.
  void silu(IntegerToken& t, Range channels, IntegerStats* stats) const;
  /// u by a norm with other weights and another scale in front of its codes: the final norm of an integer
  /// head. block_shift folds the weights and scales by shifts, and looks at neither.
  void norm_by(IntegerToken& t, std::span<const float> weight, const FixedScale& input,
               IntegerStats* stats) const;
  void softplus(IntegerToken& t, Range heads, IntegerStats* stats) const;
  /// dt_a and decay.
  void decay(IntegerToken& t, Range heads, IntegerStats* stats) const;
  /// dt * B, or dt * x, of some heads.
  void first_product(IntegerToken& t, Range heads, IntegerStats* stats) const;
  /// h of one head for `channels` (of headdim) and `states`, and its share of h C added to `scan`.
  void state(IntegerToken& t, IntegerCache& cache, std::size_t head, Range channels, Range states,
             IntegerStats* stats) const;
  /// y = h C + D x for a range of d_inner.
  void skip(IntegerToken& t, Range rows, IntegerStats* stats) const;
  /// SiLU(z) and the gated product.
  void gate(IntegerToken& t, Range rows, IntegerStats* stats) const;
  /// Norm, weight, online transform, quantiser: g from the whole gated vector.
  void gated_norm(IntegerToken& t, IntegerStats* stats) const;

  // The parts of operators that schedules run as units of their own.
  /// conv_out of some channels from the convolution's sums.
  void take_conv(IntegerToken& t, Range channels, std::span<const std::int64_t> sums,
                 IntegerStats* stats) const;
  /// block_shift: SiLU(z), and what it makes of y.
  void silu_gate(IntegerToken& t, Range rows, IntegerStats* stats) const;
  void gated_product(IntegerToken& t, Range rows, IntegerStats* stats) const;
  /// block_shift: the gated norm without its transform, and the transform with its quantiser.
  void normalise_gated(IntegerToken& t, IntegerStats* stats) const;
  void transform_gated(IntegerToken& t, IntegerStats* stats) const;
  /// fixed_point: a norm's result to fixed point, transformed, in the codes of a linear layer's input.
  void fixed_transform(std::span<const float> normed, Tap from, const FixedScale& scale, Tap to,
                       std::span<std::int32_t> codes, IntegerStats* stats) const;

  /// The mixer's output from out_proj's accumulators for output rows `rows`.
  void take_out_proj(IntegerToken& t, Range rows, std::span<const double> accumulators,
                     IntegerStats* stats) const;
  /// residual += mixer.
  void residual(IntegerToken& t, Range rows, IntegerStats* stats) const;

  // The parts of `state`, for schedules that run them as units of their own. Tiles are [states, channels] of
  // one head; `entering` and `decayed` have the state's binary point and are not saturated.
  void outer(const IntegerToken& t, std::size_t head, Range channels, Range states,
             std::span<std::int64_t> entering) const;
  void decayed_state(const IntegerToken& t, const IntegerCache& cache, std::size_t head, Range channels,
                     Range states, std::span<std::int64_t> decayed) const;
  /// h = decayed + entering: the stored copy into the cache, the copy for C into `for_c`.
  void state_add(IntegerCache& cache, std::size_t head, Range channels, Range states,
                 std::span<const std::int64_t> entering, std::span<const std::int64_t> decayed,
                 std::span<std::int32_t> for_c) const;
  /// scan += for_c C; the first tile along the states starts the sum.
  void readout(IntegerToken& t, std::size_t head, Range channels, Range states,
               std::span<const std::int32_t> for_c) const;

 private:
  [[nodiscard]] bool fixed() const { return plan_->arithmetic == IntegerArithmetic::kFixedPoint; }
  [[nodiscard]] const TensorFormat& format(Tap tap) const { return (*plan_)[tap]; }
  /// Narrows into a tensor's format and rounds to its blocks along the row.
  void store(Tap tap, std::span<const std::int64_t> acc, int fraction, std::span<std::int32_t> out,
             IntegerStats* stats) const;
  void block(Tap tap, std::span<std::int32_t> row) const;
  void block_norm(std::span<const std::int32_t> x, std::span<const std::int32_t> weight, Tap to,
                  const RsqrtTable& table, std::span<std::int32_t> out, IntegerStats* stats) const;

  const ModelDims m_;
  const IntegerPlan* plan_;
  IntegerLayerWeights w_;
  IntegerUnits units_;
  InputProduct input_product_;
  std::vector<float> norm_weight_;  ///< fixed_point keeps the norms in float
  std::vector<float> gated_norm_weight_;
  FixedScale to_z_, to_conv_, to_dt_;  ///< fixed_point: from accumulators to tensors
};

}  // namespace statelane
