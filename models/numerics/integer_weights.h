// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "models/numerics/integer_plan.h"
#include "models/numerics/integer_tables.h"
#include "models/numerics/packed_matrix.h"
#include "models/numerics/weights.h"

namespace statelane {

/// A positive real factor as an integer of few bits and a right shift.
struct FixedScale {
  std::int64_t factor = 1;
  int shift = 0;
  FixedScale() = default;
  /// `factor` gets exactly `bits` bits. Throws std::invalid_argument for value <= 0.
  FixedScale(double value, int bits);
  /// value * v rounded to nearest, ties up.
  [[nodiscard]] std::int64_t operator()(std::int64_t v) const;
};

/// A linear layer in integers.
struct IntegerLinear {
  ExactMatrix codes;                ///< block_shift: code * (2^s1 + 2^s2); fixed_point: 8-bit codes
  int fraction = 0;                 ///< block_shift: a weight is codes * 2^-fraction
  double scale = 1.0;               ///< fixed_point: a product of codes is worth this much
  FixedScale input;                 ///< fixed_point: from the transformed input's units to activation codes
  std::vector<std::int8_t> raw;     ///< the weight codes alone, [rows, cols]
  std::vector<std::int8_t> shifts;  ///< block_shift: s1, s2 a group, [rows, groups, 2]
};

/// One layer's parameters in the plan's formats.
struct IntegerLayerWeights {
  IntegerLinear in_proj;
  IntegerLinear out_proj;
  std::vector<std::int32_t> conv;       ///< [taps, conv_channels]
  std::vector<std::int64_t> conv_bias;  ///< with the fraction bits of a product of input and weight
  std::vector<std::int32_t> dt_bias;    ///< with the fraction of dt_in
  std::vector<std::int32_t> a;          ///< -A > 0
  std::vector<std::int32_t> d;
  std::vector<std::int32_t> gated_norm;
};

/// Quantises a transformed layer. `ranges` gives the static activation scales of fixed_point arithmetic.
[[nodiscard]] IntegerLayerWeights make_integer_layer(const LayerWeights& layer, std::size_t index,
                                                     const ModelDims& dims, const Scheme& scheme,
                                                     const IntegerPlan& plan, const Ranges& ranges);

/// Quantises the head of a scheme with an integer head, which stands behind the same transform as in_proj.
/// Throws InputError if its quantisers are not those of the other linear layers (the bits of its weights
/// aside).
[[nodiscard]] IntegerLinear make_integer_head(const ModelWeights& folded, const Scheme& scheme,
                                              const IntegerPlan& plan, const Ranges& ranges);

}  // namespace statelane
