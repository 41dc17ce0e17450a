// SPDX-License-Identifier: Apache-2.0
#include "models/numerics/quantized_model.h"

#include <cmath>

#include "models/numerics/parallel.h"
#include "models/numerics/scheme_hook.h"

namespace statelane {
namespace {

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
    quantize_at(spec(tap), ranges_, tap, layer, data, width);
    if (tap == Tap::kResidual && trace_ != nullptr) {
      trace_->emplace_back(data.begin(), data.end());
      rotation_.restore_residual(trace_->back());
    }
  }

 private:
  const Ranges& ranges_;
  ResidualTrace* trace_;
};

class RecordingHook : public SchemeHook {
 public:
  RecordingHook(const Scheme& scheme, const RotationPlan& rotation, bool all_taps, Ranges& ranges)
      : SchemeHook(scheme, rotation), ranges_(ranges) {
    for (std::size_t i = 0; i < kTaps; ++i) {
      const auto tap = static_cast<Tap>(i);
      if (!all_taps && !spec(tap).needs_calibration()) continue;
      want(tap);
      records_ = true;
    }
  }
  [[nodiscard]] bool records() const { return records_; }

  void at(Tap tap, std::size_t layer, std::span<float> data, std::size_t width) override {
    if (tap == Tap::kNormOut || (tap == Tap::kFinalNormOut && rotation_.online(tap)))
      ranges_.record(Tap::kNormUnrotated, layer, data, width);
    if (tap == Tap::kGatedNormOut) ranges_.record(Tap::kGatedNormUnrotated, layer, data, width);
    rotation_.apply(tap, data, width);
    ranges_.record(tap, layer, data, width);
  }

 private:
  Ranges& ranges_;
  bool records_ = false;
};

void require_calibration(const Scheme& scheme, const CalibrationText& calibration) {
  if (calibration.empty()) throw InputError("scheme \"" + scheme.name + "\" needs calibration text");
}

/// Windows are independent and the largest of them all does not depend on their order, so they share the
/// cores.
Ranges record_ranges(const Mamba2Model& model, const Scheme& scheme, const RotationPlan& rotation,
                     const CalibrationText& calibration, bool all_taps) {
  std::vector<Ranges> parts(calibration.size());
  parallel_for(calibration.size(), [&](std::size_t i) {
    RecordingHook hook(scheme, rotation, all_taps, parts[i]);
    ModelCache cache = model.make_cache();
    (void)model.forward(calibration[i], cache,
                        {.chunk = {}, .input_product = scheme.input_product, .hook = &hook});
  });
  Ranges all;
  for (const Ranges& part : parts) all.merge(part);
  return all;
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

}  // namespace

Mamba2Model QuantizedModel::transformed(const ModelWeights& weights, const Scheme& scheme,
                                        const CalibrationText& calibration) {
  ModelWeights folded = weights;
  if (scheme.smoothquant_alpha > 0.0) smooth_model(folded, scheme, calibration);
  RotationPlan(scheme, weights.dims).fold(folded);
  return Mamba2Model(std::move(folded));
}

Ranges QuantizedModel::measure_ranges(const Mamba2Model& transformed, const Scheme& scheme,
                                      const CalibrationText& calibration, bool all_taps) {
  const RotationPlan rotation(scheme, transformed.dims());
  Ranges none;
  if (!RecordingHook(scheme, rotation, all_taps, none).records()) return none;
  require_calibration(scheme, calibration);
  return record_ranges(transformed, scheme, rotation, calibration, all_taps);
}

QuantizedModel::QuantizedModel(const ModelWeights& weights, Scheme scheme, const CalibrationText& calibration)
    : scheme_(std::move(scheme)), rotation_(scheme_, weights.dims) {
  const Mamba2Model folded = transformed(weights, scheme_, calibration);
  ranges_ = measure_ranges(folded, scheme_, calibration, false);
  ModelWeights rounded = folded.weights();
  quantize_weights(rounded, scheme_);
  model_ = std::make_unique<const Mamba2Model>(std::move(rounded));
}

std::vector<float> QuantizedModel::forward(std::span<const std::int64_t> tokens, ModelCache& cache,
                                           ResidualTrace* trace) const {
  QuantizingHook hook(scheme_, rotation_, ranges_, trace);
  return model_->forward(tokens, cache, {.chunk = {}, .input_product = scheme_.input_product, .hook = &hook});
}

}  // namespace statelane
