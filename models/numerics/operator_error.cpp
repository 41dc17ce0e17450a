// SPDX-License-Identifier: Apache-2.0
#include "models/numerics/operator_error.h"

#include <cmath>

#include "models/numerics/scheme_hook.h"

namespace statelane {
namespace {

/// Squared error and squared magnitude, summed.
struct Sums {
  double error = 0.0;
  double power = 0.0;
  void add(std::span<const float> wanted, std::span<const float> actual) {
    for (std::size_t i = 0; i < wanted.size(); ++i) {
      const double d = static_cast<double>(actual[i]) - static_cast<double>(wanted[i]);
      error += d * d;
      power += static_cast<double>(wanted[i]) * static_cast<double>(wanted[i]);
    }
  }
  [[nodiscard]] double relative() const { return power > 0.0 ? std::sqrt(error / power) : 0.0; }
};

struct LayerSums {
  Sums input;
  Sums output;
};

class ErrorHook : public SchemeHook {
 public:
  ErrorHook(const Scheme& scheme, const RotationPlan& rotation, const Ranges& ranges,
            const Mamba2Model& exact, const Mamba2Model& rounded)
      : SchemeHook(scheme, rotation),
        ranges_(ranges),
        exact_(exact),
        rounded_(rounded),
        in_(exact.dims().layers),
        out_(exact.dims().layers) {
    want(Tap::kNormOut);
    want(Tap::kGatedNormOut);
  }

  void at(Tap tap, std::size_t layer, std::span<float> data, std::size_t width) override {
    rotation_.apply(tap, data, width);
    const bool in = tap == Tap::kNormOut;
    if (!in && tap != Tap::kGatedNormOut) return;
    LayerSums& sums = (in ? in_ : out_)[layer];
    std::vector<float> quantised(data.begin(), data.end());
    quantize_at(spec(tap), ranges_, tap, layer, quantised, width);
    sums.input.add(data, quantised);
    const PackedMatrix& w = in ? exact_.in_proj(layer) : exact_.out_proj(layer);
    const PackedMatrix& wq = in ? rounded_.in_proj(layer) : rounded_.out_proj(layer);
    const std::size_t tokens = data.size() / width;
    std::vector<float> wanted(tokens * w.rows());
    std::vector<float> actual(tokens * w.rows());
    matmul(w, data, tokens, wanted);
    matmul(wq, quantised, tokens, actual);
    sums.output.add(wanted, actual);
  }

  [[nodiscard]] OperatorErrors result() const {
    OperatorErrors errors;
    for (const LayerSums& s : in_) errors.in_proj.push_back({s.input.relative(), s.output.relative()});
    for (const LayerSums& s : out_) errors.out_proj.push_back({s.input.relative(), s.output.relative()});
    return errors;
  }

 private:
  const Ranges& ranges_;
  const Mamba2Model& exact_;
  const Mamba2Model& rounded_;
  std::vector<LayerSums> in_;
  std::vector<LayerSums> out_;
};

}  // namespace

OperatorErrors measure_operator_errors(const ModelWeights& weights, const Scheme& scheme,
                                       const CalibrationText& calibration, const CalibrationText& windows) {
  const RotationPlan rotation(scheme, weights.dims);
  const Mamba2Model exact = QuantizedModel::transformed(weights, scheme, calibration);
  const Ranges ranges = QuantizedModel::measure_ranges(exact, scheme, calibration, false);
  ModelWeights copy = exact.weights();
  quantize_weights(copy, scheme);
  const Mamba2Model rounded(std::move(copy));
  ErrorHook hook(scheme, rotation, ranges, exact, rounded);
  for (const auto& window : windows) {
    ModelCache cache = exact.make_cache();
    (void)exact.forward(window, cache, {.chunk = {}, .input_product = scheme.input_product, .hook = &hook});
  }
  return hook.result();
}

}  // namespace statelane
