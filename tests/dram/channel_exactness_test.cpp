// SPDX-License-Identifier: Apache-2.0
// The timing core against a controller written clock by clock, on random memories, policies and traffic.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "tests/dram/legality_checker.h"
#include "tests/dram/random_traffic.h"
#include "tests/dram/reference_controller.h"

namespace statelane {
namespace {

using test::Scenario;

RC_GTEST_PROP(ChannelExactness, CommandsEqualThoseOfTheClockByClockController, ()) {
  const Scenario s = test::random_scenario(60);
  test::ReferenceController reference(s.spec);
  for (const DramTransaction& t : s.traffic) reference.enqueue(t);
  reference.run();
  const test::RunResult core = test::run_offline(s, true);
  RC_ASSERT(core.completions == reference.completions);
  RC_ASSERT(test::up_to_last_column(core.log) == test::up_to_last_column(reference.log));
  RC_ASSERT(core.stats.row_misses == reference.misses);
}

RC_GTEST_PROP(ChannelExactness, LatenciesEqualThoseOfTheClockByClockController, ()) {
  const Scenario s = test::random_scenario(40);
  test::ReferenceController reference(s.spec);
  for (const DramTransaction& t : s.traffic) reference.enqueue(t);
  reference.run();
  const test::RunResult core = test::run_offline(s, true);
  LatencyHistogram expected;
  for (const std::int64_t l : reference.read_latencies) expected.add(l);
  const LatencyHistogram found = core.stats.read_latency.total();
  RC_ASSERT(found.count() == expected.count());
  RC_ASSERT(found.sum() == expected.sum());
  RC_ASSERT(found.max() == expected.max());
  RC_ASSERT(found.quantile(0.5) == expected.quantile(0.5));
  RC_ASSERT(found.quantile(0.99) == expected.quantile(0.99));
}

RC_GTEST_PROP(ChannelExactness, BatchesChangeNothing, ()) {
  const Scenario s = test::random_scenario(300);
  const test::RunResult batched = test::run_offline(s, true);
  const test::RunResult single = test::run_offline(s, false);
  RC_ASSERT(batched.completions == single.completions);
  RC_ASSERT(test::up_to_last_column(batched.log) == test::up_to_last_column(single.log));
  RC_ASSERT(batched.stats.time == single.stats.time);
  RC_ASSERT(batched.stats.row_misses == single.stats.row_misses);
  RC_ASSERT(batched.stats.read_latency.total().sum() == single.stats.read_latency.total().sum());
  RC_ASSERT(batched.stats.read_latency.preparation.sum() == single.stats.read_latency.preparation.sum());
  RC_ASSERT(batched.stats.read_latency.refresh.sum() == single.stats.read_latency.refresh.sum());
  RC_ASSERT(batched.stats.write_latency.total().sum() == single.stats.write_latency.total().sum());
}

RC_GTEST_PROP(ChannelExactness, EventByEventEqualsAllAtOnce, ()) {
  const Scenario s = test::random_scenario(150);
  const test::RunResult offline = test::run_offline(s, true);
  const test::RunResult events = test::run_by_events(s);
  RC_ASSERT(offline.completions == events.completions);
  RC_ASSERT(offline.stats.time == events.stats.time);
  RC_ASSERT(offline.stats.read_latency.total().sum() == events.stats.read_latency.total().sum());
}

RC_GTEST_PROP(ChannelExactness, NoCommandIsEverEarly, ()) {
  const Scenario s = test::random_scenario(300);
  const test::RunResult run = test::run_offline(s, true);
  const std::vector<std::string> violations = check_legality(s.spec, run.log);
  if (!violations.empty()) RC_FAIL(violations.front());
}

RC_GTEST_PROP(ChannelExactness, EveryClockIsAccountedFor, ()) {
  const Scenario s = test::random_scenario(150);
  const test::RunResult run = test::run_offline(s, true);
  RC_ASSERT(run.stats.time.total() == run.stats.last_data);
  RC_ASSERT(run.stats.time.bus == s.spec.timings.burst * run.stats.bursts());
  const BurstLatency& l = run.stats.read_latency;
  RC_ASSERT(l.disturbed.sum() == l.queueing.sum() + l.preparation.sum() + l.refresh.sum() +
                                     l.disturbed.count() * l.transfer.count());
}

// The checker itself must be able to find something.
TEST(LegalityChecker, FindsEachKindOfViolation) {
  const DramSpec spec = test::preset("ddr4-3200");
  using C = DramCommand;
  const auto at = [](C c, int bank, int row, std::int64_t clock) {
    return CommandRecord{c, bank, row, Cycles(clock)};
  };
  const auto first = [&](const CommandLog& log) {
    const auto v = check_legality(spec, log);
    return v.empty() ? std::string("none") : v.front();
  };
  EXPECT_EQ(first({at(C::activate, 0, 7, 0), at(C::read, 0, 7, 22)}), "none");
  EXPECT_NE(first({at(C::activate, 0, 7, 0), at(C::read, 0, 7, 21)}).find("tRCD"), std::string::npos);
  EXPECT_NE(first({at(C::activate, 0, 7, 0), at(C::read, 0, 8, 30)}).find("row is not open"),
            std::string::npos);
  EXPECT_NE(first({at(C::activate, 0, 7, 0), at(C::activate, 4, 7, 4)}).find("tRRD_L"), std::string::npos);
  EXPECT_NE(first({at(C::activate, 0, 7, 0), at(C::activate, 1, 7, 3)}).find("tRRD_S"), std::string::npos);
  EXPECT_NE(first({at(C::activate, 0, 7, 0), at(C::precharge, 0, -1, 51)}).find("tRAS"), std::string::npos);
  EXPECT_NE(first({at(C::activate, 0, 7, 0), at(C::activate, 1, 7, 8), at(C::activate, 2, 7, 16),
                   at(C::activate, 3, 7, 24), at(C::activate, 4, 7, 33)})
                .find("tFAW"),
            std::string::npos);
  EXPECT_NE(first({at(C::activate, 0, 7, 0), at(C::refresh, -1, -1, 100)}).find("open"), std::string::npos);
  EXPECT_NE(first({at(C::activate, 0, 7, 0), at(C::read, 0, 7, 30), at(C::write, 0, 7, 41)}).find("tRTW"),
            std::string::npos);
  EXPECT_NE(first({at(C::activate, 0, 7, 0), at(C::write, 0, 7, 30), at(C::read, 0, 7, 61)}).find("tWTR_L"),
            std::string::npos);
  EXPECT_NE(first({at(C::refresh, -1, -1, 12480), at(C::activate, 0, 7, 13039)}).find("tRFC"),
            std::string::npos);
  EXPECT_NE(first({at(C::refresh, -1, -1, 9 * 12480 + 1)}).find("9 tREFI"), std::string::npos);
}

}  // namespace
}  // namespace statelane
