// SPDX-License-Identifier: Apache-2.0
// The scheduled graph of a design carries a scheme's integer data: the logits have the bits of the
// integer-exact model.
#include "models/numerics/scheduled/scheduled_run.h"

#include <gtest/gtest.h>

#include <map>
#include <memory>

#include "models/evaluate/experiment.h"
#include "models/evaluate/lowering.h"
#include "models/numerics/float_tiles.h"
#include "models/numerics/integer_tiles.h"
#include "models/numerics/scheduled/head_scheme.h"
#include "tests/numerics/golden_case.h"
#include "tests/numerics/trained_model.h"

namespace statelane {
namespace {

Catalog shipped() {
  return Catalog({std::string(STATELANE_SOURCE_DIR) + "/configs"});
}

Mamba2Shape trained_shape() {
  Diagnostics diagnostics;
  const auto shape = load_network(shipped(), test::data_path("models/tiny-mamba2-en").string(), diagnostics);
  throw_if_errors(diagnostics);
  return shape.value();
}

/// A shipped design; LightMamba's Hadamard stages are made to fit 512 points.
Design shipped_design(const std::string& name) {
  std::vector<std::string> settings{"/design=" + name, "/network=mamba2-2.7b", "/phase/kind=decode"};
  if (name.find("lightmamba") != std::string::npos) {
    settings.insert(settings.end(),
                    {"/design/units/htu_fht/points=128", "/design/units/htu_matrix/within=128",
                     "/design/units/htu_matrix/points=40"});
  }
  Diagnostics diagnostics;
  const auto experiment = load_experiment(
      shipped(), builtin_units(), {"lightmamba-vck190-w4a4-decode-2.7b", std::move(settings)}, diagnostics);
  throw_if_errors(diagnostics);
  return experiment->design;
}

/// A model of the scheme, with the head of `design`.
const IntegerModel& model_of(const std::string& scheme, const Design& design) {
  static std::map<std::string, std::unique_ptr<const IntegerModel>> models;
  const Scheme with_head = scheme_with_head(test::shipped_scheme(scheme), design);
  std::unique_ptr<const IntegerModel>& model = models[scheme + " " + describe(with_head.head_weights)];
  if (!model) {
    model = std::make_unique<const IntegerModel>(test::trained_model(), with_head, test::calibration_text());
  }
  return *model;
}

struct Outcome {
  std::vector<std::vector<float>> logits;
  std::vector<std::int64_t> tokens;
  std::string problem;
};

Outcome run_graph(const Design& design, const Phase& phase, TileExecutor& tiles,
                  std::vector<std::int64_t> tokens, void (*damage)(Graph&) = nullptr) {
  const Mamba2Shape shape = trained_shape();
  Graph graph;
  Outcome outcome;
  outcome.problem = lower(design, shape, phase, graph);
  if (!outcome.problem.empty()) return outcome;
  if (damage != nullptr) damage(graph);
  ScheduledRun run(graph, design, shape, phase, tiles, std::move(tokens));
  outcome.problem = run_untimed(graph, &run).deadlock;
  outcome.logits = run.logits();
  outcome.tokens = run.tokens();
  return outcome;
}

const std::vector<std::int64_t> kPrompt = {65, 110, 100, 32, 116, 104, 101, 32};

TileOptions options_of(const Design& design) {
  return {.hadamard_in_two_stages = design.unit_of(Operator::out_hadamard2) >= 0};
}

void expect_decode(const std::string& design_name, const std::string& scheme) {
  const Design design = shipped_design(design_name);
  const IntegerModel& model = model_of(scheme, design);
  EXPECT_EQ(model.integer_head() != nullptr, design.schedule.lm_head == HeadPlace::fabric);
  IntegerTiles tiles(model, options_of(design));
  const Outcome got = run_graph(design, {PhaseKind::decode, 5, 1}, tiles, {72, 101});
  ASSERT_EQ(got.problem, "");
  auto cache = model.make_cache();
  ASSERT_EQ(got.logits.size(), 5U);
  for (std::size_t i = 0; i < 5; ++i) {
    EXPECT_EQ(got.logits[i], model.forward(std::span(&got.tokens[i], 1), cache)) << "pass " << i;
  }
  for (std::size_t i = 0; i < cache.size(); ++i) EXPECT_EQ(tiles.caches()[i].state, cache[i].state);
}

void expect_prefill(const std::string& design_name, const std::string& scheme) {
  const Design design = shipped_design(design_name);
  const IntegerModel& model = model_of(scheme, design);
  EXPECT_EQ(model.integer_head() != nullptr, design.schedule.lm_head == HeadPlace::fabric);
  IntegerTiles tiles(model, options_of(design));
  const Outcome got =
      run_graph(design, {PhaseKind::prefill, static_cast<std::int64_t>(kPrompt.size()), 1}, tiles, kPrompt);
  ASSERT_EQ(got.problem, "");
  auto cache = model.make_cache();
  const std::vector<float> all = model.forward(kPrompt, cache);
  ASSERT_EQ(got.logits.size(), 1U);
  EXPECT_EQ(got.logits[0], std::vector<float>(all.end() - 256, all.end()));
  for (std::size_t i = 0; i < cache.size(); ++i) EXPECT_EQ(tiles.caches()[i].state, cache[i].state);
}

TEST(ScheduledRun, LightMambaDecodesInIntegers) {
  expect_decode("lightmamba-vck190-w4a4", "lightmamba-w4a4-shift");
}
TEST(ScheduledRun, LightMambaPrefillsInIntegers) {
  expect_prefill("lightmamba-vck190-w4a4", "lightmamba-w4a4-shift");
}
TEST(ScheduledRun, FastMambaDecodesInIntegers) {
  expect_decode("fastmamba-vc709-w8a8", "fastmamba-w8a8");
}
TEST(ScheduledRun, FastMambaPrefillsInIntegers) {
  expect_prefill("fastmamba-vc709-w8a8", "fastmamba-w8a8");
  expect_prefill("fastmamba-vc709-w8a8-token-outer", "fastmamba-w8a8");
}

/// A head on the fabric is in codes of the design's width; where there are none, that is said.
TEST(ScheduledRun, TheHeadsSchemeIsTheDesigns) {
  Design design = shipped_design("lightmamba-u280-w4a4");
  const Scheme scheme = test::shipped_scheme("lightmamba-w8a8-shift");
  EXPECT_EQ(scheme_with_head(scheme, design).head_weights.bits, 4);
  EXPECT_EQ(scheme_with_head(scheme, design).head_activations, scheme.activations);
  design.precision.head_weights = Bits{16};
  EXPECT_THROW((void)scheme_with_head(scheme, design), InputError);
  design.schedule.lm_head = HeadPlace::host;
  EXPECT_EQ(scheme_with_head(scheme, design), scheme);
}

/// The steps of LightMamba's ablation that keep its arithmetic: naive order, no tiling, one Hadamard unit ...
TEST(ScheduledRun, SchedulesOfOneArithmeticAgreeBitForBit) {
  for (const char* design : {"lightmamba-vck190-w4a4-fht", "lightmamba-vck190-w4a4-mmhadamard",
                             "lightmamba-vck190-w4a4-reorder", "lightmamba-u280-w4a4"}) {
    SCOPED_TRACE(design);
    expect_decode(design, "lightmamba-w4a4-shift");
  }
  expect_decode("lightmamba-vck190-w8a8", "lightmamba-w8a8-shift");
}

/// What a broken schedule does is an error, not a wrong number.
TEST(ScheduledRun, ABrokenScheduleIsCaught) {
  const Design design = shipped_design("lightmamba-vck190-w4a4");
  IntegerTiles tiles(model_of("lightmamba-w4a4-shift", design), options_of(design));
  const auto damage = [](Graph& graph) {  // B's channel starts with tiles that were never computed
    for (Channel& channel : graph.channels) {
      if (channel.name == "b_raw" || channel.name == "b" || channel.name == "delta_in") {
        channel.initial += 2;
        channel.capacity += 2;
      }
    }
  };
  EXPECT_THROW((void)run_graph(design, {PhaseKind::decode, 2, 1}, tiles, {72}, damage), ScheduleError);
}

TEST(ScheduledRun, OneSequenceOnly) {
  const Design design = shipped_design("lightmamba-vck190-w4a4");
  IntegerTiles tiles(model_of("lightmamba-w4a4-shift", design));
  const Mamba2Shape shape = trained_shape();
  Graph graph;
  EXPECT_THROW(ScheduledRun(graph, design, shape, {PhaseKind::decode, 1, 2}, tiles, {1}), InputError);
  EXPECT_THROW(ScheduledRun(graph, design, shape, {PhaseKind::prefill, 4, 1}, tiles, {1}), InputError);
}

}  // namespace
}  // namespace statelane
