// SPDX-License-Identifier: Apache-2.0
// The scheduled graph of a design carries a scheme's integer data through its channels: logits and states
// have the bits of the integer-exact model.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <map>
#include <memory>

#include "models/blocks/mamba2/head_scheme.h"
#include "models/evaluate/experiment.h"
#include "models/evaluate/lowering.h"
#include "models/functional/functional_model.h"
#include "tests/functional/damage.h"
#include "tests/functional/functional_case.h"
#include "tests/numerics/golden_case.h"
#include "tests/numerics/trained_model.h"
#include "tests/source_folder.h"

namespace statelane {
namespace {

Catalog shipped() {
  return Catalog({source_folder() + "/configs"});
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
  std::vector<functional::PassLogits> logits;
  std::vector<std::vector<std::int64_t>> tokens;  ///< by sequence, as the three below
  std::vector<std::vector<float>> all;
  std::vector<functional::SequenceState> states;
  std::string problem;

  [[nodiscard]] bool operator==(const Outcome& other) const {
    const auto same = [](const functional::LayerState& a, const functional::LayerState& b) {
      return a.history == b.history && a.state == b.state;
    };
    bool equal = all == other.all && logits.size() == other.logits.size();
    for (std::size_t i = 0; equal && i < logits.size(); ++i)
      equal = logits[i].values == other.logits[i].values;
    for (std::size_t q = 0; equal && q < states.size(); ++q)
      equal = std::equal(states[q].begin(), states[q].end(), other.states[q].begin(), same);
    return equal;
  }
};

using Tokens = std::vector<std::vector<std::int64_t>>;

/// Runs a lowered graph with a listener made by `listen`, which hands the firings on.
template <class Listen>
Outcome run_graph(const Graph& graph, const Design& design, const Phase& phase, const IntegerModel& model,
                  const Tokens& tokens, const Listen& listen,
                  const std::vector<std::vector<IntegerCache>>& caches = {}) {
  Outcome outcome;
  FunctionalModel run(graph, design, trained_shape(), phase, model, {tokens, caches});
  try {
    outcome.problem = listen(run);
  } catch (const TileError& e) {
    outcome.problem = e.what();
  }
  if (outcome.problem.empty()) outcome.problem = run.leftovers();
  if (!outcome.problem.empty()) return outcome;
  outcome.logits = run.logits();
  for (std::size_t q = 0; q < tokens.size(); ++q) {
    outcome.tokens.push_back(run.tokens(q));
    outcome.all.push_back(run.all_logits(q));
    outcome.states.push_back(run.state(q));
  }
  return outcome;
}

Outcome run_graph(const Design& design, const Phase& phase, const IntegerModel& model, const Tokens& tokens,
                  void (*damage)(Graph&) = nullptr) {
  Graph graph;
  Outcome outcome;
  outcome.problem = lower(design, trained_shape(), phase, graph);
  if (!outcome.problem.empty()) return outcome;
  if (damage != nullptr) damage(graph);
  return run_graph(graph, design, phase, model, tokens,
                   [&](FunctionalModel& run) { return run_untimed(graph, &run).deadlock; });
}

const std::vector<std::int64_t> kPrompt = {65, 110, 100, 32, 116, 104, 101, 32};

/// The convolution's columns that later tokens need; the oldest is not kept by the hardware.
TileData recent(const ModelDims& m, const TileData& history) {
  return history.slice(m.conv_channels(), history.size() - m.conv_channels());
}

void expect_states(const IntegerModel& model, const functional::SequenceState& got,
                   const std::vector<IntegerCache>& wanted) {
  ASSERT_EQ(got.size(), wanted.size());
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    EXPECT_EQ(got[i].state, TileData(std::span<const std::int32_t>(wanted[i].state))) << "layer " << i;
    EXPECT_EQ(recent(model.dims(), got[i].history),
              recent(model.dims(), TileData(std::span<const std::int32_t>(wanted[i].conv))))
        << "layer " << i;
  }
}

/// Every logit and state of a run against the model's own forward pass on the tokens it was fed.
void expect_bits(const Design& design, const Phase& phase, const std::string& scheme, const Tokens& tokens) {
  const IntegerModel& model = model_of(scheme, design);
  EXPECT_EQ(model.integer_head() != nullptr, design.schedule.lm_head == HeadPlace::fabric);
  const Outcome got = run_graph(design, phase, model, tokens);
  ASSERT_EQ(got.problem, "");
  const auto length = static_cast<std::size_t>(phase.length);
  const std::size_t vocab = model.dims().vocab;
  const bool decode = phase.kind == PhaseKind::decode;
  ASSERT_EQ(got.logits.size(), (decode ? length : 1) * tokens.size());
  for (std::size_t q = 0; q < tokens.size(); ++q) {
    auto cache = model.make_cache();
    const std::vector<float> all = model.forward(std::span(got.tokens[q]).first(length), cache);
    EXPECT_EQ(got.all[q], all) << "sequence " << q;
    for (const functional::PassLogits& l : got.logits) {
      if (l.sequence != q) continue;
      const std::size_t token = decode ? l.pass : length - 1;
      const auto first = all.begin() + static_cast<std::ptrdiff_t>(token * vocab);
      EXPECT_EQ(l.values, std::vector<float>(first, first + static_cast<std::ptrdiff_t>(vocab)))
          << "pass " << l.pass << ", sequence " << q;
    }
    expect_states(model, got.states[q], cache);
  }
}

void expect_decode(const std::string& design, const std::string& scheme) {
  expect_bits(shipped_design(design), {PhaseKind::decode, 5, 1}, scheme, {{72, 101}});
}
void expect_prefill(const std::string& design, const std::string& scheme) {
  expect_bits(shipped_design(design), {PhaseKind::prefill, static_cast<std::int64_t>(kPrompt.size()), 1},
              scheme, {kPrompt});
}

TEST(Integers, LightMambaDecodes) {
  expect_decode("lightmamba-vck190-w4a4", "lightmamba-w4a4-shift");
}
TEST(Integers, LightMambaPrefills) {
  expect_prefill("lightmamba-vck190-w4a4", "lightmamba-w4a4-shift");
}
TEST(Integers, FastMambaDecodes) {
  expect_decode("fastmamba-vc709-w8a8", "fastmamba-w8a8");
}
TEST(Integers, FastMambaPrefills) {
  expect_prefill("fastmamba-vc709-w8a8", "fastmamba-w8a8");
  expect_prefill("fastmamba-vc709-w8a8-token-outer", "fastmamba-w8a8");
}

TEST(Integers, BatchesHaveTheBitsOfTheirSequences) {
  const Tokens prompts{kPrompt, {84, 104, 101, 32, 119, 97, 121, 32}, {1, 2, 3, 4, 5, 6, 7, 8}};
  for (const auto& [name, scheme] : {std::pair("lightmamba-vck190-w4a4", "lightmamba-w4a4-shift"),
                                     std::pair("lightmamba-u280-w4a4", "lightmamba-w4a4-shift"),
                                     std::pair("fastmamba-vc709-w8a8", "fastmamba-w8a8")}) {
    SCOPED_TRACE(name);
    const Design design = shipped_design(name);
    expect_bits(design, {PhaseKind::decode, 3, 2}, scheme, {{72, 101}, {7}});
    Graph graph;
    ASSERT_EQ(lower(design, trained_shape(), {PhaseKind::prefill, 8, 3}, graph), "");
    const Outcome got = run_graph(design, {PhaseKind::prefill, 8, 3}, model_of(scheme, design), prompts);
    ASSERT_EQ(got.problem, "");
    for (std::size_t q = 0; q < prompts.size(); ++q) {
      auto cache = model_of(scheme, design).make_cache();
      EXPECT_EQ(got.all[q], model_of(scheme, design).forward(prompts[q], cache)) << q;
      expect_states(model_of(scheme, design), got.states[q], cache);
    }
  }
}

TEST(Integers, BlocksOfTokensHaveTheBitsOfTheForwardPass) {
  for (const auto& [name, scheme] : {std::pair("lightmamba-vck190-w8a8", "lightmamba-w8a8-shift"),
                                     std::pair("lightmamba-vck190-w4a4", "lightmamba-w4a4-shift"),
                                     std::pair("fastmamba-vc709-w8a8", "fastmamba-w8a8")}) {
    for (const std::int64_t block : {1, 2, 4, 8}) {
      SCOPED_TRACE(std::string(name) + " in blocks of " + std::to_string(block));
      Design design = shipped_design(name);
      design.schedule.token_block = block;
      expect_bits(design, {PhaseKind::prefill, 8, 1}, scheme, {kPrompt});
    }
  }
}

/// Any tiling that keeps the quantisers' blocks whole has the bits of the forward pass.
RC_GTEST_PROP(Integers, AnyTilingHasTheBitsOfTheForwardPass, ()) {
  const bool light = *rc::gen::arbitrary<bool>();
  Design design = shipped_design(light ? "lightmamba-vck190-w4a4" : "fastmamba-vc709-w8a8");
  Schedule& s = design.schedule;
  s.tile_rows = *rc::gen::element<std::int64_t>(8, 16, 32, 64);
  s.tile_states = *rc::gen::element<std::int64_t>(8, 16, 32, 64);
  s.projection_rows = *rc::gen::element<std::int64_t>(8, 16, 64, 256);
  s.order = *rc::gen::element(ProjectionOrder::naive, ProjectionOrder::reordered);
  s.ssm_buffers = *rc::gen::element(SsmBuffers::tile, SsmBuffers::tensor);
  s.state = *rc::gen::element(StatePlace::off_chip, StatePlace::on_chip);
  s.conv_state = *rc::gen::element(StatePlace::off_chip, StatePlace::on_chip);
  const bool decode = s.state == StatePlace::on_chip || *rc::gen::arbitrary<bool>();
  const Phase phase{decode ? PhaseKind::decode : PhaseKind::prefill, 3, 1};
  const IntegerModel& model = model_of(light ? "lightmamba-w4a4-shift" : "fastmamba-w8a8", design);
  const std::vector<std::int64_t> tokens(kPrompt.begin(), kPrompt.begin() + 3);
  const Outcome got = run_graph(design, phase, model, {tokens});
  RC_ASSERT(got.problem == "");
  auto cache = model.make_cache();
  RC_ASSERT(got.all[0] == model.forward(tokens, cache));
  for (std::size_t i = 0; i < cache.size(); ++i)
    RC_ASSERT(got.states[0][i].state == TileData(std::span<const std::int32_t>(cache[i].state)));
}

/// A head on the fabric is in codes of the design's width; where there are none, that is said.
TEST(Integers, TheHeadsSchemeIsTheDesigns) {
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
TEST(Integers, SchedulesOfOneArithmeticAgreeBitForBit) {
  for (const char* design : {"lightmamba-vck190-w4a4-fht", "lightmamba-vck190-w4a4-mmhadamard",
                             "lightmamba-vck190-w4a4-reorder", "lightmamba-u280-w4a4"}) {
    SCOPED_TRACE(design);
    expect_decode(design, "lightmamba-w4a4-shift");
  }
  expect_decode("lightmamba-vck190-w8a8", "lightmamba-w8a8-shift");
}

/// What a broken schedule does is an error, not a wrong number.
TEST(Integers, ABrokenScheduleIsCaught) {
  const Design design = shipped_design("lightmamba-vck190-w4a4");
  const auto damage = [](Graph& graph) {  // B's channel starts with tiles that were never computed
    for (Channel& channel : graph.channels) {
      if (channel.name == "B_raw" || channel.name == "B" || channel.name == "delta_in") {
        channel.initial += 2;
        channel.capacity += 2;
      }
    }
  };
  EXPECT_THROW((void)run_graph(design, {PhaseKind::decode, 2, 1}, model_of("lightmamba-w4a4-shift", design),
                               {{72}}, damage),
               TileError);
}

TEST(Integers, OrderOfPartsInOneActor) {
  const Design design = shipped_design("lightmamba-vck190-w4a4");
  const IntegerModel& model = model_of("lightmamba-w4a4-shift", design);
  const Phase phase{PhaseKind::decode, 2, 1};
  const Outcome whole = run_graph(design, phase, model, {{72, 101}});
  ASSERT_EQ(whole.problem, "");
  const auto expect_seen = [&](void (*damage)(Graph&)) {
    const Outcome got = run_graph(design, phase, model, {{72, 101}}, damage);
    EXPECT_TRUE(!got.problem.empty() || !(got == whole));
  };
  expect_seen([](Graph& g) { test::swap_parts(g, "mmu", Part::x, Part::z); });
  expect_seen([](Graph& g) { test::swap_parts(g, "weight_dma", Part::x, Part::z); });
  expect_seen([](Graph& g) { test::swap_parts(g, "mmu", Part::b, Part::c); });
}

/// Damages in turn, each in a run of its own, every channel that ever holds `needed` tiles.
void expect_damage_seen(const std::string& name, const std::string& scheme, test::Vandal::Hurt hurt,
                        std::int64_t needed) {
  Design design = shipped_design(name);
  design.schedule.tile_rows = design.schedule.tile_states = 32;
  const IntegerModel& model = model_of(scheme, design);
  const Phase phase{PhaseKind::decode, 2, 2};
  const Tokens tokens{{72, 101}, {33, 84}};
  // Texts that go on: with h = 0 at the start, much of what decays it would not matter.
  std::vector<std::vector<IntegerCache>> caches(2, model.make_cache());
  for (std::size_t q = 0; q < 2; ++q) {
    static_cast<void>(model.forward(test::some_tokens(q + 5, 12, model.dims().vocab), caches[q]));
  }
  Graph graph;
  ASSERT_EQ(lower(design, trained_shape(), phase, graph), "");
  std::vector<std::int64_t> peaks;
  const Outcome whole = run_graph(
      graph, design, phase, model, tokens,
      [&](FunctionalModel& run) {
        const UntimedResult result = run_untimed(graph, &run);
        peaks = result.peaks;
        return result.deadlock;
      },
      caches);
  ASSERT_EQ(whole.problem, "");
  for (std::size_t i = 0; i < graph.channels.size(); ++i) {
    const std::string where = name + ": " + std::string(graph.channels[i].name);
    if (peaks[i] < needed || where.ends_with("_order")) continue;  // the last carry no data
    const Outcome got = run_graph(
        graph, design, phase, model, tokens,
        [&](FunctionalModel& run) {
          test::Vandal vandal(run, static_cast<ChannelId>(i), hurt);
          return run_untimed(graph, &vandal).deadlock;
        },
        caches);
    EXPECT_TRUE(!got.problem.empty() || !(got == whole)) << where;
  }
}

TEST(Integers, TilesSwapped) {
  expect_damage_seen("lightmamba-vck190-w4a4", "lightmamba-w4a4-shift", test::swap_two, 2);
  expect_damage_seen("fastmamba-vc709-w8a8", "fastmamba-w8a8", test::swap_two, 2);
}
TEST(Integers, ATileLost) {
  expect_damage_seen("lightmamba-vck190-w4a4", "lightmamba-w4a4-shift", test::lose_one, 1);
  expect_damage_seen("fastmamba-vc709-w8a8", "fastmamba-w8a8", test::lose_one, 1);
}
TEST(Integers, ATileAltered) {
  expect_damage_seen("lightmamba-vck190-w4a4", "lightmamba-w4a4-shift", test::alter_one, 1);
  expect_damage_seen("fastmamba-vc709-w8a8", "fastmamba-w8a8", test::alter_one, 1);
}

TEST(Integers, TilesThatCutABlockAreRefused) {
  Design design = shipped_design("lightmamba-vck190-w4a4");
  design.schedule.tile_rows = 4;
  const IntegerModel& model = model_of("lightmamba-w4a4-shift", design);
  const std::string why = run_graph(design, {PhaseKind::decode, 1, 1}, model, {{72}}).problem;
  EXPECT_NE(why.find("cuts a quantiser's block"), std::string::npos) << why;
}

TEST(Integers, BadInputIsRefused) {
  const Design design = shipped_design("lightmamba-vck190-w4a4");
  const IntegerModel& model = model_of("lightmamba-w4a4-shift", design);
  EXPECT_THROW((void)run_graph(design, {PhaseKind::decode, 1, 2}, model, {{1}}), InputError);
  EXPECT_THROW((void)run_graph(design, {PhaseKind::prefill, 4, 1}, model, {{1}}), InputError);
  EXPECT_THROW((void)run_graph(design, {PhaseKind::decode, 1, 1}, model, {{-1}}), InputError);
  const Design other = shipped_design("fastmamba-vc709-w8a8");
  EXPECT_THROW((void)run_graph(other, {PhaseKind::decode, 1, 1}, model, {{1}}), InputError);
}

}  // namespace
}  // namespace statelane
