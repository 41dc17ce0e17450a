// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "models/numerics/ranges.h"
#include "models/numerics/scheme.h"

namespace statelane {

/// How an integer tensor stands for real values: code * 2^-fraction in `width` bits. With block_bits > 0
/// every block of `block` neighbours is further rounded to codes of that many bits with a common shift of
/// 0..15.
struct TensorFormat {
  int width = 32;
  int fraction = 0;
  int block_bits = 0;
  std::size_t block = 8;
  GroupAxis axis = GroupAxis::kColumns;
};

/// The binary points and widths of an integer-exact model: with the integer weights all that its arithmetic
/// depends on, and all that a generator needs. The same for every layer, as the layers share the hardware.
struct IntegerPlan {
  IntegerArithmetic arithmetic = IntegerArithmetic::kNone;
  std::array<TensorFormat, static_cast<std::size_t>(Tap::kCount)> tensors{};
  // Parameters held in fixed point.
  TensorFormat a;
  TensorFormat d;
  TensorFormat conv_weight;
  TensorFormat norm_weight;  ///< of the gated norm
  TensorFormat logits;       ///< of an integer head, block_shift; fixed_point's logits are float

  [[nodiscard]] const TensorFormat& operator[](Tap tap) const {
    return tensors[static_cast<std::size_t>(tap)];
  }
  [[nodiscard]] TensorFormat& operator[](Tap tap) { return tensors[static_cast<std::size_t>(tap)]; }
};

/// Chooses binary points so that twice the largest magnitude met on the calibration text fits: block tensors
/// keep the 15 shifts above their codes for that largest value, plain tensors 22 significant bits
/// (block_shift) or their whole width (fixed_point). `weights` are the transformed ones.
[[nodiscard]] IntegerPlan make_integer_plan(const Scheme& scheme, const Ranges& ranges,
                                            const ModelWeights& weights);

/// ceil(log2 x) for x > 0, at least -30.
[[nodiscard]] int magnitude_bits(float largest);

}  // namespace statelane
