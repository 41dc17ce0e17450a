// SPDX-License-Identifier: Apache-2.0
// What is broken on purpose must be seen: wrong logits, a wrong state, or an error.
#include <gtest/gtest.h>

#include <cmath>

#include "models/evaluate/lowering.h"
#include "tests/functional/damage.h"
#include "tests/functional/functional_case.h"

namespace statelane {
namespace {

using test::alter_one;
using test::Case;
using test::GoldenCase;
using test::lose_one;
using test::swap_parts;
using test::swap_two;
using test::Vandal;

constexpr double seen = 1e-4;  ///< far above rounding (2e-5 at most), far below what a wrong tile does
constexpr Phase phase{PhaseKind::decode, 3, 2};

const GoldenCase& golden() {
  static const GoldenCase g("golden/tiny64_L8");
  return g;
}

/// Two texts that go on after some tokens: with h = 0 at the start, much of what decays it would not matter.
FunctionalInput texts() {
  const Mamba2Model& model = golden().model;
  FunctionalInput input;
  for (std::size_t q = 0; q < 2; ++q) {
    input.tokens.push_back(test::some_tokens(q, phase.length, model.dims().vocab));
    input.caches.push_back(model.make_cache());
    static_cast<void>(model.forward(test::some_tokens(q + 5, 12, model.dims().vocab), input.caches.back()));
  }
  return input;
}

void expect_seen(const Case& c, const test::Outcome& outcome, const std::string& what) {
  if (!outcome.problem.empty()) return;
  const test::Reference wanted = test::reference_run(golden().model, c, phase, texts());
  EXPECT_GT(test::relative_error(wanted.logits, outcome.logits), seen) << what;
}

TEST(BrokenSchedule, OrderOfPartsInOneActor) {
  const Case light("lightmamba-vck190-w4a4", "tiny64_L8");
  const auto run = [&](const Case& c, void (*damage)(Graph&), const std::string& what) {
    expect_seen(c, test::run_case(c, phase, golden().model, texts(), damage), what);
  };
  run(
      light, [](Graph& g) { swap_parts(g, "mmu", Part::x, Part::z); }, "x and z in the matrix unit");
  run(
      light, [](Graph& g) { swap_parts(g, "weight_dma", Part::x, Part::z); }, "x and z in the weight DMA");
  run(
      light, [](Graph& g) { swap_parts(g, "mmu", Part::b, Part::c); }, "B and C in the matrix unit");
  const Case fast("fastmamba-vc709-w8a8", "tiny64_L8");
  run(
      fast, [](Graph& g) { swap_parts(g, "mat", Part::x, Part::z); }, "x and z in the matrix unit");
  run(
      fast, [](Graph& g) { swap_parts(g, "weight_dma", Part::b, Part::c); }, "B and C in the weight DMA");
}

// The same exchange in everyone's sequence is another legal schedule: weights, matrix unit and what follows
// agree.
TEST(BrokenSchedule, AnOrderAllAgreeOnIsLegal) {
  const Case light("lightmamba-vck190-w4a4", "tiny64_L8");
  const test::Outcome outcome = test::run_case(light, phase, golden().model, texts(), [](Graph& g) {
    swap_parts(g, "mmu", Part::x, Part::z);
    swap_parts(g, "weight_dma", Part::x, Part::z);
  });
  EXPECT_EQ(outcome.problem, "");
  const test::Reference wanted = test::reference_run(golden().model, light, phase, texts());
  EXPECT_LE(test::relative_error(wanted.logits, outcome.logits), 2e-5);
}

/// Damages in turn, each in a run of its own, every channel that ever holds `needed` tiles, and expects it to
/// be seen.
void damage_all(const std::string& design, const std::string& what, Vandal::Hurt hurt, std::int64_t needed,
                void (*change)(Design&) = nullptr) {
  Case c(design, "tiny64_L8");
  c.design.schedule.tile_rows = c.design.schedule.tile_states = 8;
  if (change != nullptr) change(c.design);
  Graph graph;
  ASSERT_EQ(lower(c.design, c.shape, phase, graph), "");
  const test::Reference wanted = test::reference_run(golden().model, c, phase, texts());
  FunctionalModel whole(graph, c.design, c.shape, phase, golden().model, texts());
  const std::vector<std::int64_t> peaks = run_untimed(graph, &whole).peaks;
  for (std::size_t channel = 0; channel < graph.channels.size(); ++channel) {
    const std::string where = design + ": " + what + " in " + std::string(graph.channels[channel].name);
    if (peaks[channel] < needed || where.ends_with("_order")) continue;  // the last carry no data
    FunctionalModel model(graph, c.design, c.shape, phase, golden().model, texts());
    Vandal vandal(model, static_cast<ChannelId>(channel), hurt);
    try {
      EXPECT_EQ(run_untimed(graph, &vandal).deadlock, "");
    } catch (const TileError&) {
      continue;  // seen
    }
    EXPECT_TRUE(vandal.done()) << where;
    if (!model.leftovers().empty()) continue;
    EXPECT_GT(test::relative_error(wanted.logits, model.logits()), seen) << where;
  }
}

void keep_on_chip(Design& design) {
  design.schedule.state = StatePlace::on_chip;
}

TEST(BrokenSchedule, TwoTilesSwapped) {
  damage_all("lightmamba-vck190-w4a4", "tiles swapped", swap_two, 2);
  damage_all("fastmamba-vc709-w8a8", "tiles swapped", swap_two, 2);
  damage_all("lightmamba-u280-w4a4", "tiles swapped", swap_two, 2, keep_on_chip);
}

TEST(BrokenSchedule, ATileLost) {
  damage_all("lightmamba-vck190-w4a4", "tile lost", lose_one, 1);
  damage_all("fastmamba-vc709-w8a8", "tile lost", lose_one, 1);
}

// Every operand comes from the tiles: none can be replaced without changing what comes out.
TEST(BrokenSchedule, ATileAltered) {
  damage_all("lightmamba-vck190-w4a4", "tile altered", alter_one, 1);
  damage_all("fastmamba-vc709-w8a8", "tile altered", alter_one, 1);
  damage_all("lightmamba-u280-w4a4", "tile altered", alter_one, 1, keep_on_chip);
}

// With one layer the next pass's reads are due before this pass's writes: nothing but the order channels hold
// them back.
TEST(BrokenSchedule, ReadsThatOvertakeWrites) {
  const GoldenCase one("golden/tiny64_g2_L64");
  const Case c("lightmamba-vck190-w4a4", "tiny64_g2_L64");
  FunctionalInput input{{test::some_tokens(0, 4, one.model.dims().vocab)}, {}};
  const Phase decode{PhaseKind::decode, 4, 1};
  const test::Reference wanted = test::reference_run(one.model, c, decode, input);
  for (const char* name : {"conv_order", "state_order"}) {
    Graph graph;
    ASSERT_EQ(lower(c.design, c.shape, decode, graph), "");
    for (Channel& channel : graph.channels) {
      if (channel.name == name) channel.initial *= 8, channel.capacity *= 16;
    }
    FunctionalModel model(graph, c.design, c.shape, decode, one.model, input);
    EXPECT_EQ(run_untimed(graph, &model).deadlock, "");
    EXPECT_GT(test::relative_error(wanted.logits, model.logits()), seen) << name;
  }
}

}  // namespace
}  // namespace statelane
