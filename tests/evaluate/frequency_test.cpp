// SPDX-License-Identifier: Apache-2.0
#include "models/evaluate/frequency.h"

#include <gtest/gtest.h>

#include "tests/evaluate/lowered.h"

namespace statelane {
namespace {

FrequencyEstimate estimate(const testing::Lowered& run, Hertz clock, double fill_scale = 1) {
  Design design = run.experiment.design;
  design.clock = clock;
  const FabricConstants constants = testing::constants();
  ResourceReport resources =
      estimate_resources(design, run.experiment.network, run.graph, run.experiment.board, constants);
  resources.total = fill_scale * resources.total;
  return estimate_frequency(design, run.experiment.network, run.experiment.board, constants, resources);
}

/// Clocks that were reached on the boards (arXiv 2502.15260, 2505.18975).
TEST(Frequency, PublishedDesignsClose) {
  for (const char* name : {"lightmamba-vck190-w4a4-decode-2.7b", "lightmamba-u280-w4a4-decode-2.7b",
                           "fastmamba-vc709-w8a8-decode-2.7b"}) {
    const testing::Lowered run(name);
    const FrequencyEstimate f = estimate(run, run.experiment.design.clock);
    std::printf("%-40s %4.0f MHz, expected up to %4.0f MHz (%s)\n", name, f.wanted.count() / 1e6,
                f.reachable.count() / 1e6, f.limits.front().what.c_str());
    EXPECT_TRUE(f.closes()) << name;
    EXPECT_LT(f.reachable.count(), 4 * f.wanted.count()) << name;
  }
}

TEST(Frequency, AClockTooHighIsWarnedOf) {
  const testing::Lowered run("fastmamba-vc709-w8a8-decode-2.7b");
  const FrequencyEstimate f = estimate(run, Hertz(450e6));
  EXPECT_FALSE(f.closes());
  ASSERT_FALSE(f.warnings.empty());
  EXPECT_NE(f.warnings.front().find("450 MHz is above the"), std::string::npos) << f.warnings.front();
  EXPECT_EQ(f.limits.front().clock, f.reachable);
}

TEST(Frequency, AFullDeviceIsSlower) {
  const testing::Lowered run("fastmamba-vc709-w8a8-decode-2.7b");
  const FrequencyEstimate roomy = estimate(run, Hertz(250e6), 0.3);
  const FrequencyEstimate full = estimate(run, Hertz(250e6), 1.0);
  EXPECT_GT(roomy.reachable.count(), full.reachable.count());
  EXPECT_TRUE(roomy.warnings.empty());
  EXPECT_FALSE(full.warnings.empty());  // more than 80 % of its DSP slices
}

TEST(Frequency, SpeedGradesScale) {
  testing::Lowered run("fastmamba-vc709-w8a8-decode-2.7b");
  const FrequencyEstimate two = estimate(run, Hertz(250e6));
  run.experiment.board.speed_grade = "-3";
  EXPECT_NEAR(estimate(run, Hertz(250e6)).reachable / two.reachable, 1.13, 1e-9);
  run.experiment.board.speed_grade = "";
  EXPECT_EQ(estimate(run, Hertz(250e6)).reachable, two.reachable);
}

}  // namespace
}  // namespace statelane
