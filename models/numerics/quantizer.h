// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace statelane {

/// How the values of a tensor are stored.
enum class ValueFormat { kFp32, kFp16, kInt };
/// Which elements share a scale. For a weight matrix the row is the output channel; for an activation the row
/// is a token.
enum class Granularity {
  kTensor,   ///< all; an activation's scale is then static, calibrated
  kChannel,  ///< a row of a weight; a column of an activation (static, calibrated)
  kToken,    ///< a row
  kGroup     ///< `group` neighbours in a row
};
/// What values a scale may take.
enum class ScaleKind {
  kReal,         ///< max / (2^(bits-1) - 1)
  kPowerOfTwo,   ///< 2^(ceil(log2 max) - (bits-1)): requantisation is a shift
  kTwoTermPower  ///< 2^a + 2^b, a - b in 0..7: two shifts and an addition (weights)
};
/// Neighbours along the row or across rows (e.g. channels of one state, or states of one channel).
enum class GroupAxis { kColumns, kRows };

/// A quantiser as data; a field table (scheme.h) reads it.
struct QuantizerSpec {
  ValueFormat format = ValueFormat::kFp32;
  int bits = 8;  ///< of an integer code, sign included
  Granularity granularity = Granularity::kToken;
  int group = 128;  ///< elements that share a scale, for Granularity::kGroup
  ScaleKind scale = ScaleKind::kReal;
  GroupAxis axis = GroupAxis::kColumns;

  [[nodiscard]] bool identity() const { return format == ValueFormat::kFp32; }
  /// Whether the scale must be known before the data: an activation quantised per tensor or channel.
  [[nodiscard]] bool needs_calibration() const {
    return format == ValueFormat::kInt &&
           (granularity == Granularity::kTensor || granularity == Granularity::kChannel);
  }
  bool operator==(const QuantizerSpec&) const = default;
};

/// Short form for tables: "fp32", "int4 g128", "int8 token pot".
[[nodiscard]] std::string describe(const QuantizerSpec& spec);

/// Scale for elements of largest magnitude `largest`: 1 where it is zero. RTN: QuaRot's quantisers, s = max /
/// (2^(b-1) - 1); power of two: s = 2^(ceil(log2 max) - (b-1)), FastMamba section III and LightMamba section
/// IV-C.
[[nodiscard]] float scale_for(float largest, int bits, ScaleKind kind);
/// round_half_even(x / s) clamped to [-2^(b-1), 2^(b-1) - 1].
[[nodiscard]] std::int32_t quantize(float x, float scale, int bits);
/// The value 2^a + 2^b with base <= b <= a <= base + 7 nearest to `scale` by ratio (two 3-bit shifts a group,
/// as in LightMamba's released code).
[[nodiscard]] float two_term_power(float scale, int base);
/// The base for the two-term scales of a weight matrix: the group with the largest scale uses the largest
/// shift.
[[nodiscard]] int two_term_base(std::span<const float> w, const QuantizerSpec& spec);

/// Quantises and dequantises rows of `width` in place with scales of the data itself. `data` must hold whole
/// rows; for GroupAxis::kRows groups run down the columns. Granularity::kTensor takes one scale over all of
/// `data`, kChannel one a column.
void fake_quantize(std::span<float> data, std::size_t width, const QuantizerSpec& spec);
/// The same with given scales: one, or one a column.
void fake_quantize_static(std::span<float> data, std::size_t width, const QuantizerSpec& spec,
                          std::span<const float> scales);
/// A weight matrix [rows, cols]: kChannel and kToken mean one scale a row (output channel), kGroup groups of
/// input channels.
void fake_quantize_weight(std::span<float> w, std::size_t cols, const QuantizerSpec& spec);

/// Root mean square of a - b over that of a; 0 where both are zero.
[[nodiscard]] double relative_rms_error(std::span<const float> wanted, std::span<const float> actual);

}  // namespace statelane
