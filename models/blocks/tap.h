// SPDX-License-Identifier: Apache-2.0
#pragma once

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

}  // namespace statelane
