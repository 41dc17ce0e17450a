// SPDX-License-Identifier: Apache-2.0
#include "models/numerics/scheme_hook.h"

#include <cmath>
#include <vector>

namespace statelane {
namespace {

/// A is quantised as A itself; the stored logarithm follows.
void quantize_a(std::vector<float>& a_log, const QuantizerSpec& spec) {
  if (spec.identity()) return;
  for (float& v : a_log) v = std::exp(v);
  fake_quantize(a_log, a_log.size(), spec);
  for (float& v : a_log) v = std::log(v);
}

}  // namespace

QuantizerSpec quantizer_at(const Scheme& scheme, Tap tap) {
  const auto it = scheme.tensors.find(std::string(name_of(tap)));
  if (it != scheme.tensors.end()) return it->second;
  if (tap == Tap::kNormOut || tap == Tap::kGatedNormOut) return scheme.activations;
  if (tap == Tap::kFinalNormOut) return scheme.head_activations;
  return {};
}

void quantize_at(const QuantizerSpec& spec, const Ranges& ranges, Tap tap, std::size_t layer,
                 std::span<float> data, std::size_t width) {
  if (!spec.needs_calibration()) return fake_quantize(data, width, spec);
  std::vector<float> scales;
  if (spec.granularity == Granularity::kTensor) {
    scales.push_back(scale_for(ranges.largest(tap, layer), spec.bits, spec.scale));
  } else {
    for (const float largest : ranges.columns(tap, layer))
      scales.push_back(scale_for(largest, spec.bits, spec.scale));
  }
  fake_quantize_static(data, width, spec, scales);
}

void quantize_weights(ModelWeights& weights, const Scheme& scheme) {
  const ModelDims& m = weights.dims;
  for (LayerWeights& layer : weights.layers) {
    fake_quantize_weight(layer.in_proj, m.d_model, scheme.weights);
    fake_quantize_weight(layer.out_proj, m.d_inner, scheme.weights);
    fake_quantize_weight(layer.conv, m.taps, scheme.conv_weights);
    quantize_a(layer.a_log, scheme.ssm_parameters);
    fake_quantize(layer.d, m.heads, scheme.ssm_parameters);
    fake_quantize(layer.dt_bias, m.heads, scheme.ssm_parameters);
  }
  if (scheme.head_weights.identity()) return;
  weights.head = weights.head_matrix();
  weights.dims.tied = false;
  fake_quantize_weight(weights.head, m.d_model, scheme.head_weights);
}

}  // namespace statelane
