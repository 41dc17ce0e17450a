// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <cstdio>

#include "models/memory/address_map.h"
#include "models/memory/dram_energy.h"
#include "models/memory/dram_fields.h"
#include "tests/dram/closed_forms.h"
#include "tests/dram/random_traffic.h"

namespace statelane {
namespace {

/// Reads a long run of consecutive addresses; the share of peak.
double streamed_share(const DramSpec& spec, std::int64_t refreshes) {
  DramChannel channel(spec);
  const std::int64_t bursts = refreshes * spec.timings.refi.count() / spec.timings.burst.count();
  DramTransaction t;
  t.bytes = spec.geometry.burst * bursts;
  channel.enqueue(t);
  std::vector<DramCompletion> done;
  const Cycles end = channel.finish(done);
  return static_cast<double>((spec.timings.burst * bursts).count()) / static_cast<double>(end.count());
}

/// Latency of one read that arrives at `clock`, after another one to `before` if that is given.
Cycles lone_latency(DramSpec spec, std::uint64_t address, std::optional<std::uint64_t> before) {
  spec.controller.refresh = false;
  DramChannel channel(spec);
  if (before) channel.enqueue({.id = 0, .address = *before, .bytes = spec.geometry.burst});
  const Cycles arrival(2000);
  channel.enqueue({.id = 1, .address = address, .bytes = spec.geometry.burst, .arrival = arrival});
  std::vector<DramCompletion> done;
  channel.finish(done);
  return done.back().last_data - arrival;
}

class Presets : public testing::TestWithParam<std::string> {};

TEST_P(Presets, PeakIsThatOfItsName) {
  const DramSpec spec = test::preset(GetParam());
  struct Expected {
    const char* name;
    double gb_s;
  };
  // Transfers a second times the width of the data bus: 1866 MT/s * 8 B ...
  const Expected expected[] = {{"ddr3-1866", 1.866 * 8},   {"ddr4-2400", 2.4 * 8},     {"ddr4-3200", 3.2 * 8},
                               {"lpddr4-3733", 3.733 * 2}, {"lpddr4-4266", 4.266 * 2}, {"hbm2", 1.8 * 8},
                               {"hbm2e", 3.2 * 8}};
  bool found = false;
  for (const Expected& e : expected) {
    if (GetParam() != e.name) continue;
    found = true;
    // tCK is given in picoseconds, so the rate is met to within 0.1 %.
    EXPECT_NEAR(spec.peak().count() / 1e9, e.gb_s, 1e-3 * e.gb_s);
  }
  EXPECT_TRUE(found);
}

TEST_P(Presets, StreamReachesItsRefreshLimit) {
  DramSpec spec = test::preset(GetParam());
  const double share = streamed_share(spec, 200);
  const double limit = stream_share(spec);
  std::printf("%-12s map %-6s stream %.4f of peak, closed form %.4f\n", GetParam().c_str(),
              spec.controller.map.c_str(), share, limit);
  const bool long_commands = spec.commands.activate > Cycles(2);
  // The command bus of LPDDR4 costs a little more; elsewhere the closed form is met to a thousandth.
  EXPECT_LT(share, bandwidth_bound(spec));
  EXPECT_GT(share, limit * (long_commands ? 0.985 : 0.998));
  EXPECT_LT(share, limit * 1.002);
}

TEST_P(Presets, UnloadedLatenciesFollowTheFormula) {
  const DramSpec spec = test::preset(GetParam());
  const AddressMap map(spec.controller.map, spec.geometry);
  const auto address = [&](std::int32_t bank, std::int32_t row, std::int32_t column) {
    return map.burst_at({bank, row, column}) * static_cast<std::uint64_t>(spec.geometry.burst.count());
  };
  EXPECT_EQ(lone_latency(spec, address(0, 5, 3), std::nullopt), latency_closed(spec));
  EXPECT_EQ(lone_latency(spec, address(0, 5, 3), address(0, 5, 9)), latency_hit(spec));
  EXPECT_EQ(lone_latency(spec, address(0, 5, 3), address(1, 5, 9)), latency_closed(spec));
  EXPECT_EQ(lone_latency(spec, address(0, 5, 3), address(0, 6, 3)), latency_conflict(spec));
  // Written out, so that a mistake in the closed forms does not hide one in the core.
  const DramTimings& t = spec.timings;
  const Cycles data = t.rl + t.dqsck + t.burst;
  const Cycles last(spec.commands.column.count() - 1), act(spec.commands.activate.count() - 1),
      pre(spec.commands.precharge.count() - 1);
  EXPECT_EQ(latency_hit(spec), last + data);
  EXPECT_EQ(latency_closed(spec), act + t.rcd_read + data);
  EXPECT_EQ(latency_conflict(spec), pre + t.rp + t.rcd_read + data);
}

TEST_P(Presets, EnergyOfAStreamIsPlausible) {
  const DramSpec spec = test::preset(GetParam());
  const DramEnergy e = energy_of(spec);
  const double pj = stream_energy_per_bit(spec, stream_share(spec)).count() * 1e12;
  std::printf("%-12s %.2f pJ/bit: ACT+PRE %.2f nJ, RD %.2f nJ, WR %.2f nJ, REF %.1f nJ, standby %.3f W\n",
              GetParam().c_str(), pj, e.activate.count() * 1e9, e.read.count() * 1e9, e.write.count() * 1e9,
              e.refresh.count() * 1e9, e.background.count());
  EXPECT_FALSE(e.source.empty());
  EXPECT_GT(e.activate.count(), 0);
  EXPECT_GT(e.read.count(), 0);
  EXPECT_GT(e.background.count(), 0);
  EXPECT_GT(pj, 1.0);
  EXPECT_LT(pj, 50.0);
}

TEST_P(Presets, RoundTripThroughJson) {
  const DramSpec spec = test::preset(GetParam());
  Diagnostics diagnostics;
  DramSpec again;
  EXPECT_TRUE(read(to_json(spec), again, diagnostics) || spec.currents) << diagnostics.text();
  EXPECT_EQ(again.timings, spec.timings);
  EXPECT_EQ(again.geometry, spec.geometry);
}

INSTANTIATE_TEST_SUITE_P(All, Presets, testing::ValuesIn(test::preset_names()));

// AMD PG313 gives 95 % of peak for linear reads with the default map, and 54 % with a row in one bank group.
// The first needs no fit; the second fixes the depth of the controller's read queue (32 entries would give 62
// %).
TEST(DdrMaps, LinearReadsOnVersal) {
  DramSpec spec = test::preset("ddr4-3200");
  EXPECT_EQ(spec.controller.map, "vbgo");
  EXPECT_NEAR(streamed_share(spec, 50), 0.95, 0.005);
  spec.controller.map = "rbc";
  EXPECT_NEAR(streamed_share(spec, 50), 0.54, 0.005);
  EXPECT_GT(streamed_share(spec, 50), stream_share(spec));
  spec.controller.read_queue = 32;
  EXPECT_NEAR(streamed_share(spec, 50), 0.615, 0.005);
}

// Shuhai (FCCM 2020) measured 425 GB/s on a U280 with all 32 pseudo channels.
TEST(DdrMaps, LinearReadsOnTheU280) {
  const DramSpec spec = test::preset("hbm2");
  EXPECT_NEAR(32 * streamed_share(spec, 200) * spec.peak().count() / 1e9, 425.0, 0.02 * 425.0);
}

// Random single bursts reach about 0.97 * r * burst / max(tRRD_S, tFAW / 4) on DDR4.
TEST(DdrMaps, RandomReadsAreBoundByTheActivateWindow) {
  DramSpec spec = test::preset("ddr4-3200");
  spec.controller.read_queue = 32;
  DramChannel channel(spec);
  std::uint64_t x = 88172645463325252ULL;
  const int count = 100000;
  for (int i = 0; i < count; ++i) {
    x ^= x << 13;
    x ^= x >> 7;
    x ^= x << 17;
    channel.enqueue({.id = static_cast<std::uint64_t>(i), .address = x & ~std::uint64_t{63}});
  }
  std::vector<DramCompletion> done;
  const Cycles end = channel.finish(done);
  const double share = static_cast<double>(count) * 4.0 / static_cast<double>(end.count());
  EXPECT_NEAR(share, random_share(spec), 0.03 * random_share(spec));
  const DramTimeUse& use = channel.stats().time;
  EXPECT_GT(use.activate_window, use.bank_conflict);
  EXPECT_GT(use.activate_window, use.bank_group);
}

std::string problems_of(const std::string& text) {
  Diagnostics diagnostics;
  const std::optional<JsonValue> json = parse_json(text, "m.json", diagnostics);
  DramSpec spec;
  if (json) read(*json, spec, diagnostics);
  return diagnostics.text();
}

std::string with(const std::string& from, const std::string& to) {
  std::string text = write(test::preset("hbm2e"));
  const std::size_t at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from << " in\n" << text;
  return text.replace(at, from.size(), to);
}

TEST(MemoryFiles, AGoodOneIsAccepted) {
  EXPECT_EQ(problems_of(with("hbm2e", "mine")), "");
}

TEST(MemoryFiles, MisspeltKeysAreRefusedWithTheNearestName) {
  const std::string text = problems_of(with("\"refi\"", "\"trefi\""));
  EXPECT_NE(text.find("trefi"), std::string::npos) << text;
  EXPECT_NE(text.find("'refi'"), std::string::npos) << text;
}

TEST(MemoryFiles, ImpossibleTimingsAreRefusedWhereTheyStand) {
  const std::string rc = problems_of(with("\"rc\": 78", "\"rc\": 77"));
  EXPECT_NE(rc.find("/timings/rc"), std::string::npos) << rc;
  EXPECT_NE(rc.find("tRAS + tRP"), std::string::npos) << rc;
  EXPECT_NE(rc.find("m.json:"), std::string::npos) << rc;
  const std::string refi = problems_of(with("\"refi\": 6240", "\"refi\": 560"));
  EXPECT_NE(refi.find("/timings/refi"), std::string::npos) << refi;
  const std::string ccd = problems_of(with("\"ccd_s\": 2", "\"ccd_s\": 1"));
  EXPECT_NE(ccd.find("/timings/ccd_s"), std::string::npos) << ccd;
}

TEST(MemoryFiles, AllProblemsAreReportedAtOnce) {
  std::string text = with("\"rc\": 78", "\"rc\": 77");
  text.replace(text.find("\"rrd_l\": 8"), 10, "\"rrd_l\": 3");
  const std::string found = problems_of(text);
  EXPECT_NE(found.find("/timings/rc"), std::string::npos) << found;
  EXPECT_NE(found.find("/timings/rrd_l"), std::string::npos) << found;
}

TEST(MemoryFiles, AMapMustCoverTheCapacity) {
  const std::string text = problems_of(with("\"rgbcg\"", "\"bo,bg,co,ro\""));
  EXPECT_NE(text.find("/controller/map"), std::string::npos) << text;
  EXPECT_NE(text.find("2 bank"), std::string::npos) << text;
  EXPECT_NE(problems_of(with("\"rgbcg\"", "\"bo,bg,co,ba,ro,ba(1)\"")).find("more 'ba' bits"),
            std::string::npos);
  EXPECT_NE(problems_of(with("\"rgbcg\"", "\"rcbx\"")).find("nor a known map"), std::string::npos);
}

TEST(MemoryFiles, TheCoreRefusesAnImpossibleSpecToo) {
  DramSpec spec = test::preset("hbm2");
  spec.timings.rc = Cycles(1);
  EXPECT_THROW(DramChannel{spec}, std::invalid_argument);
}

}  // namespace
}  // namespace statelane
