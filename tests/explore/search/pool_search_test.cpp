// SPDX-License-Identifier: Apache-2.0
// Several processes explore as one does, also when some of them die.
#include <gtest/gtest.h>

#include <csignal>

#include "explore/search/explorer.h"
#include "explore/search/search_worker.h"
#include "explore/workers/forked_workers.h"
#include "explore/workers/worker_pool.h"
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

TEST(SearchByAPool, FindsWhatOneProcessFinds) {
  const auto p = small_problem();
  const ExploreResult alone = explore(*p, nullptr, 0, {});
  ASSERT_TRUE(alone.exact);
  for (const std::size_t collect : {std::size_t{2'000'000}, std::size_t{1}}) {
    WorkerPool pool(std::make_unique<ForkedWorkers>(search_worker(p.get(), ""), 2), p->hash());
    ExploreOptions o;
    o.pool = &pool;
    o.collect = collect;
    const ExploreResult together = explore(*p, nullptr, 0, o);
    EXPECT_EQ(together.front, alone.front);
    if (collect > 1) expect_equal(together, alone);
    EXPECT_EQ(pool.workers(), 2U);
    EXPECT_EQ(pool.redone(), 0);
  }
}

TEST(SearchByAPool, ScansAShardOfALargerSpace) {
  const auto p = shipped_problem("fastmamba-vc709");
  WorkerPool pool(std::make_unique<ForkedWorkers>(search_worker(p.get(), ""), 3), p->hash());
  Scanner one(*p, 1);
  Scanner many(*p, 1, &pool);
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

TEST(SearchByAPool, DoesALostWorkersTasksAgain) {
  const auto p = small_problem();
  const ExploreResult alone = explore(*p, nullptr, 0, {});
  auto workers = std::make_unique<ForkedWorkers>(search_worker(p.get(), ""), 2);
  const pid_t victim = workers->process(0);
  WorkerPool pool(std::move(workers), p->hash());
  ::kill(victim, SIGSTOP);  // it takes tasks and does not answer
  ExploreOptions o;
  o.pool = &pool;
  o.progress = [&](const ExploreProgress&) { ::kill(victim, SIGKILL); };
  const ExploreResult together = explore(*p, nullptr, 0, o);
  expect_equal(together, alone);
  EXPECT_EQ(pool.workers(), 1U);
  EXPECT_GT(pool.redone(), 0);
}

TEST(SearchByAPool, SaysWhenNobodyIsLeft) {
  const auto p = small_problem();
  auto workers = std::make_unique<ForkedWorkers>(search_worker(p.get(), ""), 1);
  const pid_t victim = workers->process(0);
  WorkerPool pool(std::move(workers), p->hash());
  ::kill(victim, SIGKILL);
  ExploreOptions o;
  o.pool = &pool;
  EXPECT_THROW((void)explore(*p, nullptr, 0, o), std::runtime_error);
}

TEST(SearchByAPool, EndsEarlyAndForgetsWhatIsOut) {
  const auto p = small_problem();
  auto workers = std::make_unique<ForkedWorkers>(search_worker(p.get(), ""), 2);
  const pid_t slow = workers->process(1);
  WorkerPool pool(std::move(workers), p->hash());
  ExploreOptions o;
  o.pool = &pool;
  ::kill(slow, SIGSTOP);  // its answers come after the end
  o.stop = [] { return true; };
  const ExploreResult stopped = explore(*p, nullptr, 0, o);
  EXPECT_EQ(stopped.end, RunState::interrupted);
  EXPECT_FALSE(stopped.exact);
  ::kill(slow, SIGCONT);
  o.stop = {};
  expect_equal(explore(*p, nullptr, 0, o), explore(*p, nullptr, 0, {}));
}

TEST(SearchByAPool, RefusesWorkersOfAnotherProblem) {
  const auto p = small_problem();
  EXPECT_THROW(WorkerPool(std::make_unique<ForkedWorkers>(search_worker(p.get(), ""), 1), "another hash"),
               InputError);
  EXPECT_THROW(
      WorkerPool(std::make_unique<ForkedWorkers>(search_worker(nullptr, "no such file"), 1), p->hash()),
      InputError);
}

}  // namespace
}  // namespace statelane
