// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "models/numerics/quantized_model.h"

namespace statelane::test {

/// The shipped model, loaded once.
const ModelWeights& trained_model();
/// The same function with injected activation outliers.
const ModelWeights& outlier_model();
/// The first `windows` windows of `length` bytes of its calibration or held-out text.
CalibrationText calibration_text(std::size_t windows = 1, std::size_t length = 512);
CalibrationText held_out_text(std::size_t windows, std::size_t length = 2048);
/// configs/schemes/NAME.json.
Scheme shipped_scheme(const std::string& name);

}  // namespace statelane::test
