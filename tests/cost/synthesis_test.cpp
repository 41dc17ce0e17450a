// SPDX-License-Identifier: Apache-2.0
// The structures that designs are estimated with, against synthesis of the same blocks.
#include "models/cost/synthesis.h"

#include <gtest/gtest.h>

#include <cmath>

#include "tests/cost/lowered.h"

namespace ssmscope {
namespace {

SynthesisRun run_of(const std::string& family) {
  Diagnostics d;
  std::optional<SynthesisRun> run = load_synthesis(testing::configs(), family, d);
  if (!run) throw std::runtime_error(d.text());
  return *run;
}

/// What yosys does where the structure says something else, with the reason (docs/resources.md).
bool told_apart(const BlockError& e, FpgaFamily family) {
  if (family == FpgaFamily::series7) {
    if (e.block == "multiply_packed") return true;  // 8 bits just fit 25, without the guard bit of AMD WP486
    if (e.block == "requantise_multiply" && e.site == "ff")
      return true;  // takes some product registers into the slice
    if (e.block == "table_rom" && e.site == "lut") return true;  // 512 words: a LUT joins two multiplexers
  }
  if (e.block == "hadamard_fht" && e.site == "ff")
    return true;  // puts the flip-flop behind a delay line into it
  if (e.block == "requantise_multiply" && e.site == "lut") return true;  // a few LUTs beside the DSP slice
  if (e.block == "multiply_packed" && e.site != "dsp") return true;  // product register outside of the slice
  if (e.block == "hadamard_matrix" && e.site == "ff")
    return true;  // left-over values travel in shift registers
  if (e.block == "multiply_dsp" || e.block == "state_lane") return true;  // one orientation of operands only
  if (e.block == "nonlinear_pieces") return true;     // few entries of a table have few different bits
  return e.block == "memory_lut" && e.site == "lut";  // RAM32M16 holds 14 bits, all or none
}

void compare(const std::string& family, FpgaFamily which) {
  const SynthesisRun run = run_of(family);
  std::printf(
      "| %s: block | site | points | factor | structure as it is | leave one out | at |\n| --- | --- | --- | "
      "--- | --- | --- | --- |\n",
      family.c_str());
  std::size_t judged = 0;
  for (const BlockError& e : block_errors(run, testing::calibration().family(which))) {
    std::printf("| %s | %s | %zu | %.3f | %.1f %% | %.1f %% | %s |\n", e.block.c_str(), e.site.c_str(),
                e.points, e.factor, 100 * e.structure, 100 * e.leave_one_out, e.worst.c_str());
    const double limit = told_apart(e, which) ? 1.0 : 0.10;
    EXPECT_LE(e.leave_one_out, limit) << e.block << ' ' << e.site << " at " << e.worst;
    judged += told_apart(e, which) ? 0 : 1;
  }
  EXPECT_GE(judged, 15U);
}

TEST(Synthesis, UltraScalePlusWithin10PercentLeavingOneOut) {
  compare("ultrascale_plus", FpgaFamily::ultrascale_plus);
}

TEST(Synthesis, Series7Within10PercentLeavingOneOut) {
  compare("series7", FpgaFamily::series7);
}

TEST(Synthesis, SaysItsTool) {
  EXPECT_NE(run_of("ultrascale_plus").tool.find("Yosys"), std::string::npos);
}

/// A dependence that is not there must be seen: with widths doubled the structure is off.
TEST(Synthesis, AWrongStructureIsSeen) {
  SynthesisRun run = run_of("ultrascale_plus");
  std::erase_if(run.points, [](const SynthesisPoint& p) { return p.block != "adder_tree"; });
  for (SynthesisPoint& p : run.points) p.sites["lut"] *= p.parameters["W"] == 8 ? 2 : 1;
  const auto errors = block_errors(run, testing::calibration().family(FpgaFamily::ultrascale_plus));
  const auto lut =
      std::find_if(errors.begin(), errors.end(), [](const BlockError& e) { return e.site == "lut"; });
  ASSERT_NE(lut, errors.end());
  EXPECT_GT(lut->leave_one_out, 0.25);
}

TEST(Synthesis, UnknownBlocksAreRefused) {
  EXPECT_THROW((void)structure_of({"abacus", {}, {}}, testing::calibration().family(FpgaFamily::series7)),
               std::invalid_argument);
}

}  // namespace
}  // namespace ssmscope
