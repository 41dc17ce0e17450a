// SPDX-License-Identifier: Apache-2.0
#include "models/numerics/quantized_model.h"

#include <array>
#include <cmath>

namespace ssmscope {
namespace {

constexpr auto kTaps = static_cast<std::size_t>(Tap::kCount);

/// Applies a scheme between the operators; one per forward pass.
class SchemeHook : public ForwardHook {
 public:
  SchemeHook(const Scheme& scheme, const RotationPlan& rotation)
      : rotation_(rotation),
        silu_(NonlinearFunction::kSilu, scheme.silu),
        softplus_(NonlinearFunction::kSoftplus, scheme.softplus),
        exp_(NonlinearFunction::kExp, scheme.exponential) {
    for (std::size_t i = 0; i < kTaps; ++i) {
      specs_[i] = quantizer_at(scheme, static_cast<Tap>(i));
      wanted_[i] = rotation.online(static_cast<Tap>(i));
    }
  }

  [[nodiscard]] bool wants(Tap tap) const override { return wanted_[static_cast<std::size_t>(tap)]; }
  void silu(std::size_t, std::span<float> x) override { silu_.apply(x); }
  void softplus(std::size_t, std::span<float> x) override { softplus_.apply(x); }
  void exponential(std::size_t, std::span<float> x) override { exp_.apply(x); }

 protected:
  void want(Tap tap) { wanted_[static_cast<std::size_t>(tap)] = true; }
  [[nodiscard]] const QuantizerSpec& spec(Tap tap) const { return specs_[static_cast<std::size_t>(tap)]; }
  const RotationPlan& rotation_;

 private:
  std::array<QuantizerSpec, kTaps> specs_{};
  std::array<bool, kTaps> wanted_{};
  Nonlinear silu_;
  Nonlinear softplus_;
  Nonlinear exp_;
};

class QuantizingHook : public SchemeHook {
 public:
  QuantizingHook(const Scheme& scheme, const RotationPlan& rotation, const Ranges& ranges,
                 ResidualTrace* trace)
      : SchemeHook(scheme, rotation), ranges_(ranges), trace_(trace) {
    for (std::size_t i = 0; i < kTaps; ++i) {
      if (!spec(static_cast<Tap>(i)).identity()) want(static_cast<Tap>(i));
    }
    if (trace != nullptr) want(Tap::kResidual);
  }

  void at(Tap tap, std::size_t layer, std::span<float> data, std::size_t width) override {
    rotation_.apply(tap, data, width);
    const QuantizerSpec& s = spec(tap);
    if (s.needs_calibration()) {
      fake_quantize_static(data, width, s, static_scales(tap, layer, s));
    } else {
      fake_quantize(data, width, s);
    }
    if (tap == Tap::kResidual && trace_ != nullptr) {
      trace_->emplace_back(data.begin(), data.end());
      rotation_.restore_residual(trace_->back());
    }
  }

 private:
  [[nodiscard]] std::vector<float> static_scales(Tap tap, std::size_t layer, const QuantizerSpec& s) const {
    if (s.granularity == Granularity::kTensor)
      return {scale_for(ranges_.largest(tap, layer), s.bits, s.scale)};
    std::vector<float> scales;
    for (const float largest : ranges_.columns(tap, layer))
      scales.push_back(scale_for(largest, s.bits, s.scale));
    return scales;
  }

  const Ranges& ranges_;
  ResidualTrace* trace_;
};

class RecordingHook : public SchemeHook {
 public:
  RecordingHook(const Scheme& scheme, const RotationPlan& rotation, bool all_taps, Ranges& ranges)
      : SchemeHook(scheme, rotation), ranges_(ranges) {
    for (std::size_t i = 0; i < kTaps; ++i) {
      const auto tap = static_cast<Tap>(i);
      if (all_taps || spec(tap).needs_calibration()) want(tap);
    }
  }

  void at(Tap tap, std::size_t layer, std::span<float> data, std::size_t width) override {
    if (tap == Tap::kNormOut) ranges_.record(Tap::kNormUnrotated, layer, data, width);
    if (tap == Tap::kGatedNormOut) ranges_.record(Tap::kGatedNormUnrotated, layer, data, width);
    rotation_.apply(tap, data, width);
    ranges_.record(tap, layer, data, width);
  }

