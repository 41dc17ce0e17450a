// SPDX-License-Identifier: Apache-2.0
#include "models/numerics/integer_weights.h"

#include <algorithm>
#include <cmath>
#include <stdexcept>

#include "models/numerics/integer_ops.h"
#include "models/numerics/rotation.h"

namespace statelane {
namespace {

constexpr int kScaleBits = 21;  ///< of the activation multiplier: FastMamba's linear unit scales with 21 bits

std::vector<std::int32_t> to_fixed(std::span<const float> values, const TensorFormat& format) {
  std::vector<std::int32_t> out;
  for (const float v : values) out.push_back(integer::from_float(v, format.fraction, format.width));
  return out;
}

/// A parameter vector in its format, rounded to blocks where the format has them.
std::vector<std::int32_t> parameter(std::span<const float> values, const TensorFormat& format) {
  std::vector<std::int32_t> out = to_fixed(values, format);
  if (format.block_bits > 0) integer::block_round_rows(out, out.size(), format.block, format.block_bits);
  return out;
}

/// LightMamba's weights: groups of input channels (or whole rows) with a scale 2^s1 + 2^s2.
IntegerLinear two_term_linear(std::span<const float> w, std::size_t rows, std::size_t cols,
                              const QuantizerSpec& spec) {
  IntegerLinear linear;
  const int base = two_term_base(w, spec);
  linear.fraction = -base;
  const std::size_t group =
      spec.granularity == Granularity::kGroup ? static_cast<std::size_t>(spec.group) : cols;
  std::vector<double> values(w.size());
  linear.raw.resize(w.size());
  for (std::size_t row = 0; row < w.size(); row += cols) {
    for (std::size_t c = 0; c < cols; c += group) {
      const auto run = w.subspan(row + c, std::min(group, cols - c));
      float largest = 0.0F;
      for (const float v : run) largest = std::max(largest, std::abs(v));
      const float scale = two_term_power(scale_for(largest, spec.bits, ScaleKind::kReal), base);
      const auto units = static_cast<std::uint32_t>(std::ldexp(static_cast<double>(scale), -base));
      const int high = integer::bit_length(units) - 1;
      const bool equal_terms = (units & (units - 1)) == 0;
      const int low = equal_terms ? high - 1 : integer::bit_length(units & ~(1U << high)) - 1;
      linear.shifts.push_back(static_cast<std::int8_t>(equal_terms ? high - 1 : high));
      linear.shifts.push_back(static_cast<std::int8_t>(low));
      for (std::size_t i = 0; i < run.size(); ++i) {
        const std::int32_t code = quantize(run[i], scale, spec.bits);
        linear.raw[row + c + i] = static_cast<std::int8_t>(code);
        values[row + c + i] = static_cast<double>(code) * static_cast<double>(units);
      }
    }
  }
  linear.codes = ExactMatrix(values, rows, cols);
  return linear;
}

/// FastMamba's weights: one real scale for all; the activations' scale is static too.
IntegerLinear tensor_linear(std::span<const float> w, std::size_t rows, std::size_t cols,
                            const Scheme& scheme, int bits, float input_largest, int input_fraction) {
  IntegerLinear linear;
  float largest = 0.0F;
  for (const float v : w) largest = std::max(largest, std::abs(v));
  const float weight_scale = scale_for(largest, bits, ScaleKind::kReal);
  const float input_scale = scale_for(input_largest, scheme.activations.bits, ScaleKind::kReal);
  std::vector<double> values(w.size());
  for (std::size_t i = 0; i < w.size(); ++i) {
    const std::int32_t code = quantize(w[i], weight_scale, bits);
    linear.raw.push_back(static_cast<std::int8_t>(code));
    values[i] = static_cast<double>(code);
  }
  linear.codes = ExactMatrix(values, rows, cols);
  linear.scale = static_cast<double>(weight_scale) * static_cast<double>(input_scale);
  // Unnormalised transform: its result counts 2^-input_fraction / sqrt(block) each.
  const double unit =
      std::ldexp(1.0, -input_fraction) / std::sqrt(static_cast<double>(power_of_two_block(cols)));
  linear.input = FixedScale(unit / static_cast<double>(input_scale), kScaleBits);
  return linear;
}

void require(bool good, const Scheme& scheme, const char* what) {
  if (!good) throw InputError("scheme \"" + scheme.name + "\": integer arithmetic wants " + what);
}

void check_linear(const Scheme& scheme) {
  if (scheme.integer == IntegerArithmetic::kBlockShift) {
    require(scheme.weights.scale == ScaleKind::kTwoTermPower, scheme, "two_term_power weights");
    require(scheme.rotation == Rotation::kLightMamba, scheme,
            "the rotation \"lightmamba\", which folds the first norm");
    return;
  }
  require(scheme.rotation == Rotation::kFastMamba, scheme, "the rotation \"fastmamba\"");
  require(scheme.weights.granularity == Granularity::kTensor &&
              scheme.activations.granularity == Granularity::kTensor && scheme.weights.bits <= 8 &&
              scheme.activations.bits <= 8,
          scheme, "one scale a tensor and at most 8 bits in the linear layers");
}

}  // namespace

FixedScale::FixedScale(double value, int bits) {
  if (!(value > 0.0)) throw std::invalid_argument("FixedScale: value must be positive");
  shift = bits - 1 - static_cast<int>(std::floor(std::log2(value)));
  factor = static_cast<std::int64_t>(std::llround(std::ldexp(value, shift)));
  if (integer::bit_length(static_cast<std::uint64_t>(factor)) > bits) {
    factor >>= 1;
    --shift;
  }
}

std::int64_t FixedScale::operator()(std::int64_t v) const {
  return shift > 0 ? integer::shift_round(v * factor, shift) : integer::shift_down(v * factor, shift);
}

IntegerLayerWeights make_integer_layer(const LayerWeights& layer, std::size_t index, const ModelDims& m,
                                       const Scheme& scheme, const IntegerPlan& plan, const Ranges& ranges) {
  check_linear(scheme);
  IntegerLayerWeights out;
  if (scheme.integer == IntegerArithmetic::kBlockShift) {
    out.in_proj = two_term_linear(layer.in_proj, m.in_proj_rows(), m.d_model, scheme.weights);
    out.out_proj = two_term_linear(layer.out_proj, m.d_model, m.d_inner, scheme.weights);
  } else {
    out.in_proj = tensor_linear(layer.in_proj, m.in_proj_rows(), m.d_model, scheme, scheme.weights.bits,
                                ranges.largest(Tap::kNormOut, index), plan[Tap::kNormUnrotated].fraction);
    out.out_proj =
        tensor_linear(layer.out_proj, m.d_model, m.d_inner, scheme, scheme.weights.bits,
                      ranges.largest(Tap::kGatedNormOut, index), plan[Tap::kGatedNormUnrotated].fraction);
  }
  std::vector<float> taps(layer.conv.size());
  for (std::size_t c = 0; c < m.conv_channels(); ++c) {
    for (std::size_t k = 0; k < m.taps; ++k) taps[k * m.conv_channels() + c] = layer.conv[c * m.taps + k];
  }
  out.conv = to_fixed(taps, plan.conv_weight);
  if (plan.conv_weight.block_bits > 0) {
    integer::block_round_rows(out.conv, m.conv_channels(), plan.conv_weight.block,
                              plan.conv_weight.block_bits);
  }
  const int product = plan[Tap::kConvIn].fraction + plan.conv_weight.fraction;
  for (const float b : layer.conv_bias) {
    out.conv_bias.push_back(std::llround(std::ldexp(static_cast<double>(b), product)));
  }
  out.dt_bias = to_fixed(layer.dt_bias, {.width = 32, .fraction = plan[Tap::kDtIn].fraction});
  std::vector<float> a;
  for (const float v : layer.a_log) a.push_back(static_cast<float>(std::exp(static_cast<double>(v))));
  out.a = parameter(a, plan.a);
  out.d = parameter(layer.d, plan.d);
  out.gated_norm = to_fixed(layer.gated_norm, plan.norm_weight);
  return out;
}

IntegerLinear make_integer_head(const ModelWeights& folded, const Scheme& scheme, const IntegerPlan& plan,
                                const Ranges& ranges) {
  const ModelDims& m = folded.dims;
  QuantizerSpec same = scheme.head_weights;
  same.bits = scheme.weights.bits;
  require(same == scheme.weights && scheme.head_weights.bits <= 8, scheme,
          "head_weights like weights, with at most 8 bits");
  require(scheme.head_activations == scheme.activations, scheme, "head_activations like activations");
  if (scheme.integer == IntegerArithmetic::kBlockShift)
    return two_term_linear(folded.head_matrix(), m.vocab, m.d_model, scheme.head_weights);
  return tensor_linear(folded.head_matrix(), m.vocab, m.d_model, scheme, scheme.head_weights.bits,
                       ranges.largest(Tap::kFinalNormOut), plan[Tap::kNormUnrotated].fraction);
}

}  // namespace statelane
