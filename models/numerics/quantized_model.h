// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "models/numerics/mamba2_model.h"
#include "models/numerics/ranges.h"
#include "models/numerics/rotation.h"
#include "models/numerics/scheme.h"

namespace statelane {

/// Token windows a scheme's static scales and smoothing factors are measured on.
using CalibrationText = std::vector<std::vector<std::int64_t>>;

/// Residual stream after each layer, [layer][tokens * d_model], in the unrotated basis.
using ResidualTrace = std::vector<std::vector<float>>;

/// A language model under a scheme in float arithmetic: weights are rounded to the scheme's grid
/// ("fake-quantised"), and so is every tensor the scheme names, between the float operators.
class QuantizedModel {
 public:
  /// Throws InputError if the scheme needs calibration and `calibration` is empty, or does not fit the model.
  QuantizedModel(const ModelWeights& weights, Scheme scheme, const CalibrationText& calibration);

  [[nodiscard]] const ModelDims& dims() const { return model_->dims(); }
  [[nodiscard]] const Scheme& scheme() const { return scheme_; }
  [[nodiscard]] ModelCache make_cache() const { return model_->make_cache(); }
  /// As Mamba2Model::forward; `trace`, if not null, receives the residual stream.
  [[nodiscard]] std::vector<float> forward(std::span<const std::int64_t> tokens, ModelCache& cache,
                                           ResidualTrace* trace = nullptr) const;

  /// The model with rotation and smoothing folded in, before any rounding, and what its tensors reach on the
  /// calibration text (all taps if `all_taps`, else those with static scales): what the integer model is
  /// built from.
  [[nodiscard]] static Mamba2Model transformed(const ModelWeights& weights, const Scheme& scheme,
                                               const CalibrationText& calibration);
  [[nodiscard]] static Ranges measure_ranges(const Mamba2Model& transformed, const Scheme& scheme,
                                             const CalibrationText& calibration, bool all_taps);

 private:
  Scheme scheme_;
  RotationPlan rotation_;
  Ranges ranges_;
  std::unique_ptr<const Mamba2Model> model_;
};

}  // namespace statelane
