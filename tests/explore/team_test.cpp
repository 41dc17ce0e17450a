// SPDX-License-Identifier: Apache-2.0
// Several processes explore as one does, also when some of them die.
#include "explore/workers/team.h"

#include <gtest/gtest.h>

#include <csignal>

#include "explore/search/explorer.h"
#include "explore/workers/forked_workers.h"
#include "explore/workers/wire.h"
#include "explore/workers/worker_messages.h"
#include "models/base/diagnostics.h"
#include "tests/explore/problems.h"

namespace statelane {
namespace {

using namespace testing;

std::unique_ptr<const Problem> small_problem() {
  return problem_of(sweep_text(
      mmu_axes +
      R"(, {"name": "mult", "pointer": "/design/units/mmu/multiplier", "values": ["lut", "dsp_packed"]},
           {"name": "rows", "pointer": "/design/schedule/tile_rows", "values": [16, 64]},
           {"name": "order", "pointer": "/design/schedule/order", "values": ["naive", "reordered"]})"));
}

void expect_equal(const ExploreResult& a, const ExploreResult& b) {
  EXPECT_EQ(a.front, b.front);
  EXPECT_EQ(a.exact, b.exact);
  EXPECT_EQ(a.simulations, b.simulations);
  EXPECT_EQ(a.simulated_points, b.simulated_points);
  EXPECT_EQ(a.counts.points, b.counts.points);
  EXPECT_EQ(a.counts.legal, b.counts.legal);
  EXPECT_EQ(a.counts.refused, b.counts.refused);
  EXPECT_EQ(a.hypervolume, b.hypervolume);
}

TEST(Team, FindsWhatOneProcessFinds) {
  const auto p = small_problem();
  const ExploreResult alone = explore(*p, nullptr, 0, {});
  ASSERT_TRUE(alone.exact);
  for (const std::size_t collect : {std::size_t{2'000'000}, std::size_t{1}}) {
    Team team(std::make_unique<ForkedWorkers>(p.get(), "", 2), p->hash());
    ExploreOptions o;
    o.team = &team;
    o.collect = collect;
    const ExploreResult together = explore(*p, nullptr, 0, o);
    EXPECT_EQ(together.front, alone.front);
    if (collect > 1) expect_equal(together, alone);
    EXPECT_EQ(team.workers(), 2U);
    EXPECT_EQ(team.redone(), 0);
  }
}

TEST(Team, WalksAShardOfALargerSpace) {
  const auto p = shipped_problem("fastmamba-vc709");
  Team team(std::make_unique<ForkedWorkers>(p.get(), "", 3), p->hash());
  Scanner one(*p, 1);
  Scanner many(*p, 1, &team);
  ScanRequest request;
  request.shard = {2, 3};
  request.sample = 50;
  request.collect = 1'000'000;
  const ScanResult a = one.scan(request);
  const ScanResult b = many.scan(request);
  EXPECT_GT(a.counts.legal, 1000U);
  EXPECT_EQ(a.counts.legal, b.counts.legal);
  EXPECT_EQ(a.counts.indices, b.counts.indices);
  EXPECT_EQ(a.front, b.front);
  EXPECT_EQ(a.sample, b.sample);
  EXPECT_EQ(a.kept, b.kept);
  ASSERT_EQ(a.candidates.size(), b.candidates.size());
  for (std::size_t i = 0; i < a.candidates.size(); ++i) {
    EXPECT_EQ(a.candidates[i].contender, b.candidates[i].contender);
    EXPECT_EQ(a.candidates[i].key, b.candidates[i].key);
  }
}

TEST(Team, DoesALostWorkersTasksAgain) {
  const auto p = small_problem();
  const ExploreResult alone = explore(*p, nullptr, 0, {});
  auto workers = std::make_unique<ForkedWorkers>(p.get(), "", 2);
  const pid_t victim = workers->process(0);
  Team team(std::move(workers), p->hash());
  ::kill(victim, SIGSTOP);  // it takes tasks and does not answer
  ExploreOptions o;
  o.team = &team;
  o.progress = [&](const ExploreProgress&) { ::kill(victim, SIGKILL); };
  const ExploreResult together = explore(*p, nullptr, 0, o);
  expect_equal(together, alone);
  EXPECT_EQ(team.workers(), 1U);
  EXPECT_GT(team.redone(), 0);
}

TEST(Team, SaysWhenNobodyIsLeft) {
  const auto p = small_problem();
  auto workers = std::make_unique<ForkedWorkers>(p.get(), "", 1);
  const pid_t victim = workers->process(0);
  Team team(std::move(workers), p->hash());
  ::kill(victim, SIGKILL);
  ExploreOptions o;
  o.team = &team;
  EXPECT_THROW((void)explore(*p, nullptr, 0, o), std::runtime_error);
}

TEST(Team, EndsEarlyAndForgetsWhatIsOut) {
  const auto p = small_problem();
  auto workers = std::make_unique<ForkedWorkers>(p.get(), "", 2);
  const pid_t slow = workers->process(1);
  Team team(std::move(workers), p->hash());
  ExploreOptions o;
  o.team = &team;
  ::kill(slow, SIGSTOP);  // its answers come after the end
  o.stop = [] { return true; };
  const ExploreResult stopped = explore(*p, nullptr, 0, o);
  EXPECT_EQ(stopped.end, ExploreEnd::interrupted);
  EXPECT_FALSE(stopped.exact);
  ::kill(slow, SIGCONT);
  o.stop = {};
  expect_equal(explore(*p, nullptr, 0, o), explore(*p, nullptr, 0, {}));
}

TEST(Team, RefusesWorkersOfAnotherProblem) {
  const auto p = small_problem();
  EXPECT_THROW(Team(std::make_unique<ForkedWorkers>(p.get(), "", 1), "another hash"), InputError);
  EXPECT_THROW(Team(std::make_unique<ForkedWorkers>(nullptr, "no such file", 1), p->hash()), InputError);
}

TEST(ChunkSize, IsAtLeastTenMilliseconds) {
  ChunkSize c(1'000'000);
  EXPECT_EQ(c.items(4, 1'000'000), 1U) << "nothing is known yet";
  c.took(1, 1e-4);
  EXPECT_EQ(c.items(4, 1'000'000), 500U);
  EXPECT_EQ(c.items(4, 120), 100U) << "10 ms, though it leaves the others without";
  ChunkSize slow(10);
  slow.took(1, 3.0);
  EXPECT_EQ(slow.items(2, 10), 1U);
}

TEST(WorkerMessages, ReadBack) {
  SimulationAnswer a;
  a.records = {{SimulatedRun{Cycles(5), Joules(0.25)}, ""}, {std::nullopt, "crashed"}};
  a.seconds = 0.5;
  const SimulationAnswer b = decode_simulations(encode(a));
  ASSERT_EQ(b.records.size(), 2U);
  EXPECT_EQ(b.records[0].run->cycles, Cycles(5));
  EXPECT_EQ(b.records[0].run->dram.count(), 0.25);
  EXPECT_FALSE(b.records[1].run.has_value());
  EXPECT_EQ(b.records[1].error, "crashed");
  const std::string whole = encode(a);
  for (std::size_t n = 0; n < whole.size(); ++n)
    EXPECT_THROW((void)decode_simulations(whole.substr(0, n)), std::runtime_error) << n;
  EXPECT_EQ(decode_simulation_task(encode_simulations({3, 1, 2})), (std::vector<std::uint64_t>{3, 1, 2}));
  EXPECT_THROW((void)decode_scan_task(encode_simulations({})), std::runtime_error);
}

}  // namespace
}  // namespace statelane
