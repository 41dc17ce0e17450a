// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <optional>

#include "models/evaluate/experiment.h"
#include "models/numerics/integer_model.h"

namespace statelane::hls {

/// Where the numbers of a project come from: a model, random weights, or neither.
struct HlsModelSource {
  const ModelWeights* weights = nullptr;
  CalibrationText text;  ///< for its formats; empty: random tokens
  std::optional<std::uint64_t> seed;
};

/// The formats and tables of a scheme, and the model they were measured on where there is one.
struct HlsModel {
  ModelDims dims;
  IntegerPlan plan;
  IntegerUnits units;
  std::unique_ptr<const IntegerModel> integer;
};

/// Builds the integer-exact model of the source. With neither model nor seed the binary points are those of a
/// small random model of the same widths a head, and nothing is packed.
[[nodiscard]] HlsModel make_hls_model(const Experiment& experiment, const Scheme& scheme,
                                      const HlsModelSource& source);

}  // namespace statelane::hls
