// SPDX-License-Identifier: Apache-2.0
// What the interface of a channel promises, and the reports it gives.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "models/memory/address_map.h"
#include "tests/dram/closed_forms.h"
#include "tests/dram/random_traffic.h"

namespace statelane {
namespace {

TEST(DramChannel, ReportsATransactionOnceItsDataHasPassed) {
  const DramSpec spec = test::preset("ddr4-3200");
  DramChannel channel(spec);
  EXPECT_TRUE(channel.idle());
  EXPECT_EQ(channel.next_event(), std::nullopt);
  channel.enqueue({.id = 42, .address = 4096, .bytes = Bytes(8192), .arrival = Cycles(100)});
  EXPECT_FALSE(channel.idle());
  EXPECT_EQ(channel.waiting_bursts(), 128);
  std::vector<DramCompletion> done;
  // The bound before anything is committed: the data alone.
  ASSERT_TRUE(channel.next_event().has_value());
  const Cycles bound = *channel.next_event();
  const Cycles first = Cycles(100) + latency_closed(spec) - spec.timings.burst;
  const Cycles last = first + spec.timings.burst * 128;
  EXPECT_LE(bound, last);
  channel.advance(last - Cycles(1), done);
  EXPECT_TRUE(done.empty());
  channel.advance(last, done);
  ASSERT_EQ(done.size(), 1U);
  EXPECT_EQ(done[0], (DramCompletion{42, false, first, last}));
  EXPECT_TRUE(channel.idle());
  EXPECT_EQ(channel.committed(), last);
}

TEST(DramChannel, ALateArrivalIsScheduledFromTheCommittedTimeOn) {
  const DramSpec spec = test::preset("ddr4-3200");
  DramChannel channel(spec);
  std::vector<DramCompletion> done;
  channel.advance(Cycles(5000), done);
  channel.enqueue({.id = 1, .address = 0, .arrival = Cycles(10)});
  channel.finish(done);
  ASSERT_EQ(done.size(), 1U);
  EXPECT_EQ(done[0].last_data, Cycles(5000) + latency_closed(spec));
}

TEST(DramChannel, CompletionsOfOneClockComeInOrderOfId) {
  // Two transactions of one burst each in different directions rarely end together; two channels' worth of
  // order is checked by sorting instead: reported order is by (last_data, id).
  const DramSpec spec = test::preset("hbm2");
  DramChannel channel(spec);
  for (std::uint64_t i = 0; i < 2000; ++i) {
    channel.enqueue(
        {.id = 1999 - i, .address = i * 7919 * 32 % (1 << 28), .bytes = Bytes(32), .write = i % 3 == 0});
  }
  std::vector<DramCompletion> done;
  channel.finish(done);
  ASSERT_EQ(done.size(), 2000U);
  for (std::size_t i = 1; i < done.size(); ++i) {
    EXPECT_LT(std::pair(done[i - 1].last_data, done[i - 1].id), std::pair(done[i].last_data, done[i].id));
  }
}

RC_GTEST_PROP(DramChannel, NextEventIsNeverTooLateAndGetsThere, ()) {
  const test::Scenario s = test::random_scenario(60);
  DramChannel channel(s.spec);
  for (const DramTransaction& t : s.traffic) channel.enqueue(t);
  std::vector<DramCompletion> done;
  std::int64_t calls = 0;
  Cycles before(0);
  while (const auto next = channel.next_event()) {
    const std::size_t known = done.size();
    RC_ASSERT(*next >= before);
    before = *next;
    channel.advance(*next, done);
    for (std::size_t i = known; i < done.size(); ++i) RC_ASSERT(done[i].last_data == *next);
    ++calls;
    RC_ASSERT(calls < 100000);
  }
  RC_ASSERT(done.size() == s.traffic.size());
  RC_ASSERT(channel.idle());
}

RC_GTEST_PROP(DramChannel, WhereTimeIsCutDoesNotMatter, ()) {
  const test::Scenario s = test::random_scenario(60);
  const test::RunResult whole = test::run_offline(s, true);
  DramChannel channel(s.spec);
  for (const DramTransaction& t : s.traffic) channel.enqueue(t);
  std::vector<DramCompletion> done;
  while (!channel.idle()) {
    channel.advance(channel.committed() + Cycles(*rc::gen::inRange<std::int64_t>(1, 700)), done);
  }
  RC_ASSERT(done == whole.completions);
  RC_ASSERT(channel.stats().time == whole.stats.time);
}

TEST(DramChannel, AStreamingTransactionNeedsAboutOneEvent) {
  const DramSpec spec = test::preset("ddr4-3200");
  DramChannel channel(spec);
  std::vector<DramCompletion> done;
  std::uint64_t next_id = 0;
  int events = 0;
  const auto refill = [&](Cycles now) {
    while (next_id - done.size() < 4 && next_id < 2000) {
      channel.enqueue({.id = next_id, .address = next_id * 8192, .bytes = Bytes(8192), .arrival = now});
      ++next_id;
    }
  };
  refill(Cycles(0));
  while (const auto next = channel.next_event()) {
    channel.advance(*next, done);
    refill(*next);
    ++events;
  }
  EXPECT_EQ(done.size(), 2000U);
  EXPECT_LT(events, 2600);  // refresh, which cannot be foreseen by the bound, costs the rest
}

TEST(DramChannel, TransfersWrapAtTheCapacity) {
  const DramSpec spec = test::preset("hbm2");
  const auto capacity = static_cast<std::uint64_t>(spec.geometry.capacity().count());
  CommandLog log;
  DramOptions options;
  options.log = &log;
  DramChannel channel(spec, options);
  channel.enqueue({.id = 0, .address = capacity - 32, .bytes = Bytes(64)});
  std::vector<DramCompletion> done;
  channel.finish(done);
  std::vector<std::int32_t> rows;
  for (const CommandRecord& r : log) {
    if (r.command == DramCommand::activate) rows.push_back(r.row);
  }
  std::sort(rows.begin(), rows.end());
  EXPECT_EQ(rows, (std::vector<std::int32_t>{0, static_cast<std::int32_t>(spec.geometry.rows - 1)}));
}

TEST(DramChannel, WritesAreDrainedBetweenTheMarks) {
  DramSpec spec = test::preset("ddr4-3200");
  spec.controller.read_queue = 32;
  CommandLog log;
  DramOptions options;
  options.log = &log;
  DramChannel channel(spec, options);
  for (std::uint64_t i = 0; i < 400; ++i) {
    // Banks of their own for writes, so that only the turnaround separates the two.
    channel.enqueue({.id = i, .address = i * 64});
    channel.enqueue({.id = 1000 + i, .address = (1 << 15) + i * 64, .write = true});
  }
  std::vector<DramCompletion> done;
  channel.finish(done);
  // While both wait, writes come in groups of 26 (more than 80 % of 32) down to 6 (less than 20 %), or longer
  // where new ones keep coming.
  int in_group = 0, shortest = 1000, groups = 0;
  for (const CommandRecord& r : log) {
    if (r.command == DramCommand::write) ++in_group;
    if (r.command == DramCommand::read && in_group > 0) {
      shortest = std::min(shortest, in_group);
      in_group = 0;
      ++groups;
    }
  }
  EXPECT_GE(shortest, 20);
  EXPECT_GE(groups, 1);
  EXPECT_GT(channel.stats().time.turnaround, Cycles(0));
}

TEST(DramChannel, SharesOfTimeNameTheCause) {
  DramSpec spec = test::preset("ddr4-3200");
  const auto use = [&](const char* map, std::uint64_t step, int count, std::int64_t pace) {
    DramSpec s = spec;
    s.controller.map = map;
    DramChannel channel(s);
    for (int i = 0; i < count; ++i) {
      channel.enqueue({.id = static_cast<std::uint64_t>(i),
                       .address = static_cast<std::uint64_t>(i) * step,
                       .arrival = Cycles(i * pace)});
    }
    std::vector<DramCompletion> done;
    channel.finish(done);
    return channel.stats().time;
  };
  // Each line: the largest loss is the one the traffic was made for.
  const DramTimeUse stream = use("vbgo", 64, 50000, 0);
  EXPECT_GT(stream.refresh, stream.total() / 25);
  EXPECT_LT(stream.bank_group + stream.bank_conflict + stream.activate_window, stream.total() / 100);
  const DramTimeUse one_group = use("rbc", 64, 50000, 0);
  EXPECT_GT(one_group.bank_group, one_group.total() / 4);
  const DramTimeUse one_bank = use("rbc", 8192 * 16, 2000, 0);
  EXPECT_GT(one_bank.bank_conflict, one_bank.total() / 2);
  const DramTimeUse rows = use("rbc", 8192, 20000, 0);
  EXPECT_GT(rows.activate_window, rows.total() / 4);
  const DramTimeUse paced = use("vbgo", 64, 2000, 40);
  EXPECT_GT(paced.idle, paced.total() * 4 / 5);
}

TEST(DramChannel, LatencyPartsOfALoneConflictAreThoseOfTheFormula) {
  DramSpec spec = test::preset("ddr4-3200");
  spec.controller.refresh = false;
  const AddressMap map(spec.controller.map, spec.geometry);
  DramChannel channel(spec);
  channel.enqueue({.id = 0, .address = 0});
  channel.enqueue({.id = 1, .address = map.burst_at({0, 1, 0}) * 64, .arrival = Cycles(1000)});
  std::vector<DramCompletion> done;
  channel.finish(done);
  const BurstLatency& l = channel.stats().read_latency;
  EXPECT_EQ(l.transfer, spec.timings.rl + spec.timings.burst);
  EXPECT_EQ(l.preparation.max(), (spec.timings.rp + spec.timings.rcd_read).count());
  EXPECT_EQ(l.queueing.sum(), 0);
  EXPECT_EQ(l.refresh.sum(), 0);
}

TEST(DramChannel, ARefreshInTheWayIsCountedAsRefresh) {
  const DramSpec spec = test::preset("ddr4-3200");
  const DramTimings& t = spec.timings;
  DramChannel channel(spec);
  channel.enqueue({.id = 0, .address = 0, .arrival = t.refi});
  std::vector<DramCompletion> done;
  channel.finish(done);
  EXPECT_EQ(done[0].last_data, t.refi + t.rfc + latency_closed(spec));
  const BurstLatency& l = channel.stats().read_latency;
  EXPECT_EQ(l.refresh.sum(), t.rfc.count());
  EXPECT_EQ(l.preparation.sum(), t.rcd_read.count());
  EXPECT_EQ(channel.stats().refreshes, 1);
}

TEST(DramChannel, RefreshesHappenWhileIdle) {
  const DramSpec spec = test::preset("ddr4-3200");
  DramChannel channel(spec);
  std::vector<DramCompletion> done;
  channel.advance(spec.timings.refi * 1000 + Cycles(1), done);
  EXPECT_EQ(channel.stats().refreshes, 1000);
}

}  // namespace
}  // namespace statelane
