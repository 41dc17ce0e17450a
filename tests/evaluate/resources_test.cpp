// SPDX-License-Identifier: Apache-2.0
#include "models/evaluate/resources.h"

#include <gtest/gtest.h>

#include <cmath>

#include "models/evaluate/energy.h"
#include "tests/evaluate/lowered.h"

namespace statelane {
namespace {

using testing::Lowered;

ResourceReport report_of(const Lowered& run, const FabricConstants& constants) {
  return estimate_resources(run.experiment.design, run.experiment.network, run.graph, run.experiment.board,
                            constants);
}

Resources total_of(const Lowered& run, const FabricConstants& constants) {
  GraphActivity activity;
  activity.count(run.graph);
  const Experiment& e = run.experiment;
  return total_cost(e.design, e.network, run.graph, activity, e.board, constants, {}).resources;
}

TEST(Resources, Bram36AreWholePairsOfHalves) {
  EXPECT_EQ((Resources{0, 0, 0, 912, 0}.bram36()), 456);
  EXPECT_EQ((Resources{0, 0, 0, 3, 0}.bram36()), 2);
}

TEST(Resources, FastPathIsTheReportsTotal) {
  const FabricConstants constants = testing::constants();
  for (const char* name : testing::shipped) {
    const Lowered run(name);
    const Resources total = total_of(run, constants);
    const Resources reported = report_of(run, constants).total;  // added up in another order
    EXPECT_DOUBLE_EQ(total.lut, reported.lut) << name;
    EXPECT_DOUBLE_EQ(total.ff, reported.ff) << name;
    EXPECT_EQ(total.dsp, reported.dsp) << name;
    EXPECT_EQ(total.bram18, reported.bram18) << name;
    EXPECT_EQ(total.uram, reported.uram) << name;
  }
}

TEST(Resources, ReportAddsUp) {
  const FabricConstants constants = testing::constants();
  for (const char* name : testing::shipped) {
    const Lowered run(name);
    const ResourceReport report = report_of(run, constants);
    Resources components, parts;
    for (const ComponentResources& c : report.components) components += c.resources;
    for (const ComponentResources& p : report.parts) {
      parts += p.resources;
      EXPECT_NE(report.component(p.component), nullptr) << p.component;
    }
    for (const Resources& sum : {components, parts}) {
      EXPECT_NEAR(sum.lut, report.total.lut, 1e-6 * report.total.lut) << name;
      EXPECT_NEAR(sum.ff, report.total.ff, 1e-6 * report.total.ff) << name;
      EXPECT_NEAR(sum.dsp, report.total.dsp, 1e-6) << name;
      EXPECT_NEAR(sum.bram18, report.total.bram18, 1e-6) << name;
      EXPECT_NEAR(sum.uram, report.total.uram, 1e-6) << name;
    }
    EXPECT_NE(report.component("buffer"), nullptr);
    EXPECT_EQ(report.component("no such component"), nullptr);
  }
}

TEST(Resources, EveryUnitOfTheFabricIsInTheReport) {
  const FabricConstants constants = testing::constants();
  const Lowered run("lightmamba-vck190-w4a4-decode-2.7b");
  const ResourceReport report = report_of(run, constants);
  for (const Unit& unit : run.experiment.design.units) {
    const bool host = unit.model().kind() == "host_processor";
    const bool found = std::any_of(report.parts.begin(), report.parts.end(),
                                   [&](const ComponentResources& p) { return p.name == unit.name(); });
    EXPECT_EQ(found, !host) << unit.name();
  }
}

/// One setting makes a design larger; nothing of it may shrink.
void expect_growth(const char* name, const std::vector<std::string>& small,
                   const std::vector<std::string>& large, double Resources::*grows) {
  const FabricConstants constants = testing::constants();
  const Lowered a(name, small), b(name, large);
  const Resources before = total_of(a, constants);
  const Resources after = total_of(b, constants);
  EXPECT_GT(after.*grows, before.*grows) << large.front();
  EXPECT_GE(after.lut, before.lut) << large.front();
  EXPECT_GE(after.ff, before.ff) << large.front();
  EXPECT_GE(after.dsp, before.dsp) << large.front();
}

TEST(Resources, LargerDesignsTakeMore) {
  const char* light = "lightmamba-vck190-w4a4-decode-2.7b";
  expect_growth(light, {"/design/units/mmu/outputs=16"}, {"/design/units/mmu/outputs=32"}, &Resources::dsp);
  expect_growth(light, {"/design/units/mmu/inputs=16"}, {"/design/units/mmu/inputs=32"}, &Resources::dsp);
  for (const char* unit : {"a_h", "b_x", "h_c"}) {
    const std::string lanes = std::string("/design/units/") + unit + "/lanes=";
    expect_growth(light, {lanes + "16"}, {lanes + "32"}, &Resources::dsp);
  }
  expect_growth(light, {"/design/schedule/weight_buffer=\"256 KiB\""},
                {"/design/schedule/weight_buffer=\"1 MiB\""}, &Resources::bram18);
}

TEST(Resources, FinerTilingSavesUltraRam) {
  // LightMamba: fused tiles instead of whole tensors between the SSM's operators save most of the UltraRAM.
  const FabricConstants constants = testing::constants();
  const Lowered tiles("lightmamba-vck190-w4a4-decode-2.7b"),
      tensors("lightmamba-vck190-w4a4-reorder-decode-2.7b");
  const double ratio = total_of(tensors, constants).uram / total_of(tiles, constants).uram;
  std::printf("UltraRAM, whole tensors over tiles: %.2f (published: 4)\n", ratio);
  EXPECT_GE(ratio, 3);
}

TEST(Resources, OnlySoftControllersAreCharged) {
  const FabricConstants constants = testing::constants();
  const auto controllers = [&](const char* name) {
    const Lowered run(name);
    const ResourceReport report = report_of(run, constants);
    return std::count_if(report.parts.begin(), report.parts.end(),
                         [](const ComponentResources& p) { return p.name == "memory controller"; });
  };
  EXPECT_EQ(controllers("lightmamba-vck190-w4a4-decode-2.7b"), 0);  // hard block behind the NoC
  EXPECT_EQ(controllers("lightmamba-u280-w4a4-decode-2.7b"), 0);    // HBM's is hard
  EXPECT_EQ(controllers("fastmamba-vc709-w8a8-decode-2.7b"), 1);
}

TEST(Resources, ShareOfBoardAndFit) {
  const BoardResources board{100, 200, 10, 5, 0};
  const Resources half{50, 100, 5, 5, 0};
  const Resources share = share_of(half, board);
  EXPECT_EQ(share.lut, 0.5);
  EXPECT_EQ(share.bram18, 0.5);
  EXPECT_EQ(share.uram, 0);
  EXPECT_TRUE(fits(half, board));
  EXPECT_TRUE(std::isinf(share_of({0, 0, 0, 0, 1}, board).uram));
  EXPECT_FALSE(fits({0, 0, 0, 0, 1}, board));
  EXPECT_FALSE(fits({101, 0, 0, 0, 0}, board));
}

}  // namespace
}  // namespace statelane
