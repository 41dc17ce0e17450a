// SPDX-License-Identifier: Apache-2.0
#include "models/numerics/integer_plan.h"

#include <algorithm>
#include <cmath>

#include "models/numerics/scheme_hook.h"

namespace statelane {
namespace {

constexpr int kHeadroom = 1;       ///< bits above the largest calibrated value
constexpr int kLargestShift = 15;  ///< of a block: four unsigned bits, as in LightMamba's released quantiser
constexpr int kPlainBits = 22;     ///< magnitude bits of plain tensors beside blocks of 8-bit codes: 7 + 15
constexpr int kMostFraction = 30;

float largest_of(const std::vector<float>& values) {
  float largest = 0.0F;
  for (const float v : values) largest = std::max(largest, std::abs(v));
  return largest;
}

/// The format of a tensor that reaches `largest`.
TensorFormat choose(IntegerArithmetic arithmetic, const QuantizerSpec& spec, int width, float largest) {
  TensorFormat format;
  format.width = width;
  const bool block = arithmetic == IntegerArithmetic::kBlockShift && spec.format == ValueFormat::kInt;
  int bits = arithmetic == IntegerArithmetic::kBlockShift ? kPlainBits : width - 1;
  if (block) {
    format.block_bits = spec.bits;
    format.block = static_cast<std::size_t>(spec.group);
    format.axis = spec.axis;
    bits = spec.bits - 1 + kLargestShift;
  }
  format.fraction =
      std::clamp(std::min(bits, width - 1) - kHeadroom - magnitude_bits(largest), 0, kMostFraction);
  return format;
}

void check_blocks(const Scheme& scheme) {
  for (std::size_t i = 0; i < static_cast<std::size_t>(Tap::kCount); ++i) {
    const QuantizerSpec spec = quantizer_at(scheme, static_cast<Tap>(i));
    if (spec.identity()) continue;
    if (spec.format != ValueFormat::kInt || spec.granularity != Granularity::kGroup ||
        spec.scale != ScaleKind::kPowerOfTwo) {
      throw InputError("scheme \"" + scheme.name +
                       "\": block_shift arithmetic wants power-of-two groups for " +
                       std::string(name_of(static_cast<Tap>(i))));
    }
  }
}

/// Nothing reaches farther than |x| |w| (Cauchy and Schwarz), and what leaves a norm has length sqrt(n) times
/// the largest weight of the norm.
TensorFormat logits_format(const ModelWeights& weights) {
  const std::vector<float>& head = weights.head_matrix();
  const std::size_t n = weights.dims.d_model;
  double longest = 0.0;
  for (std::size_t row = 0; row < head.size(); row += n) {
    double squares = 0.0;
    for (std::size_t i = 0; i < n; ++i)
      squares += static_cast<double>(head[row + i]) * static_cast<double>(head[row + i]);
    longest = std::max(longest, squares);
  }
  const double reach =
      std::sqrt(longest * static_cast<double>(n)) * static_cast<double>(largest_of(weights.final_norm));
  TensorFormat format;
  format.fraction =
      std::clamp(format.width - 1 - kHeadroom - magnitude_bits(static_cast<float>(reach)), 0, kMostFraction);
  return format;
}

}  // namespace

int magnitude_bits(float largest) {
  if (!(largest > 0.0F)) return -30;
  int exponent = 0;
  const float mantissa =
      std::frexp(largest, &exponent);  // largest = mantissa * 2^exponent, mantissa in [0.5, 1)
  return std::max(mantissa == 0.5F ? exponent - 1 : exponent, -30);
}

IntegerPlan make_integer_plan(const Scheme& scheme, const Ranges& ranges, const ModelWeights& weights) {
  if (scheme.integer == IntegerArithmetic::kBlockShift) check_blocks(scheme);
  IntegerPlan plan;
  plan.arithmetic = scheme.integer;
  for (std::size_t i = 0; i < plan.tensors.size(); ++i) {
    const auto tap = static_cast<Tap>(i);
    const auto width = scheme.widths.find(std::string(name_of(tap)));
    plan.tensors[i] = choose(scheme.integer, quantizer_at(scheme, tap),
                             width == scheme.widths.end() ? 32 : width->second, ranges.largest(tap));
  }
  if (scheme.integer_head()) {  // its input comes out of the same unit as in_proj's
    plan[Tap::kNormOut] = choose(scheme.integer, quantizer_at(scheme, Tap::kNormOut), 32,
                                 std::max(ranges.largest(Tap::kNormOut), ranges.largest(Tap::kFinalNormOut)));
  }
  if (scheme.integer == IntegerArithmetic::kFixedPoint) {  // the linear layers' codes
    plan[Tap::kNormOut].width = scheme.activations.bits;
    plan[Tap::kGatedNormOut].width = scheme.activations.bits;
  }
  if (scheme.integer_head()) {
    plan[Tap::kFinalNormOut] = plan[Tap::kNormOut];
    plan.logits = logits_format(weights);
  }
  // The product that enters the state is shifted right, never left.
  const Tap second = scheme.input_product == InputProduct::kDtX ? Tap::kB : Tap::kX;
  plan[Tap::kState].fraction =
      std::min(plan[Tap::kState].fraction, plan[Tap::kDtB].fraction + plan[second].fraction);
  float a = 0.0F;
  float d = 0.0F;
  float conv = 0.0F;
  float norm = 0.0F;
  for (const LayerWeights& layer : weights.layers) {
    a = std::max(a, std::exp(*std::max_element(layer.a_log.begin(), layer.a_log.end())));
    d = std::max(d, largest_of(layer.d));
    conv = std::max(conv, largest_of(layer.conv));
    norm = std::max(norm, largest_of(layer.gated_norm));
  }
  const bool block = scheme.integer == IntegerArithmetic::kBlockShift;
  // Parameters are constants: nothing exceeds them, so their headroom is given back as a fraction bit.
  const auto parameter = [&](const QuantizerSpec& spec, float largest) {
    TensorFormat f = choose(scheme.integer, spec, block ? 32 : spec.bits, largest);
    f.fraction = std::min(f.fraction + kHeadroom, kMostFraction);
    return f;
  };
  plan.a = parameter(scheme.ssm_parameters, a);
  plan.d = parameter(scheme.ssm_parameters, d);
  plan.conv_weight = parameter(scheme.conv_weights, conv);
  plan.norm_weight = {.width = 16, .fraction = std::clamp(14 - magnitude_bits(norm), 0, kMostFraction)};
  return plan;
}

}  // namespace statelane
