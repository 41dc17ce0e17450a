// SPDX-License-Identifier: Apache-2.0
#include "models/numerics/quantized_model.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "models/numerics/operator_error.h"
#include "tests/numerics/golden_case.h"
#include "tests/numerics/trained_model.h"

namespace statelane {
namespace {

using test::calibration_text;
using test::held_out_text;
using test::outlier_model;
using test::shipped_scheme;
using test::trained_model;

std::vector<float> logits_of(const QuantizedModel& model, const std::vector<std::int64_t>& tokens) {
  ModelCache cache = model.make_cache();
  return model.forward(tokens, cache);
}

double largest_difference(std::span<const float> a, std::span<const float> b) {
  double worst = 0.0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    worst = std::max(worst, std::abs(static_cast<double>(a[i]) - static_cast<double>(b[i])));
  }
  return worst;
}

TEST(QuantizedModel, TheEmptySchemeIsTheReference) {
  const auto text = held_out_text(1, 200)[0];
  const Mamba2Model reference(trained_model());
  ModelCache cache = reference.make_cache();
  EXPECT_EQ(logits_of(QuantizedModel(trained_model(), shipped_scheme("fp32"), {}), text),
            reference.forward(text, cache));
}

/// Rotations and smoothing alone change nothing but the rounding of float: 20 times the reference's own
/// error, as the tolerance of this model's logits says (3.8e-4).
TEST(QuantizedModel, FoldedTransformationsKeepTheFunction) {
  const test::GoldenCase golden("models/tiny-mamba2-en");
  const double tolerance = golden.tolerance.at("prefill.logits");
  const auto text = held_out_text(1, 200)[0];
  for (const ModelWeights* weights : {&trained_model(), &outlier_model()}) {
    const std::vector<float> wanted = logits_of(QuantizedModel(*weights, Scheme{}, {}), text);
    for (const Rotation rotation : {Rotation::kLightMamba, Rotation::kFastMamba}) {
      for (const double alpha : {0.0, 0.5}) {
        for (const InputProduct product : {InputProduct::kDtB, InputProduct::kDtX}) {
          Scheme scheme;
          scheme.rotation = rotation;
          scheme.smoothquant_alpha = alpha;
          scheme.input_product = product;
          const QuantizedModel model(*weights, scheme, calibration_text());
          EXPECT_LE(largest_difference(logits_of(model, text), wanted), tolerance)
              << static_cast<int>(rotation) << " " << alpha;
        }
      }
    }
  }
}

/// The rotation also restores the residual stream to the unrotated basis.
TEST(QuantizedModel, TracesAreInTheUnrotatedBasis) {
  const auto text = held_out_text(1, 100)[0];
  Scheme rotated;
  rotated.rotation = Rotation::kLightMamba;
  ResidualTrace plain;
  ResidualTrace turned;
  const QuantizedModel a(trained_model(), Scheme{}, {});
  const QuantizedModel b(trained_model(), rotated, {});
  ModelCache cache_a = a.make_cache();
  ModelCache cache_b = b.make_cache();
  (void)a.forward(text, cache_a, &plain);
  (void)b.forward(text, cache_b, &turned);
  ASSERT_EQ(plain.size(), 4U);
  for (std::size_t i = 0; i < 4; ++i) EXPECT_LT(relative_rms_error(plain[i], turned[i]), 1e-5);
}

/// Quantised decode token by token has the bits of prefill: no scale looks into the future.
TEST(QuantizedModel, SchemesAreCausal) {
  const auto text = held_out_text(1, 40)[0];
  for (const char* name :
       {"fp16", "smoothquant-w4a4", "lightmamba-w4a4-ssm", "lightmamba-w4a4-shift", "fastmamba-w8a8"}) {
    const QuantizedModel model(trained_model(), shipped_scheme(name), calibration_text());
    ModelCache cache = model.make_cache();
    std::vector<float> steps;
    for (const std::int64_t token : text) {
      const auto row = model.forward({&token, 1}, cache);
      steps.insert(steps.end(), row.begin(), row.end());
    }
    EXPECT_EQ(steps, logits_of(model, text)) << name;
  }
}

TEST(QuantizedModel, StaticScalesNeedCalibrationText) {
  for (const char* name : {"fastmamba-lq-w8a8", "smoothquant-w8a8"}) {
    EXPECT_THROW(QuantizedModel(trained_model(), shipped_scheme(name), {}), InputError) << name;
  }
  EXPECT_NO_THROW(QuantizedModel(trained_model(), shipped_scheme("lightmamba-w4a4-ssm"), {}));
}

TEST(QuantizedModel, SizesWithoutAHadamardMatrixAreRefused) {
  ModelDims dims;
  dims.d_model = 44;
  dims.d_inner = 88;
  EXPECT_THROW(RotationPlan(Rotation::kLightMamba, dims), InputError);
  EXPECT_NO_THROW(RotationPlan(Rotation::kFastMamba, dims));
}

/// LightMamba's claim at the operator: at 4 bits in groups of 128 the rotated input of out_proj is rounded
/// with clearly less error than by RTN or after SmoothQuant. "Clearly" is taken as a quarter less, in every
/// layer.
TEST(OperatorError, RotationLowersTheErrorOfOutProjAtFourBits) {
  const auto text = held_out_text(2, 1024);
  const auto errors = [&](const char* name) {
    return measure_operator_errors(trained_model(), shipped_scheme(name), calibration_text(), text);
  };
  const OperatorErrors rtn = errors("rtn-w4a4");
  const OperatorErrors smooth = errors("smoothquant-w4a4");
  const OperatorErrors rotated = errors("lightmamba-w4a4");
  for (std::size_t i = 0; i < 4; ++i) {
    EXPECT_LT(rotated.out_proj[i].input, 0.75 * rtn.out_proj[i].input) << i;
    EXPECT_LT(rotated.out_proj[i].input, 0.75 * smooth.out_proj[i].input) << i;
    EXPECT_LT(rotated.out_proj[i].output, rtn.out_proj[i].output) << i;
    EXPECT_LT(rotated.out_proj[i].output, smooth.out_proj[i].output) << i;
  }
  const OperatorErrors exact = errors("fp32");
  EXPECT_EQ(exact.out_proj[0].input, 0.0);
  EXPECT_EQ(exact.in_proj[3].output, 0.0);
}

}  // namespace
}  // namespace statelane
