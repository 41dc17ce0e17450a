// SPDX-License-Identifier: Apache-2.0
// The searches: the exact front is brute force's, whatever the number of threads, shards or interruptions.
#include <gtest/gtest.h>

#include <filesystem>

#include "explore/front/front_view.h"
#include "explore/search/explorer.h"
#include "tests/explore/problems.h"

namespace statelane {
namespace {

using namespace testing;

/// Small spaces of different shapes.
const std::vector<std::string>& spaces() {
  static const std::vector<std::string> all = {
      sweep_text(
          mmu_axes +
          R"(, {"name": "mult", "pointer": "/design/units/mmu/multiplier", "values": ["lut", "dsp_packed"]},
          {"name": "order", "pointer": "/design/schedule/order", "values": ["naive", "reordered"]})"),
      sweep_text(
          R"({"name": "lanes", "pointer": "/design/units/h_c/lanes", "pointers": ["/design/units/b_x/lanes"], "values": [4, 8, 16, 32]},
          {"name": "clock", "pointer": "/design/clock", "range": {"from": "200 MHz", "to": "400 MHz", "step": "100 MHz"}},
          {"name": "buffers", "pointer": "/design/schedule/ssm_buffers", "values": ["tile", "tensor"]},
          {"name": "depth", "pointer": "/design/schedule/tile_depth", "values": [1, 4], "when": "buffers.tile"})",
          R"("constraints": ["resources.lut.of_board <= 0.1085", "throughput_tokens_per_s >= 420"])",
          R"([{"figure": "energy_j_per_token", "direction": "min"}, {"figure": "latency_s", "direction": "min"}])"),
      sweep_text(
          mmu_axes +
              R"(, {"name": "rows", "pointer": "/design/schedule/tile_rows", "divisors_of": "network.headdim", "from": 16})",
          R"("constraints": ["mmu_in * mmu_out <= 512"])",
          R"([{"figure": "power_w", "direction": "min"}, {"figure": "throughput_tokens_per_s", "direction": "max"},
                     {"figure": "resources.bram18", "direction": "min"}, {"figure": "resources.dsp", "direction": "min"}])")};
  return all;
}

ExploreResult search(const Problem& p, Strategy strategy, std::size_t jobs = 1, Shard shard = {}) {
  ExploreOptions o;
  o.strategy = strategy;
  o.jobs = jobs;
  o.shard = shard;
  return explore(p, nullptr, 0, o);
}

TEST(ExactSearch, IsBruteForceWithFewerSimulations) {
  for (const std::string& text : spaces()) {
    const auto p = problem_of(text);
    const ExploreResult all = search(*p, Strategy::grid);
    const ExploreResult exact = search(*p, Strategy::exact);
    ASSERT_FALSE(all.front.empty()) << text;
    EXPECT_TRUE(exact.exact);
    EXPECT_EQ(exact.front, all.front) << text;
    EXPECT_LE(exact.simulations, all.simulations);
    EXPECT_EQ(exact.counts.legal, all.counts.legal);
  }
}

TEST(ExactSearch, ProgressRisesToTheHypervolume) {
  for (const std::string& text : spaces()) {
    const auto p = problem_of(text);
    for (const Strategy strategy : {Strategy::exact, Strategy::grid}) {
      const ExploreResult r = search(*p, strategy);
      ASSERT_FALSE(r.progress.empty()) << text;
      for (std::size_t i = 1; i < r.progress.size(); ++i) {
        EXPECT_GT(r.progress[i].simulated, r.progress[i - 1].simulated);
        EXPECT_GE(r.progress[i].hypervolume, r.progress[i - 1].hypervolume - 1e-12);
      }
      EXPECT_GE(r.progress.back().simulated, r.simulated.size());
      EXPECT_NEAR(r.progress.back().hypervolume, r.hypervolume, 1e-12);
    }
  }
}

TEST(ExactSearch, DoesNotDependOnThreadsOrMemory) {
  const auto p = problem_of(spaces()[1]);
  const ExploreResult one = search(*p, Strategy::exact, 1);
  const ExploreResult three = search(*p, Strategy::exact, 3);
  EXPECT_EQ(one.front, three.front);
  EXPECT_EQ(one.simulations, three.simulations);
  EXPECT_EQ(one.simulated_points, three.simulated_points);
  ExploreOptions o;
  o.collect = 1;  // as if the candidates did not fit
  const ExploreResult narrow = explore(*p, nullptr, 0, o);
  EXPECT_TRUE(narrow.exact);
  EXPECT_EQ(one.front, narrow.front);
  EXPECT_LE(narrow.simulations, 2 * one.simulations + 16) << "it may simulate more, to scan less often";
  o.jobs = 3;
  EXPECT_EQ(explore(*p, nullptr, 0, o).simulations, narrow.simulations);
}

TEST(ExactSearch, RefutesWhatIsFarFromTheFront) {
  // Designs with useless lanes cost more and run no faster: their optimistic vectors are beaten at once.
  const auto p = problem_of(sweep_text(
      R"({"name": "residual", "pointer": "/design/units/residual/lanes", "values": [8, 16, 32, 64, 128, 256]},
         {"name": "rows", "pointer": "/design/schedule/tile_rows", "values": [8, 64]})",
      "",
      R"([{"figure": "resources.lut", "direction": "min"}, {"figure": "resources.bram18", "direction": "min"}])"));
  const ExploreResult r = search(*p, Strategy::exact);
  EXPECT_TRUE(r.exact);
  EXPECT_EQ(r.counts.legal, 12U);
  EXPECT_LT(r.simulated_points, 12);
}

