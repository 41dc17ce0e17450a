// SPDX-License-Identifier: Apache-2.0
#include "models/numerics/integer_model.h"

#include <gtest/gtest.h>

#include <cmath>
#include <map>
#include <memory>

#include "tests/numerics/golden_case.h"
#include "tests/numerics/trained_model.h"

namespace statelane {
namespace {

using test::calibration_text;
using test::held_out_text;
using test::shipped_scheme;
using test::trained_model;

/// Calibrating takes a second or two, so each model is made once.
const IntegerModel& model_of(const std::string& scheme) {
  static std::map<std::string, std::unique_ptr<const IntegerModel>> models;
  std::unique_ptr<const IntegerModel>& model = models[scheme];
  if (!model) {
    model = std::make_unique<const IntegerModel>(trained_model(), shipped_scheme(scheme),
                                                 calibration_text(2, 2048));
  }
  return *model;
}

class Integer : public testing::TestWithParam<const char*> {
 protected:
  Integer() : scheme_(shipped_scheme(GetParam())), model_(model_of(GetParam())) {}
  Scheme scheme_;
  const IntegerModel& model_;
};

/// Decode token by token has the bits of prefill, and runs are repeatable.
TEST_P(Integer, DecodeHasTheBitsOfPrefill) {
  const auto text = held_out_text(1, 100)[0];
  auto whole = model_.make_cache();
  const std::vector<float> wanted = model_.forward(text, whole);
  auto cache = model_.make_cache();
  std::vector<float> steps;
  for (const std::int64_t token : text) {
    const auto row = model_.forward({&token, 1}, cache);
    steps.insert(steps.end(), row.begin(), row.end());
  }
  EXPECT_EQ(steps, wanted);
  for (std::size_t i = 0; i < whole.size(); ++i) EXPECT_EQ(cache[i].state, whole[i].state);
}

/// Counting ranges changes no bit; nothing saturates to speak of on text like the calibration's; and every
/// accumulator that is reported as sufficient is: products of the scheme's widths bound it.
TEST_P(Integer, RangeAnalysis) {
  const auto text = held_out_text(1, 1024)[0];
  auto a = model_.make_cache();
  auto b = model_.make_cache();
  IntegerStats stats;
  EXPECT_EQ(model_.forward(text, a, &stats), model_.forward(text, b));
  for (std::size_t i = 0; i < stats.by_tap.size(); ++i) {
    const AccumulatorStats& s = stats.by_tap[i];
    if (s.narrowed == 0) continue;
    const std::string name(name_of(static_cast<Tap>(i)));
    EXPECT_LE(s.accumulator_bits(), 63) << name;
    EXPECT_LE(static_cast<double>(s.saturated), 1e-4 * static_cast<double>(s.narrowed)) << name;
    EXPECT_EQ(s.saturated > 0, s.output_bits() > model_.plan().tensors[i].width) << name;
  }
  EXPECT_EQ(stats[Tap::kState].narrowed, static_cast<std::int64_t>(text.size() * 4 * 8 * 64 * 64));
}

/// Float arithmetic on the same grids and integer arithmetic err alike: the integer model's distance from the
/// exact model is that of the fake-quantised one to within a tenth, layer by layer (docs/numerics.md lists
/// what differs: ties, floors after products, tables).
TEST_P(Integer, ErrsAsItsFloatForm) {
  const auto text = held_out_text(1, 1024)[0];
  const QuantizedModel fake(trained_model(), scheme_, calibration_text(2, 2048));
  const QuantizedModel exact(trained_model(), Scheme{}, {});
  ResidualTrace exact_trace;
  ResidualTrace fake_trace;
  ResidualTrace integer_trace;
  ModelCache exact_cache = exact.make_cache();
  ModelCache fake_cache = fake.make_cache();
  auto integer_cache = model_.make_cache();
  (void)exact.forward(text, exact_cache, &exact_trace);
  (void)fake.forward(text, fake_cache, &fake_trace);
  (void)model_.forward(text, integer_cache, nullptr, &integer_trace);
  for (std::size_t i = 0; i < 4; ++i) {
    const double of_fake = relative_rms_error(exact_trace[i], fake_trace[i]);
    const double of_integer = relative_rms_error(exact_trace[i], integer_trace[i]);
    EXPECT_NEAR(of_integer / of_fake, 1.0, 0.1) << "layer " << i;
  }
}

INSTANTIATE_TEST_SUITE_P(Schemes, Integer,
                         testing::Values("lightmamba-w4a4-shift", "lightmamba-w8a8-shift", "fastmamba-w8a8"),
                         [](const auto& test_case) {
                           std::string name = test_case.param;
                           std::replace(name.begin(), name.end(), '-', '_');
                           return name;
                         });

/// A head in integers errs as its float form does, and more than the layers alone.
TEST(IntegerHead, ErrsAsItsFloatForm) {
  const auto text = held_out_text(1, 512)[0];
  const QuantizedModel exact(trained_model(), Scheme{}, {});
  ModelCache exact_cache = exact.make_cache();
  const std::vector<float> wanted = exact.forward(text, exact_cache);
  for (const char* name : {"lightmamba-w4a4-shift", "fastmamba-w8a8"}) {
    SCOPED_TRACE(name);
    Scheme scheme = shipped_scheme(name);
    scheme.head_weights = scheme.weights;
    scheme.head_activations = scheme.activations;
    const IntegerModel model(trained_model(), scheme, calibration_text(2, 2048));
    ASSERT_NE(model.integer_head(), nullptr);
    EXPECT_EQ(model_of(name).integer_head(), nullptr);
    const QuantizedModel fake(trained_model(), scheme, calibration_text(2, 2048));
    auto cache = model.make_cache();
    ModelCache fake_cache = fake.make_cache();
    auto float_head_cache = model_of(name).make_cache();
    const double of_integer = relative_rms_error(wanted, model.forward(text, cache));
    const double of_fake = relative_rms_error(wanted, fake.forward(text, fake_cache));
    EXPECT_NEAR(of_integer / of_fake, 1.0, 0.1);
    EXPECT_GT(of_integer, relative_rms_error(wanted, model_of(name).forward(text, float_head_cache)));
    // Some rows alone have the bits of all.
    IntegerToken token(model.dims());
    model.embed(65, token);
    const std::vector<float> all = model.head(token);
    EXPECT_EQ(model.head(token, {40, 57}), std::vector<float>(all.begin() + 40, all.begin() + 57));
  }
}

/// The weights are the scheme's: codes within their bits, and code times scale is the fake-quantised weight
/// exactly.
TEST(IntegerWeights, AreTheFakeQuantisedOnes) {
  const Scheme scheme = shipped_scheme("lightmamba-w4a4-shift");
  const IntegerModel model(trained_model(), scheme, calibration_text());
  std::vector<float> w =
      QuantizedModel::transformed(trained_model(), scheme, {}).weights().layers[1].out_proj;
  fake_quantize_weight(w, 512, scheme.weights);
  const IntegerLinear& linear = model.layer(1).weights().out_proj;
  for (std::size_t r = 0; r < 256; ++r) {
    for (std::size_t c = 0; c < 512; ++c) {
      const int code = linear.raw[r * 512 + c];
      ASSERT_GE(code, -8);
      ASSERT_LE(code, 7);
      const std::size_t group = (r * 4 + c / 128) * 2;
      const int scale = (1 << linear.shifts[group]) + (1 << linear.shifts[group + 1]);
      ASSERT_LE(linear.shifts[group], 7);
      ASSERT_EQ(linear.codes.at(r, c), static_cast<double>(code * scale));
      ASSERT_EQ(static_cast<float>(std::ldexp(linear.codes.at(r, c), -linear.fraction)), w[r * 512 + c]);
    }
  }
}

/// A range analysis that is too optimistic shows: calibrated on one token, the model saturates and says so.
TEST(IntegerModel, SaturationIsReported) {
  const IntegerModel model(trained_model(), shipped_scheme("fastmamba-w8a8"), {{32, 32}});
  auto cache = model.make_cache();
  IntegerStats stats;
  (void)model.forward(held_out_text(1, 300)[0], cache, &stats);
  std::int64_t saturated = 0;
  for (const AccumulatorStats& s : stats.by_tap) saturated += s.saturated;
  EXPECT_GT(saturated, 0);
}

TEST(IntegerModel, SchemesThatDoNotFitAreRefused) {
  const auto text = calibration_text();
  Scheme head = shipped_scheme("fastmamba-w8a8");
  head.head_weights = {.format = ValueFormat::kInt, .bits = 8};
  EXPECT_THROW(IntegerModel(trained_model(), head, text), InputError);  // one scale a row, not one for all
  EXPECT_THROW(IntegerModel(trained_model(), shipped_scheme("rtn-w4a4"), text), InputError);
  EXPECT_THROW(IntegerModel(trained_model(), shipped_scheme("fastmamba-w8a8"), {}), InputError);
  Scheme scheme = shipped_scheme("lightmamba-w4a4-shift");
  scheme.rotation = Rotation::kNone;
  EXPECT_THROW(IntegerModel(trained_model(), scheme, text), InputError);
  scheme = shipped_scheme("lightmamba-w4a4-shift");
  scheme.weights.scale = ScaleKind::kReal;
  EXPECT_THROW(IntegerModel(trained_model(), scheme, text), InputError);
  scheme = shipped_scheme("lightmamba-w4a4-shift");
  scheme.tensors["state"].granularity = Granularity::kTensor;
  EXPECT_THROW(IntegerModel(trained_model(), scheme, text), InputError);
  scheme = shipped_scheme("fastmamba-w8a8");
  scheme.activations.granularity = Granularity::kToken;
  EXPECT_THROW(IntegerModel(trained_model(), scheme, text), InputError);
  scheme = shipped_scheme("fastmamba-w8a8");
  scheme.exponential.form = NonlinearForm::kExact;
  EXPECT_THROW(IntegerModel(trained_model(), scheme, text), InputError);
}

}  // namespace
}  // namespace statelane
