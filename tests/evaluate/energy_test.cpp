// SPDX-License-Identifier: Apache-2.0
#include "models/evaluate/energy.h"

#include <gtest/gtest.h>

#include "models/evaluate/graph_activity.h"
#include "models/graph/program.h"
#include "tests/evaluate/lowered.h"
#include "tests/evaluate/published_rows.h"

namespace statelane {
namespace {

using testing::Lowered;

EnergyRun run_of(const Lowered& run, Seconds time) {
  const Experiment& e = run.experiment;
  return {time, estimate_dram(e.dram, energy_of(e.dram), channels_used(e.design.memory),
                              off_chip_traffic(run.graph), time)};
}

EnergyReport report_of(const Lowered& run, const FabricConstants& constants, Seconds time) {
  const Experiment& e = run.experiment;
  return estimate_energy(e.design, e.network, run.graph, e.board, constants, run_of(run, time));
}

TEST(Energy, PublishedPowerWithin10Percent) {
  // At the published rate: the estimate of energy alone is judged, not that of time. Both boards' static
  // power is fitted on these rows, so the test holds the constants to what was fitted; it is no independent
  // check.
  const FabricConstants constants = testing::constants();
  int rows = 0;
  for (const testing::PublishedRow& row : testing::published_rows()) {
    if (row.measured.count("power_w") == 0) continue;
    const Lowered run(row.experiment);
    const Seconds time(static_cast<double>(run.graph.tokens) / row.measured.at("throughput_tokens_per_s"));
    const EnergyReport report = report_of(run, constants, time);
    const double power = report.power().count();
    const auto watts = [&](Joules j) { return (j / time).count(); };
    std::printf(
        "%-44s published %.2f W, estimated %.2f W (%+.1f %%): compute %.3f, on chip %.3f, off chip %.3f, "
        "clock %.3f, static %.3f\n",
        row.id.c_str(), row.measured.at("power_w"), power, 100 * (power / row.measured.at("power_w") - 1),
        watts(report.total.compute), watts(report.total.on_chip), watts(report.total.off_chip),
        watts(report.total.clock), watts(report.total.static_power));
    EXPECT_NEAR(power / row.measured.at("power_w"), 1, 0.10) << row.id;
    EXPECT_NEAR(report.tokens_per_joule() / row.measured.at("efficiency_tokens_per_j"), 1, 0.10) << row.id;
    ++rows;
  }
  EXPECT_EQ(rows, 2);
}

TEST(Energy, ComponentsAddUpAndFastPathAgrees) {
  const FabricConstants constants = testing::constants();
  for (const char* name : testing::shipped) {
    const Lowered run(name);
    const Experiment& e = run.experiment;
    const EnergyRun energy_run = run_of(run, Seconds(0.05));
    const EnergyReport report =
        estimate_energy(e.design, e.network, run.graph, e.board, constants, energy_run);
    EnergyKinds sum;
    for (const ComponentEnergy& c : report.components) sum += c.energy;
    EXPECT_NEAR(sum.total().count(), report.total.total().count(), 1e-9 * report.total.total().count())
        << name;
    GraphActivity activity;
    activity.count(run.graph);
    const CostTotals totals =
        total_cost(e.design, e.network, run.graph, activity, e.board, constants, energy_run);
    const auto same = [&](Joules fast, Joules reported) {  // added up in another order
      EXPECT_NEAR(fast.count(), reported.count(), 1e-13 * reported.count()) << name;
    };
    same(totals.energy.compute, report.total.compute);
    same(totals.energy.on_chip, report.total.on_chip);
    same(totals.energy.off_chip, report.total.off_chip);
    same(totals.energy.clock, report.total.clock);
    same(totals.energy.static_power, report.total.static_power);
  }
}

TEST(Energy, WhatIsDoneCostsTheSameHoweverLongItTakes) {
  const FabricConstants constants = testing::constants();
  const Lowered run("lightmamba-vck190-w4a4-decode-2.7b");
  const EnergyReport fast = report_of(run, constants, Seconds(0.1));
  const EnergyReport slow = report_of(run, constants, Seconds(0.2));
  EXPECT_EQ(fast.total.compute, slow.total.compute);
  EXPECT_EQ(fast.total.on_chip, slow.total.on_chip);
  EXPECT_NEAR(slow.total.clock / fast.total.clock, 2, 1e-9);
  EXPECT_NEAR(slow.total.static_power / fast.total.static_power, 2, 1e-9);
  EXPECT_LT(fast.power().count() * 0.5, slow.power().count());
}

TEST(Energy, TwoTokensTakeTwiceTheWork) {
  const FabricConstants constants = testing::constants();
  const Lowered one("lightmamba-vck190-w4a4-decode-2.7b");
  const Lowered two("lightmamba-vck190-w4a4-decode-2.7b", {"/phase/length=2"});
  const EnergyReport a = report_of(one, constants, Seconds(0.1));
  const EnergyReport b = report_of(two, constants, Seconds(0.2));
  EXPECT_EQ(b.tokens, 2);
  EXPECT_NEAR(b.total.compute / a.total.compute, 2, 1e-6);
  EXPECT_NEAR(b.total.on_chip / a.total.on_chip, 2, 1e-6);
  EXPECT_NEAR(b.joules_per_token() / a.joules_per_token(), 1, 1e-3);
}

TEST(Energy, ActivityIsWhatTheProgramsAddUpTo) {
  const Lowered run("fastmamba-vc709-w8a8-decode-2.7b");
  GraphActivity activity;
  activity.count(run.graph);
  std::int64_t moved = 0;
  for (std::size_t i = 0; i < run.graph.actors.size(); ++i) {
    const ProgramTotals totals = program_totals(run.graph, run.graph.program(run.graph.actors[i]));
    EXPECT_EQ(activity.busy[i], totals.busy.count());
    moved += totals.bytes.count();
  }
  EXPECT_EQ(activity.bytes_read + activity.bytes_written, moved);
  EXPECT_GT(activity.bytes_written, 0);
  for (std::size_t i = 0; i < run.graph.channels.size(); ++i) {
    const Channel& c = run.graph.channels[i];
    EXPECT_EQ(activity.tiles[i], tiles_produced(run.graph, run.graph.program(run.graph.actors[c.producer]),
                                                static_cast<ChannelId>(i)));
  }
}

TEST(Energy, DramByHand) {
  DramSpec spec;  // DDR4-3200: bursts of 64 bytes, rows of 8 KiB, refresh every 7.8 us
  DramEnergy energy;
  energy.activate = Joules(2e-9);
  energy.read = Joules(1e-9);
  energy.write = Joules(3e-9);
  energy.refresh = Joules(1e-7);
  energy.background = Watts(0.5);
  const OffChipTraffic traffic{Bytes(1 << 20), Bytes(1 << 16)};
  const Joules total = estimate_dram(spec, energy, 2, traffic, Seconds(1e-3));
  const double activates = ((1 << 20) + (1 << 16)) / 8192.0;
  const double bursts = (1 << 20) / 64.0 * 1e-9 + (1 << 16) / 64.0 * 3e-9;
  const double refreshes = 128 * 2 * 1e-7;  // 1 ms / 7.8 us = 128 a channel
  EXPECT_NEAR(total.count(), activates * 2e-9 + bursts + refreshes + 2 * 0.5 * 1e-3, 1e-12);
}

TEST(Energy, NarrowerWeightsTakeLess) {
  const FabricConstants constants = testing::constants();
  const Lowered w4("lightmamba-vck190-w4a4-decode-2.7b"), w8("lightmamba-vck190-w8a8-decode-2.7b");
  const EnergyReport a = report_of(w4, constants, Seconds(0.1)), b = report_of(w8, constants, Seconds(0.1));
  EXPECT_LT(a.total.off_chip.count(), b.total.off_chip.count());
}

}  // namespace
}  // namespace statelane
