// SPDX-License-Identifier: Apache-2.0
// The closed form promises more than the simulation holds, never less, and its resources are exact. The exact
// front stands on that.
#include "explore/space/design_evaluator.h"

#include <gtest/gtest.h>

#include <utility>

#include <random>

#include "explore/search/simulation.h"
#include "explore/space/point_evaluator.h"
#include "models/design/design_fields.h"
#include "models/evaluate/evaluation.h"
#include "models/memory/dram_fields.h"
#include "sim/isolated.h"
#include "sim/simulator.h"
#include "tests/design/perturbed.h"
#include "tests/explore/problems.h"
#include "tests/sim/random_design.h"

namespace statelane {
namespace {

using namespace testing;

const FabricConstants& constants() {
  static const FabricConstants c = [] {
    Diagnostics d;
    return *load_fabric_constants(configs(), "fabric", d);
  }();
  return c;
}

/// A random case on a board that has room for it.
Experiment random_experiment(std::uint64_t seed) {
  const RandomCase c = random_case(seed);
  Experiment e;
  e.design = c.design;
  e.network = c.network;
  e.phase = c.phase;
  e.dram = c.dram;
  e.board.resources = {1'000'000, 2'000'000, 10'000, 2'000, 1'000};
  e.board.memories.push_back({});
  e.board.memories.back().name = e.design.memory.memory;
  e.board.memories.back().channels = c.channels;
  return e;
}

void expect_optimistic(const Figures& bound, const Figures& simulated, const std::string& what) {
  for (const FigureInfo& f : figures()) {
    const double b = get(bound, f.figure);
    const double s = get(simulated, f.figure);
    if (f.exact) {
      EXPECT_EQ(b, s) << f.name << " " << what;
    } else if (f.more_is_better) {
      EXPECT_GE(b, s) << f.name << " " << what;
    } else {
      EXPECT_LE(b, s) << f.name << " " << what;
    }
  }
}

TEST(DesignEvaluator, IsNeverWorseThanTheSimulation) {
  int simulated = 0;
  int refreshed = 0;
  for (std::uint64_t seed = 1; seed <= 150; ++seed) {
    Experiment e = random_experiment(seed);
    if (seed % 3 != 0) {  // refreshes that matter in runs as short as these
      DramTimings& t = e.dram.timings;
      t.refi = Cycles(std::max(3 * t.rfc.count(), t.refi.count() / 10));
      e.dram.energy.refresh = Joules(1e-6);
      e.dram.currents.reset();
    }
    DesignEvaluator closed(constants());
    if (closed.evaluate(e) != Legality::legal) continue;
    const IsolatedResult result = run_isolated([&] { return simulate_to_text(e, constants()); });
    if (!result.value) continue;  // a deadlock is for the tests of the simulator to judge
    const auto run = run_of(*result.value);
    ASSERT_TRUE(run.has_value()) << *result.value;
    expect_optimistic(closed.figures(), closed.simulated(e, *run), "seed " + std::to_string(seed));
    ++simulated;
    Experiment without = e;
    without.dram.controller.refresh = false;
    const double all = get(closed.figures(), Figure::energy);
    DesignEvaluator other(constants());
    if (other.evaluate(without) == Legality::legal && get(other.figures(), Figure::energy) < all) ++refreshed;
  }
  EXPECT_GT(simulated, 30);
  EXPECT_GT(refreshed, 10) << "the bound counts refreshes";
}

/// What an evaluator kept of designs before must not show: not in the last bit of any figure.
void expect_as_if_new(const DesignEvaluator& kept, Legality verdict, const Experiment& e,
                      const std::string& what) {
  DesignEvaluator anew(constants());
  ASSERT_EQ(verdict, anew.evaluate(e)) << what;
  if (verdict != Legality::legal) return;
  ASSERT_EQ(kept.bound().cycles, anew.bound().cycles) << what;
  ASSERT_EQ(kept.figures(), anew.figures()) << what;
  const SimulatedRun run{kept.bound().cycles + Cycles{1000}, Joules(1)};
  ASSERT_EQ(kept.simulated(e, run), anew.simulated(e, run)) << what;
}

TEST(DesignEvaluator, DoesNotDependOnTheWayToADesign) {
  std::mt19937_64 engine(11);
  for (const std::string& name : configs().names("sweeps")) {
    const auto p = shipped_problem(name);
    DesignCursor cursor(p->space());
    DesignEvaluator kept(constants());
    std::uint64_t index = 0;
    for (int step = 0; step < 250; ++step) {
      const std::uint64_t stride = p->space().stride(engine() % p->space().axes().size());
      index = (index + (step % 3 == 0 ? engine() : stride)) % p->space().size();
      if (!cursor.go_to(index)) continue;
      const Legality verdict = kept.evaluate(cursor.experiment());
      expect_as_if_new(kept, verdict, cursor.experiment(), name + " at " + std::to_string(index));
      if (HasFatalFailure()) return;
    }
  }
}

/// Designs that have little in common, illegal ones among them, each followed by neighbours of itself.
TEST(DesignEvaluator, DoesNotDependOnOtherDesigns) {
  DesignEvaluator kept(constants());
  int legal = 0, refused = 0;
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    Experiment e = random_experiment(seed);
    e.board.family = seed % 4 < 2 ? "series7" : "versal";
    for (std::uint64_t step = 0; step < 5; ++step) {
      const Legality verdict = kept.evaluate(e);
      (verdict == Legality::legal ? legal : refused) += 1;
      expect_as_if_new(kept, verdict, e, std::to_string(seed) + " step " + std::to_string(step));
      if (HasFatalFailure()) return;
      Unit& unit = e.design.units[(seed + step) % e.design.units.size()];
      Diagnostics ignored;  // not every kind has every field
      const char* const fields[] = {"/lanes", "/ii", "/latency", "/inputs", "/points"};
      set_field(unit.model().table(), unit.model().parameters(), fields[(seed / 5 + step) % 5],
                JsonValue(std::int64_t{1} << (seed + step) % 6), ignored);
      if (step == 2) e.design.clock = Hertz(e.design.clock.count() * 1.25);
      if (step == 3) e.board.family = "ultrascale_plus";
    }
  }
  EXPECT_GT(legal, 100);
  EXPECT_GT(refused, 10);
}

TEST(DesignEvaluator, BoundsThePublishedDesignsEnergyClosely) {
  Diagnostics d;
  const auto e = load_experiment(configs(), builtin_units(), {"lightmamba-vck190-w4a4-decode-2.7b", {}}, d);
  ASSERT_TRUE(e.has_value()) << d.text();
  DesignEvaluator closed(constants());
  ASSERT_EQ(closed.evaluate(*e), Legality::legal);
  const IsolatedResult result = run_isolated([&] { return simulate_to_text(*e, constants()); });
  ASSERT_TRUE(result.value.has_value()) << result.error;
  const Figures simulated = closed.simulated(*e, *run_of(*result.value));
  expect_optimistic(closed.figures(), simulated, "published");
  EXPECT_GT(get(closed.figures(), Figure::energy), 0.995 * get(simulated, Figure::energy));
}

TEST(DesignEvaluator, AFigureAfterASimulationIsTheSimulatorsOwn) {
  for (const char* name : {"lightmamba-vck190-w4a4-decode-2.7b"}) {
    Diagnostics d;
    const auto e =
        load_experiment(configs(), builtin_units(), {name, {R"(/network={"d_model":2560,"n_layer":2})"}}, d);
    ASSERT_TRUE(e.has_value()) << d.text();
    const Evaluation direct = evaluate(*e, constants(), {.simulator = simulate});
    DesignEvaluator closed(constants());
    ASSERT_EQ(closed.evaluate(*e), Legality::legal);
    const IsolatedResult text = run_isolated([&] { return simulate_to_text(*e, constants()); });
    // This process has simulated already; the child inherits that and must say so.
    EXPECT_FALSE(text.value.has_value());
    Joules dram{0};
    for (const ComponentEnergy& c : direct.energy.components) {
      if (c.name == "dram") dram = c.energy.off_chip;
    }
    const Figures f = closed.simulated(*e, {direct.cycles, dram});
    EXPECT_DOUBLE_EQ(get(f, Figure::throughput), direct.tokens_per_s);
    EXPECT_NEAR(get(f, Figure::energy), direct.energy.joules_per_token().count(), 1e-12);
    EXPECT_NEAR(get(f, Figure::power), direct.energy.power().count(), 1e-9);
    EXPECT_NEAR(get(f, Figure::lut), direct.resources.total.lut, 1e-6);
    EXPECT_EQ(get(f, Figure::dsp), direct.resources.total.dsp);
  }
}

TEST(SimulationKey, IsOneForDesignsThatDifferInResourcesOnly) {
  const auto p = problem_of(sweep_text(
      R"({"name": "mult", "pointer": "/design/units/mmu/multiplier", "values": ["lut", "dsp_packed"]},
         {"name": "rows", "pointer": "/design/schedule/tile_rows", "values": [8, 16]})"));
  PointEvaluator evaluator(*p);
  std::vector<std::string> keys;
  for (std::uint64_t i = 0; i < 4; ++i) {
    ASSERT_EQ(evaluator.evaluate(i), PointEvaluator::Verdict::good);
    keys.push_back(SimulationKeys()(evaluator.cursor().experiment(), evaluator.closed_form().graph()));
  }
  EXPECT_EQ(keys[0], keys[2]);
  EXPECT_EQ(keys[1], keys[3]);
  EXPECT_NE(keys[0], keys[1]);
}

TEST(SimulationKey, IsOfEveryFieldOfPortAndMemory) {
  const auto p = problem_of(sweep_text(mmu_axes));
  PointEvaluator evaluator(*p);
  ASSERT_EQ(evaluator.evaluate(0), PointEvaluator::Verdict::good);
  Experiment e = evaluator.cursor().experiment();
  SimulationKeys keys;
  const auto key = [&] { return keys(e, evaluator.closed_form().graph()); };
  const std::string first = key();
  const auto is_text = [](const std::string& pointer) {
    return pointer.ends_with("/name") || pointer.ends_with("/source") || pointer.ends_with("/device");
  };
  MemoryPort& port = e.design.memory.ports.front();
  for (const auto& [pointer, other] : perturbed(MemoryPort(port))) {
    const MemoryPort kept = std::exchange(port, other);
    EXPECT_EQ(key() == first, is_text(pointer)) << pointer;
    port = kept;
  }
  for (const auto& [pointer, other] : perturbed(DramSpec(e.dram))) {
    const DramSpec kept = std::exchange(e.dram, other);
    EXPECT_EQ(key() == first, is_text(pointer)) << pointer;
    e.dram = kept;
  }
  EXPECT_EQ(key(), first);
}

TEST(SimulationKey, IsOfTheSimulatorToo) {
  const auto p = problem_of(sweep_text(mmu_axes));
  PointEvaluator evaluator(*p);
  ASSERT_EQ(evaluator.evaluate(0), PointEvaluator::Verdict::good);
  const auto key = [&](SimulationKeys keys) {
    return keys(evaluator.cursor().experiment(), evaluator.closed_form().graph());
  };
  EXPECT_EQ(key(SimulationKeys()), key(SimulationKeys(simulator_version())));
  EXPECT_NE(key(SimulationKeys()), key(SimulationKeys("an older one")));
}

TEST(SimulatedRun, TextReadsBack) {
  EXPECT_FALSE(run_of("").has_value());
  EXPECT_FALSE(run_of("12").has_value());
  EXPECT_FALSE(run_of("12 x").has_value());
  EXPECT_FALSE(run_of("12 1.5 ").has_value());
  const auto run = run_of("12 1.5e-3");
  ASSERT_TRUE(run.has_value());
  EXPECT_EQ(run->cycles, Cycles{12});
  EXPECT_EQ(run->dram.count(), 1.5e-3);
}

}  // namespace
}  // namespace statelane