TEST(ExactSearch, ABudgetThatEndsFirstLeavesAnHonestGap) {
  SweepFile file;
  Diagnostics d;
  file = *sweep_of(spaces()[0], d);
  file.sweep.budget.simulations = 2;
  const auto p = Problem::load(configs(), builtin_units(), file, d);
  ASSERT_NE(p, nullptr) << d.text();
  const ExploreResult r = search(*p, Strategy::exact);
  EXPECT_FALSE(r.exact);
  EXPECT_EQ(r.end, RunState::budget);
  EXPECT_EQ(r.simulations, 2);
  EXPECT_GT(r.open, 0U);
  EXPECT_GE(r.open_hypervolume, 0);
}

TEST(ExactSearch, ShardsTogetherAreTheWhole) {
  const auto p = problem_of(spaces()[0]);
  const std::string folder = ::testing::TempDir() + "shards_" + std::to_string(::getpid());
  std::filesystem::remove_all(folder);
  std::filesystem::create_directories(folder);
  const auto run = [&](const std::string& name, Shard shard) {
    Store store(folder + "/" + name, Store::Mode::write);
    RunRecord r;
    r.sweep = "s";
    r.hash = p->hash();
    r.strategy = "exact";
    r.objectives = objectives_text(p->sweep().objectives);
    r.document = to_text(to_json(p->sweep()), -1);
    r.shard = shard.number;
    r.shards = shard.shards;
    store.begin();
    const std::int64_t id = store.add_run(r);
    store.commit();
    ExploreOptions o;
    o.shard = shard;
    (void)explore(*p, &store, id, o);
  };
  run("whole.db", {});
  run("a.db", {1, 2});
  run("b.db", {2, 2});
  Store merged(folder + "/merged.db", Store::Mode::write);
  merged.merge(folder + "/b.db");
  EXPECT_FALSE(view_front(merged, {}).exact) << "a shard is missing";
  merged.merge(folder + "/a.db");
  Store whole(folder + "/whole.db", Store::Mode::read);
  const FrontView together = view_front(merged, {});
  EXPECT_TRUE(together.exact);
  EXPECT_EQ(front_csv(together), front_csv(view_front(whole, {})));
  std::filesystem::remove_all(folder);
}

TEST(Shards, PartTheSpace) {
  for (const std::uint64_t size : {1ULL, 4095ULL, 4096ULL, 4097ULL, 100000ULL}) {
    for (const std::int64_t n : {1, 2, 3, 7}) {
      std::uint64_t sum = 0;
      for (std::int64_t i = 1; i <= n; ++i) sum += shard_size(size, {i, n});
      EXPECT_EQ(sum, size);
    }
  }
}

TEST(RandomSearch, IsTheSeeds) {
  SweepFile file;
  Diagnostics d;
  file = *sweep_of(spaces()[0], d);
  file.sweep.budget.points = 10;
  const auto p = Problem::load(configs(), builtin_units(), file, d);
  const ExploreResult a = search(*p, Strategy::random);
  const ExploreResult b = search(*p, Strategy::random, 2);
  EXPECT_EQ(a.simulated_points, 10);
  EXPECT_EQ(a.front, b.front);
  EXPECT_FALSE(a.exact);
}

TEST(Nsga2, FindsMostOfTheFrontAndObeysTheConstraints) {
  SweepFile file;
  Diagnostics d;
  file = *sweep_of(spaces()[2], d);
  file.sweep.budget.population = 12;
  file.sweep.budget.generations = 8;
  const auto p = Problem::load(configs(), builtin_units(), file, d);
  const ExploreResult exact = search(*p, Strategy::exact);
  const ExploreResult found = search(*p, Strategy::nsga2);
  const ExploreResult again = search(*p, Strategy::nsga2, 2);
  EXPECT_EQ(found.front, again.front);
  EXPECT_LE(found.counts.points, exact.counts.points) << "each design is counted once";
  std::vector<Contender> both = exact.simulated;
  both.insert(both.end(), found.simulated.begin(), found.simulated.end());
  const std::size_t n = p->sweep().objectives.size();
  const Extent box = extent_of(both, n);
  const double best = relative_hypervolume(exact.front, box, n);
  const double reached = relative_hypervolume(found.front, box, n);
  EXPECT_LE(reached, best + 1e-12);
  EXPECT_GT(reached, 0.9 * best);
  PointEvaluator e(*p);
  for (const Contender& c : found.front) EXPECT_EQ(e.evaluate(c.index), PointEvaluator::Verdict::good);
}

}  // namespace
}  // namespace statelane