 private:
  Ranges& ranges_;
};

void require_calibration(const Scheme& scheme, const CalibrationText& calibration) {
  if (calibration.empty()) throw InputError("scheme \"" + scheme.name + "\" needs calibration text");
}

void run_on(const Mamba2Model& model, const CalibrationText& calibration, ForwardOptions options) {
  for (const auto& window : calibration) {
    ModelCache cache = model.make_cache();
    (void)model.forward(window, cache, options);
  }
}

/// Smoothing factors come from the plain model's activations.
void smooth_model(ModelWeights& weights, const Scheme& scheme, const CalibrationText& calibration) {
  require_calibration(scheme, calibration);
  Scheme plain;
  plain.tensors["norm_out"] = {.format = ValueFormat::kInt, .granularity = Granularity::kChannel};
  plain.tensors["gated_norm_out"] = plain.tensors["norm_out"];
  const Ranges ranges = QuantizedModel::measure_ranges(Mamba2Model(weights), plain, calibration, false);
  for (std::size_t i = 0; i < weights.layers.size(); ++i) {
    LayerWeights& layer = weights.layers[i];
    smoothquant(ranges.columns(Tap::kNormOut, i), scheme.smoothquant_alpha, layer.norm, layer.in_proj);
    smoothquant(ranges.columns(Tap::kGatedNormOut, i), scheme.smoothquant_alpha, layer.gated_norm,
                layer.out_proj);
  }
}

/// A is quantised as A itself; the stored logarithm follows.
void quantize_a(std::vector<float>& a_log, const QuantizerSpec& spec) {
  if (spec.identity()) return;
  for (float& v : a_log) v = std::exp(v);
  fake_quantize(a_log, a_log.size(), spec);
  for (float& v : a_log) v = std::log(v);
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

}  // namespace

QuantizerSpec quantizer_at(const Scheme& scheme, Tap tap) {
  const auto it = scheme.tensors.find(std::string(name_of(tap)));
  if (it != scheme.tensors.end()) return it->second;
  if (tap == Tap::kNormOut || tap == Tap::kGatedNormOut) return scheme.activations;
  if (tap == Tap::kFinalNormOut) return scheme.head_activations;
  return {};
}

Mamba2Model QuantizedModel::transformed(const ModelWeights& weights, const Scheme& scheme,
                                        const CalibrationText& calibration) {
  ModelWeights folded = weights;
  if (scheme.smoothquant_alpha > 0.0) smooth_model(folded, scheme, calibration);
  RotationPlan(scheme, weights.dims).fold(folded);
  return Mamba2Model(std::move(folded));
}

Ranges QuantizedModel::measure_ranges(const Mamba2Model& transformed, const Scheme& scheme,
                                      const CalibrationText& calibration, bool all_taps) {
  Ranges ranges;
  const RotationPlan rotation(scheme, transformed.dims());
  RecordingHook hook(scheme, rotation, all_taps, ranges);
  run_on(transformed, calibration, {.chunk = {}, .input_product = scheme.input_product, .hook = &hook});
  return ranges;
}

QuantizedModel::QuantizedModel(const ModelWeights& weights, Scheme scheme, const CalibrationText& calibration)
    : scheme_(std::move(scheme)), rotation_(scheme_, weights.dims) {
  const Mamba2Model folded = transformed(weights, scheme_, calibration);
  bool static_scales = false;
  for (std::size_t i = 0; i < kTaps; ++i) {
    static_scales = static_scales || quantizer_at(scheme_, static_cast<Tap>(i)).needs_calibration();
  }
  if (static_scales) {
    require_calibration(scheme_, calibration);
    ranges_ = measure_ranges(folded, scheme_, calibration, false);
  }
  ModelWeights rounded = folded.weights();
  quantize_weights(rounded, scheme_);
  model_ = std::make_unique<const Mamba2Model>(std::move(rounded));
}

std::vector<float> QuantizedModel::forward(std::span<const std::int64_t> tokens, ModelCache& cache,
                                           ResidualTrace* trace) const {
  QuantizingHook hook(scheme_, rotation_, ranges_, trace);
  return model_->forward(tokens, cache, {.chunk = {}, .input_product = scheme_.input_product, .hook = &hook});
}

}  // namespace ssmscope
