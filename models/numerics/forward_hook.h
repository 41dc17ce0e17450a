// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <span>
#include <string_view>

namespace statelane {

/// Places between the operators of a model where a tensor can be seen or changed: all that a quantiser, an
/// error report or a golden test needs. Shapes are [tokens, ...]; taps inside the recurrence see one token at
/// a time.
enum class Tap {
  kNormOut,    ///< [d_model] input of in_proj
  kInProjOut,  ///< [in_proj_rows] in the order z, x, B, C, dt
  kConvIn,     ///< [conv_channels] x, B, C before the convolution; what the convolution cache keeps
  kConvOut,    ///< [conv_channels] before SiLU
  kX,          ///< [d_inner] after SiLU
  kB,          ///< [groups * d_state] after SiLU
  kC,          ///< [groups * d_state] after SiLU
  kDtIn,       ///< [heads] raw dt plus its bias, input of softplus
  kDt,         ///< [heads] after bias, softplus and limits
  kDtA,        ///< [heads] dt * A, input of the exponential
  kDecay,      ///< [heads] e^(dt A)
  kDtB,        ///< dt * B, rows (head) of d_state; or dt * x, rows of headdim, where that product comes first
  kDtBx,       ///< [heads * d_state * headdim] dt * B * x
  kDecayedState,  ///< [heads * d_state * headdim] e^(dt A) * h
  kState,         ///< [heads * d_state * headdim] h as stored
  kStateForC,     ///< [heads * d_state * headdim] a copy of h that only the product with C reads
  kScanOut,       ///< [d_inner] h C
  kSkip,          ///< [d_inner] D * x
  kSsmOut,        ///< [d_inner] h C + D x
  kZ,             ///< [d_inner] gate, before SiLU
  kGate,          ///< [d_inner] SiLU(z)
  kGated,         ///< [d_inner] y * SiLU(z)
  kGatedNormOut,  ///< [d_inner] input of out_proj
  kMixerOut,      ///< [d_model] output of out_proj
  kResidual,      ///< [d_model] after the layer's residual add
  kFinalNormOut,  ///< [d_model] input of the head
  // Seen by range measurement only: the inputs of the linear layers before a scheme's online rotation.
  kNormUnrotated,
  kGatedNormUnrotated,
  kCount
};

/// The tap's name in files and tables, e.g. "gated_norm_out".
[[nodiscard]] std::string_view name_of(Tap tap);

/// Sees tensors as the forward pass makes them and may change them in place.
class ForwardHook {
 public:
  virtual ~ForwardHook() = default;
  /// Whether `at` is to be called for this tap; fixed during a forward pass. Declining the taps inside the
  /// recurrence lets it run fused.
  [[nodiscard]] virtual bool wants(Tap tap) const = 0;
  /// `data` is [rows, width], row-major: one row a token (one row in all inside the recurrence). For the
  /// state-sized tensors width is headdim and the rows are (head, state).
  virtual void at(Tap tap, std::size_t layer, std::span<float> data, std::size_t width) = 0;
  /// Nonlinear functions a scheme may replace by its approximations; the defaults are exact.
  virtual void silu(std::size_t layer, std::span<float> x);
  /// dt <- softplus(dt), the bias already added.
  virtual void softplus(std::size_t layer, std::span<float> x);
  virtual void exponential(std::size_t layer, std::span<float> x);
};

}  // namespace statelane
