// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "models/base/fields.h"
#include "models/numerics/mamba2_model.h"
#include "models/numerics/nonlinear.h"
#include "models/numerics/quantizer.h"

namespace statelane {

/// Where Hadamard rotations stand.
enum class Rotation {
  kNone,
  kLightMamba,  ///< fused into embedding, in_proj, out_proj and head; one online transform in front of
                ///< out_proj
  kFastMamba    ///< an online transform in blocks of 2^k in front of both linear layers, weights to match
};

/// Which integer-exact arithmetic the scheme also defines.
enum class IntegerArithmetic {
  kNone,
  kBlockShift,  ///< LightMamba's released model: codes in groups with a shift each, two-term shifts for
                ///< weights
  kFixedPoint   ///< FastMamba: one binary point a tensor, static scales for the linear layers
};

/// Everything that turns the float model into a quantised one. A quantiser that is left out keeps float.
struct Scheme {
  std::string name;
  std::string description;
  std::string source;
  Rotation rotation = Rotation::kNone;
  double smoothquant_alpha = 0.0;  ///< 0 = SmoothQuant is off
  QuantizerSpec weights;           ///< of in_proj and out_proj
  QuantizerSpec activations;       ///< inputs of in_proj and out_proj, after any rotation
  QuantizerSpec head_weights;
  QuantizerSpec head_activations;
  QuantizerSpec conv_weights;
  QuantizerSpec ssm_parameters;                  ///< A, D and dt_bias
  std::map<std::string, QuantizerSpec> tensors;  ///< by name of tap
  NonlinearSpec silu;
  NonlinearSpec softplus;
  NonlinearSpec exponential;
  InputProduct input_product = InputProduct::kDtB;
  IntegerArithmetic integer = IntegerArithmetic::kNone;
  std::map<std::string, int>
      widths;  ///< bits of tensors in integer arithmetic, by name of tap; 32 if not named

  /// Whether activations or ranges must be measured on calibration text before the scheme can be applied.
  [[nodiscard]] bool needs_calibration() const;
  /// Whether the head is computed in integer codes, as a head on the accelerator is; otherwise in float.
  [[nodiscard]] bool integer_head() const {
    return integer != IntegerArithmetic::kNone && head_weights.format == ValueFormat::kInt;
  }
  bool operator==(const Scheme&) const = default;
};

/// One scheme for each thing `scheme` quantises or approximates, everything else left in float: what each
/// costs alone. The rotation, which rounds nothing, stays. Names are "NAME: only PART".
[[nodiscard]] std::vector<Scheme> parts_of(const Scheme& scheme);

/// Reads a scheme file. Throws InputError with every problem found.
[[nodiscard]] Scheme read_scheme(const std::filesystem::path& path);

template <>
struct DescribeEnum<ValueFormat> {
  static constexpr EnumName<ValueFormat> names[] = {
      {ValueFormat::kFp32, "fp32", "32-bit floating point"},
      {ValueFormat::kFp16, "fp16", "IEEE binary16"},
      {ValueFormat::kInt, "int", "signed integer codes with a scale"}};
};
template <>
struct DescribeEnum<Granularity> {
  static constexpr EnumName<Granularity> names[] = {
      {Granularity::kTensor, "tensor", "one scale; static for activations"},
      {Granularity::kChannel, "channel",
       "one scale an output channel of a weight, or a column of an activation (static)"},
      {Granularity::kToken, "token", "one scale a token"},
      {Granularity::kGroup, "group", "one scale for `group` neighbours"}};
};
template <>
struct DescribeEnum<ScaleKind> {
  static constexpr EnumName<ScaleKind> names[] = {{ScaleKind::kReal, "real", "max / (2^(bits-1) - 1)"},
                                                  {ScaleKind::kPowerOfTwo, "power_of_two", "a shift"},
                                                  {ScaleKind::kTwoTermPower, "two_term_power", "2^a + 2^b"}};
};
template <>
struct DescribeEnum<GroupAxis> {
  static constexpr EnumName<GroupAxis> names[] = {{GroupAxis::kColumns, "columns", "neighbours in a row"},
                                                  {GroupAxis::kRows, "rows", "neighbours across rows"}};
};
template <>
struct DescribeEnum<NonlinearForm> {
  static constexpr EnumName<NonlinearForm> names[] = {
      {NonlinearForm::kExact, "exact", "the function itself"},
      {NonlinearForm::kTable, "table", "equal steps, value at the centre"},
      {NonlinearForm::kPieces, "pieces", "shift and straight pieces of 2^v"}};
};
template <>
struct DescribeEnum<Rotation> {
  static constexpr EnumName<Rotation> names[] = {
      {Rotation::kNone, "none", "no rotation"},
      {Rotation::kLightMamba, "lightmamba", "fused rotations and one online transform in front of out_proj"},
      {Rotation::kFastMamba, "fastmamba",
       "online transforms in blocks of 2^k in front of both linear layers"}};
};
template <>
struct DescribeEnum<InputProduct> {
  static constexpr EnumName<InputProduct> names[] = {{InputProduct::kDtB, "dt_b", "(dt * B) * x"},
                                                     {InputProduct::kDtX, "dt_x", "B * (dt * x)"}};
};
template <>
struct DescribeEnum<IntegerArithmetic> {
  static constexpr EnumName<IntegerArithmetic> names[] = {
      {IntegerArithmetic::kNone, "none", "float arithmetic on quantised values only"},
      {IntegerArithmetic::kBlockShift, "block_shift", "codes in groups with a shift each"},
      {IntegerArithmetic::kFixedPoint, "fixed_point", "one binary point a tensor"}};
};

template <>
struct Describe<QuantizerSpec> {
  static const Table<QuantizerSpec>& table();
};
template <>
struct Describe<NonlinearSpec> {
  static const Table<NonlinearSpec>& table();
};
template <>
struct Describe<Scheme> {
  static const Table<Scheme>& table();
};

}  // namespace statelane
