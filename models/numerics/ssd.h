// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <span>

#include "models/numerics/forward_hook.h"
#include "models/numerics/weights.h"

namespace statelane {

/// One layer's selective scan over some tokens of one sequence. State of a head: [d_state, headdim].
struct ScanView {
  const ModelDims* dims = nullptr;
  std::size_t tokens = 0;
  std::span<const float> x;      ///< [tokens, d_inner]
  std::span<const float> b;      ///< [tokens, groups * d_state]
  std::span<const float> c;      ///< [tokens, groups * d_state]
  std::span<const float> dt;     ///< [tokens, heads], after softplus
  std::span<const float> decay;  ///< [tokens, heads], e^(dt A); unused by the chunked form
  std::span<const float> a;      ///< [heads], A; used by the chunked form
  std::span<float> state;        ///< [heads, d_state, headdim], advanced
  std::span<float> y;            ///< [tokens, d_inner], h C, without the D skip
};

/// h <- decay * h + (dt * B) x^T or B (dt * x)^T if `dt_x_first`; y = h C, token after token (Dao and Gu
/// 2024, eq. 2). `hook` may be null; if it wants a tap inside the recurrence, every product is materialised
/// and shown to it.
void scan_recurrent(const ScanView& scan, bool dt_x_first, ForwardHook* hook, std::size_t layer);

/// The same y and state by the chunked state-space dual form (Dao and Gu 2024, section 6 and listing 1):
/// inside a chunk of `chunk` tokens a masked matrix product, between chunks the recurrence. Decay exponents
/// are summed in double precision. The last chunk may be short.
void scan_chunked(const ScanView& scan, std::size_t chunk);

}  // namespace statelane
