// SPDX-License-Identifier: Apache-2.0
// Predicted cycles are those of the code: every loop that will be one in hardware, with its trips and its
// initiation interval, as clang reads the sources; and the loops that compute take the cycles the simulation
// adds up.
#include "hls/loops.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "tests/hls/design_settings.h"
#include "tests/source_folder.h"

namespace statelane::test {
namespace {

using hls::Constants;
using hls::Loop;
using hls::loops_of;

nlohmann::json predicted_of(const GeneratedProject& project) {
  return nlohmann::json::parse(file_text(project.path() / "predicted.json"));
}

/// The loops of the sources are the predicted ones; gives the predictions.
nlohmann::json expect_loops(const GeneratedProject& project) {
  const ProgramResult read =
      run_program("/usr/bin/python3", {source_folder() + "/tests/hls/loops_of.py", project.path().string()});
  EXPECT_EQ(read.exit_code, 0) << read.err;
  const auto loops = nlohmann::json::parse(read.out);
  const auto predicted = predicted_of(project);
  EXPECT_EQ(loops.size(), predicted.at("functions").size());
  for (const auto& f : predicted.at("functions"))
    EXPECT_EQ(loops.at(f.at("name").get<std::string>()), f.at("loops")) << f.at("name");
  return predicted;
}

/// Working cycles against the simulator's, function by function. A transform's pipeline runs empty behind
/// each vector, which the simulation counts as depth: up to `depth` cycles a firing.
void expect_cycles(const nlohmann::json& predicted, const std::string& except = "") {
  constexpr std::int64_t depth = 16;
  int compared = 0;
  for (const auto& f : predicted.at("functions")) {
    const auto busy = f.at("busy_cycles").get<std::int64_t>() - f.at("fill_cycles").get<std::int64_t>();
    if (busy == 0 || f.at("name") == except) continue;
    const std::int64_t more = f.at("working_cycles").get<std::int64_t>() - busy;
    const bool transform = f.at("name") == "htu_fht";
    EXPECT_GE(more, 0) << f.at("name");
    EXPECT_LE(more, transform ? depth * f.at("firings").get<std::int64_t>() : 0) << f.at("name");
    ++compared;
  }
  EXPECT_GE(compared, 13);
}

TEST(HlsLoops, ThePublishedAcceleratorsComputeInTheSimulatedCycles) {
  expect_cycles(expect_loops(GeneratedProject({kLightMamba})));
  expect_cycles(expect_loops(GeneratedProject({"lightmamba-u280-w4a4-decode-2.7b"})));
  // FastMamba's norm sums squares in float: a running sum comes round once an addition, not once a beat.
  const auto fast = expect_loops(GeneratedProject({"fastmamba-vc709-w8a8-decode-2.7b"}));
  expect_cycles(fast, "rmsnorm");
  for (const auto& f : fast.at("functions")) {
    if (f.at("name") != "rmsnorm") continue;
    EXPECT_LT(f.at("working_cycles").get<double>(), 2 * f.at("busy_cycles").get<double>());
  }
}

/// Weights leave memory as fast as the matrix unit takes them, up to their scales: a design with many memory
/// channels reads them through as many ports.
TEST(HlsLoops, WeightsKeepUpWithTheMatrixUnit) {
  for (const char* experiment : {"lightmamba-u280-w4a4-decode-2.7b"}) {
    const auto predicted = predicted_of(GeneratedProject({experiment}));
    double beats = 0;
    double products = 0;
    for (const auto& f : predicted.at("functions")) {
      if (f.at("name") == "weight_dma") beats = f.at("working_cycles").get<double>();
      if (f.at("name") == "mmu") products = f.at("working_cycles").get<double>();
    }
    EXPECT_GE(beats, products);
    EXPECT_LE(beats, 1.05 * products);
  }
}

TEST(HlsLoops, OfPromptsAndBlocksToo) {
  expect_loops(
      GeneratedProject(options_of(fastmamba("FastMamba, prompt", {"/design/schedule/token_block=4"}))));
  expect_loops(GeneratedProject(options_of(lightmamba("prompt", {"/phase/kind=prefill", "/phase/length=6"},
                                                      "lightmamba-vck190-w4a4-fht-decode-2.7b"))));
}

const std::string kFunction =
    "void f(int a[8]) {\n"
    "  outer: for (int i = 0; i < N; ++i) {  // N turns\n"
    "    inner: for (int j = 2; j < 2 * (N + 1); j += 3) {\n#pragma HLS pipeline II=2\n"
    "      lanes: for (int k = 0; k < 4; ++k) {\n#pragma HLS unroll\n        a[k] = j;\n      }\n    }\n  }\n"
    "  last: for (int i = 0; i < 10; ++i) {\n#pragma HLS pipeline II=1\n    a[0] += i;\n  }\n}\n";

TEST(HlsLoops, AreReadWithTheirBounds) {
  Constants constants;
  hls::add_constants("static const int M = 3;\nstatic const int N = M * 2 - 1;  // five\n", constants);
  EXPECT_EQ(constants.at("N"), 5);
  const std::vector<Loop> loops = loops_of(kFunction, constants);
  ASSERT_EQ(loops.size(), 2U);
  EXPECT_EQ(loops[0].trips, 5);
  EXPECT_TRUE(loops[0].perfect);
  ASSERT_EQ(loops[0].inner.size(), 1U);
  EXPECT_EQ(loops[0].inner[0].trips, 4);  // 2, 5, 8, 11
  EXPECT_EQ(loops[0].inner[0].ii, 2);
  EXPECT_TRUE(loops[0].inner[0].inner.empty());
  // One loop of 20 trips: 6 + 2 * 19 - 1, and 2 for its module; 6 + 9 - 1 and 2.
  EXPECT_EQ(hls::latency_of(loops, 6), 43 + 2 + 14 + 2);
  EXPECT_EQ(hls::beats_of(loops, [](const std::string& label) { return label == "inner"; }), 40);
  EXPECT_THROW((void)loops_of(kFunction, {}), std::logic_error);  // N is not known
  EXPECT_THROW((void)loops_of("void f() {\n  for (int i = 0; i < 2; ++i) {\n  }\n}\n", {}), std::logic_error);
  EXPECT_THROW((void)loops_of("void f() {\n  l: for (int i = 0; i < 2; ++i) {\n  }\n}\n", {}),
               std::logic_error);
}

/// The rule on modules of public reports: latency = IL + II (trips - 1) - 1, and 2 for a module.
TEST(HlsLoops, LatencyIsTheToolsRule) {
  Loop one;
  one.trips = 81920;  // decay * state of LightMamba's public code: reported with 81,924 cycles
  one.ii = 1;
  EXPECT_EQ(hls::latency_of({one, one}, 4), 2 * 81924);
  EXPECT_EQ(hls::latency_of({one}, 4), 81922);  // alone it is its function
  one.ii = 3;
  EXPECT_EQ(hls::latency_of({one}, 1), 3 * 81920);
}

}  // namespace
}  // namespace statelane::test
