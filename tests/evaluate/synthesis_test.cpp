// SPDX-License-Identifier: Apache-2.0
// The structures that designs are estimated with, against synthesis of the same blocks.
#include "tests/evaluate/synthesis.h"

#include <gtest/gtest.h>

#include <cmath>

#include "tests/evaluate/lowered.h"

namespace statelane {
namespace {

SynthesisRun run_of(const std::string& family) {
  Diagnostics d;
  std::optional<SynthesisRun> run = load_synthesis(testing::configs(), family, d);
  if (!run) throw std::runtime_error(d.text());
  return *run;
}

void compare(const std::string& family) {
  const SynthesisRun run = run_of(family);
  std::printf(
      "| %s: block | site | points | factor | structure as it is | leave one out | at |\n| --- | --- | --- | "
      "--- | --- | --- | --- |\n",
      family.c_str());
  std::size_t judged = 0;
  for (const BlockError& e : block_errors(run, testing::constants().family(family))) {
    std::printf("| %s | %s | %zu | %.3f | %.1f %% | %.1f %% | %s |\n", e.block.c_str(), e.site.c_str(),
                e.points, e.factor, 100 * e.structure, 100 * e.leave_one_out, e.worst.c_str());
    EXPECT_LE(e.leave_one_out, 0.10) << e.block << ' ' << e.site << " at " << e.worst;
    EXPECT_LE(e.structure, 0.10) << e.block << ' ' << e.site << ", as designs are estimated";
    ++judged;
  }
  EXPECT_GE(judged, 35U);
}

TEST(Synthesis, UltraScalePlusWithin10PercentLeavingOneOut) {
  compare("ultrascale_plus");
}

TEST(Synthesis, Series7Within10PercentLeavingOneOut) {
  compare("series7");
}

TEST(Synthesis, SaysItsTool) {
  EXPECT_NE(run_of("ultrascale_plus").tool.find("Yosys"), std::string::npos);
}

/// A dependence that is not there must be seen: with widths doubled the structure is off.
TEST(Synthesis, AWrongStructureIsSeen) {
  SynthesisRun run = run_of("ultrascale_plus");
  std::erase_if(run.points, [](const SynthesisPoint& p) { return p.block != "adder_tree"; });
  for (SynthesisPoint& p : run.points) p.sites["lut"] *= p.parameters["W"] == 8 ? 2 : 1;
  const auto errors = block_errors(run, testing::constants().family("ultrascale_plus"));
  const auto lut =
      std::find_if(errors.begin(), errors.end(), [](const BlockError& e) { return e.site == "lut"; });
  ASSERT_NE(lut, errors.end());
  EXPECT_GT(lut->leave_one_out, 0.25);
}

/// What synthesis needs and the structure knows nothing of is no agreement, nor the other way round.
TEST(Synthesis, WhatOnlyOneSideHasIsAnError) {
  const FabricCosts costs = testing::constants().family("series7");
  SynthesisRun run;
  run.points = {{"multiply_dsp", {{"A", 16}, {"B", 16}}, {{"dsp", 1}, {"lut", 40}}},
                {"multiply_dsp", {{"A", 8}, {"B", 8}}, {{"lut", 40}}}};
  for (const BlockError& e : block_errors(run, costs)) EXPECT_GE(e.structure, 1) << e.site;
  EXPECT_EQ(block_errors(run, costs).size(), 2U);  // dsp and lut
}

TEST(Synthesis, UnknownBlocksAreRefused) {
  EXPECT_THROW((void)structure_of({"abacus", {}, {}}, testing::constants().family("series7")),
               std::invalid_argument);
}

}  // namespace
}  // namespace statelane
