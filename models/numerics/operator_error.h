// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <vector>

#include "models/numerics/quantized_model.h"

namespace statelane {

/// Relative RMS error that a scheme's rounding makes in one linear layer fed with exact inputs.
struct LinearError {
  double input = 0.0;   ///< of the layer's input, after rotation and smoothing
  double output = 0.0;  ///< of the product of rounded weights and rounded inputs
};

/// By model layer.
struct OperatorErrors {
  std::vector<LinearError> in_proj;
  std::vector<LinearError> out_proj;
};

/// Errors over some token windows; every operator but the one looked at is exact, so that errors do not add
/// up along the model. Throws as QuantizedModel's constructor.
[[nodiscard]] OperatorErrors measure_operator_errors(const ModelWeights& weights, const Scheme& scheme,
                                                     const CalibrationText& calibration,
                                                     const CalibrationText& windows);

}  // namespace statelane
