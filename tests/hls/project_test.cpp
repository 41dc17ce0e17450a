// SPDX-License-Identifier: Apache-2.0
// What `statelane hls` writes, and what it refuses.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>

#include "tests/hls/design_settings.h"
#include "tests/source_folder.h"

namespace statelane::test {
namespace {

std::map<std::string, std::string> contents(const std::filesystem::path& root) {
  std::map<std::string, std::string> files;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(root)) {
    if (entry.is_regular_file())
      files[std::filesystem::relative(entry.path(), root).string()] = file_text(entry.path());
  }
  return files;
}

ProgramResult hls(const GeneratedDesign& design, const std::filesystem::path& out,
                  std::vector<std::string> more = {}) {
  std::vector<std::string> arguments = options_of(design);
  arguments.insert(arguments.begin(), "hls");
  arguments.insert(arguments.end(), {"--out", out.string()});
  arguments.insert(arguments.end(), more.begin(), more.end());
  return run_statelane(arguments);
}

TEST(HlsProject, SameInputSameFiles) {
  const GeneratedProject one(options_of(lightmamba("LightMamba")));
  const GeneratedProject two(options_of(lightmamba("LightMamba")));
  const auto a = contents(one.path());
  EXPECT_EQ(a, contents(two.path()));
  EXPECT_TRUE(a.contains("src/mmu.cpp"));
  EXPECT_NE(a.at("src/mmu.cpp").find("design lightmamba-vck190-w4a4"), std::string::npos);
}

TEST(HlsProject, OneFunctionAnActorOneStreamAChannel) {
  const GeneratedProject project(options_of(lightmamba("LightMamba")));
  const std::string top = file_text(project.path() / "src/accelerator.cpp");
  for (const char* name : {"mmu", "conv", "silu", "b_x", "a_h", "h_add", "h_c", "x_d", "y_z", "htu_fht",
                           "htu_matrix", "weight_dma", "state_dma_in"})
    EXPECT_NE(top.find("DATAFLOW_TASK(" + std::string(name) + ","), std::string::npos) << name;
  for (const char* name : {"u", "weights", "z_raw", "BX", "AH", "h", "gated", "v", "out"})
    EXPECT_NE(top.find("hls::stream<" + std::string(name) + "_word, "), std::string::npos) << name;
}

TEST(HlsProject, NothingIsOverwritten) {
  ScratchDirectory scratch;
  scratch.write("there/file.txt", "mine");
  const ProgramResult result = hls(lightmamba("LightMamba"), scratch.path() / "there");
  EXPECT_EQ(result.exit_code, 2);
  EXPECT_NE(result.err.find("not an empty folder"), std::string::npos) << result.err;
  EXPECT_EQ(contents(scratch.path() / "there").size(), 1U);
}

TEST(HlsProject, WhatCannotBeGeneratedSaysWhy) {
  ScratchDirectory scratch;
  const auto refused = [&](const GeneratedDesign& d, const std::string& why) {
    const ProgramResult result = hls(d, scratch.path() / "out");
    EXPECT_EQ(result.exit_code, 1) << d.name;
    EXPECT_NE(result.err.find(why), std::string::npos) << d.name << ": " << result.err;
    EXPECT_FALSE(std::filesystem::exists(scratch.path() / "out"));
  };
  refused(lightmamba("float", {}, "lightmamba-vck190-fp16-decode-2.7b"), "scheme");
  refused(lightmamba("no rotation", {}, "lightmamba-vck190-w4a4-norot-decode-2.7b"), "out_hadamard");
  refused(lightmamba("cut blocks", {"/design/units/mmu/outputs=12"}), "cuts blocks of 8");
  refused(lightmamba("a wider head", {"/design/precision/head_weights=8 bit"},
                     "lightmamba-u280-w4a4-decode-2.7b"),
          "the LM head has 8-bit ones");
  refused(lightmamba("a prompt on chip",
                     {"/phase/kind=prefill", "/phase/length=1", "/design/schedule/state=on_chip"}),
          "for decode alone");
}

TEST(HlsProject, ScriptsNameThePartTheClockAndTheMemoryChannels) {
  const GeneratedProject project(options_of(lightmamba("LightMamba")));
  const std::string tcl = file_text(project.path() / "run_hls.tcl");
  EXPECT_NE(tcl.find("set_part xcvc1902-vsva2197-2MP-e-S"), std::string::npos) << tcl;
  EXPECT_NE(tcl.find("create_clock -period 2.500"), std::string::npos) << tcl;
  EXPECT_NE(file_text(project.path() / "hls_config.cfg").find("syn.top=accelerator"), std::string::npos);
  EXPECT_NE(file_text(project.path() / "connectivity.cfg").find("sp=accelerator_1.weights_memory:DDR[0]"),
            std::string::npos);
  EXPECT_NE(file_text(project.path() / "host/host.cpp").find("xrt::kernel"), std::string::npos);
}

/// What the README predicts is what the simulation adds up.
TEST(HlsProject, PredictionsAreTheSimulators) {
  const GeneratedProject project(options_of(lightmamba("LightMamba")));
  const auto predicted = nlohmann::json::parse(file_text(project.path() / "predicted.json"));
  std::vector<std::string> arguments = options_of(lightmamba("LightMamba", {"/phase/length=1"}));
  const std::vector<std::string> network{
      "--set", "/network=" + source_folder() + "/tests/data/" + kTiny + "/config.json"};
  arguments.erase(arguments.begin() + 1, arguments.begin() + 3);  // --model
  arguments.insert(arguments.begin(), "simulate");
  arguments.insert(arguments.end(), network.begin(), network.end());
  arguments.emplace_back("--json");
  const ProgramResult result = run_statelane(arguments);
  ASSERT_EQ(result.exit_code, 0) << result.err;
  const auto simulated = nlohmann::json::parse(result.out);
  const double cycles = simulated.at("cycles").get<double>();
  int compared = 0;
  for (const auto& actor : simulated.at("actors")) {
    for (const auto& f : predicted.at("functions")) {
      if (f.at("name") != actor.at("name") || f.at("busy_cycles") == 0) continue;
      EXPECT_NEAR(actor.at("busy").get<double>() * cycles, f.at("busy_cycles").get<double>(), 0.5)
          << f.at("name");
      ++compared;
    }
  }
  EXPECT_GE(compared, 15);
}

TEST(HlsProject, ASynthesisReportIsComparedFunctionByFunction) {
  ScratchDirectory scratch;
  const auto report = scratch.write(
      "csynth.xml", R"(<profile><UserAssignments><TopModelName>accelerator</TopModelName></UserAssignments>
<ModuleInformation><Module><Name>mmu</Name><PerformanceEstimates><SummaryOfOverallLatency><Worst-caseLatency>300</Worst-caseLatency></SummaryOfOverallLatency></PerformanceEstimates>
<AreaEstimates><Resources><BRAM_18K>4</BRAM_18K><DSP>64</DSP><FF>100</FF><LUT>200</LUT><URAM>0</URAM></Resources></AreaEstimates></Module>
<Module><Name>conv</Name><PerformanceEstimates><SummaryOfOverallLatency><Worst-caseLatency>undef</Worst-caseLatency></SummaryOfOverallLatency></PerformanceEstimates></Module></ModuleInformation></profile>)");
  std::vector<std::string> arguments = options_of(lightmamba("LightMamba"));
  arguments.insert(arguments.begin(), "hls");
  arguments.insert(arguments.end(), {"--compare", report.string()});
  const ProgramResult result = run_statelane(arguments);
  ASSERT_EQ(result.exit_code, 0) << result.err;
  EXPECT_NE(result.out.find("mmu                      latency"), std::string::npos) << result.out;
  EXPECT_NE(result.out.find("+100.0 %"), std::string::npos) << result.out;  // 128 DSP predicted, 64 reported
  EXPECT_NE(result.out.find("not in the report: embedding_in, rmsnorm"), std::string::npos) << result.out;
  arguments.back() = scratch.write("other.xml", "<html></html>").string();
  EXPECT_EQ(run_statelane(arguments).exit_code, 2);
}

/// Names of units reach code, scripts and file names as identifiers only.
TEST(HlsProject, NamesFromJsonAreMadeSafe) {
  ScratchDirectory scratch;
  const auto design =
      scratch.write("evil.json", R"({"extends": "lightmamba-vck190-w4a4", "schedule": {"tile_states": 16},
    "units": {"softplus": null, "int; } [exec boom] ../x": {"kind": "nonlinear_unit", "component": "ssmu", "operators": ["softplus"], "lanes": 8}}})");
  GeneratedDesign d{"evil", kLightMamba, kTiny, {"/design=" + design.string()}};
  const GeneratedProject project(options_of(d));
  for (const auto& [name, text] : contents(project.path())) {
    if (name.starts_with("data/")) continue;
    EXPECT_EQ(text.find("boom]"), std::string::npos) << name;
    EXPECT_EQ(text.find("../x"), std::string::npos) << name;
  }
  EXPECT_TRUE(std::filesystem::exists(project.path() / "src/int_exec_boom_x.cpp"));
}

/// Names that the generated headers use themselves stand for functions only with a suffix.
TEST(HlsProject, NamesOfTheHeadersDoNotClash) {
  ScratchDirectory scratch;
  const auto design =
      scratch.write("names.json", R"({"extends": "lightmamba-vck190-w4a4", "schedule": {"tile_states": 16},
    "units": {"softplus": null, "dt_a_exp": null, "x_d": null, "y_z": null, "silu_gate": null, "b_x": null, "h_add": null,
      "load": {"kind": "nonlinear_unit", "component": "ssmu", "operators": ["softplus"], "lanes": 8},
      "HEADS": {"kind": "nonlinear_unit", "component": "ssmu", "operators": ["decay_exp"], "lanes": 8},
      "u_word": {"kind": "vector_unit", "component": "ssmu", "operators": ["d_skip"], "lanes": 8},
      "weights_memory": {"kind": "vector_unit", "component": "ssmu", "operators": ["gate"], "lanes": 8},
      "dt_bias": {"kind": "nonlinear_unit", "component": "ssmu", "operators": ["silu_z"], "lanes": 8},
      "shift_down": {"kind": "vector_unit", "component": "ssmu", "operators": ["outer"], "lanes": 16},
      "std": {"kind": "vector_unit", "component": "ssmu", "operators": ["state_add"], "lanes": 16}}})");
  const GeneratedProject project(options_of({"names", kLightMamba, kTiny, {"/design=" + design.string()}}));
  EXPECT_EQ(project.compile("g++", "bench", {"-fsyntax-only"}), "");
  EXPECT_TRUE(std::filesystem::exists(project.path() / "src/HEADS_unit.cpp"));
}

TEST(HlsProject, BigNetworksWithoutWeightsTooAndFast) {
  const GeneratedProject project({kLightMamba});
  const auto files = contents(project.path());
  EXPECT_TRUE(files.contains("src/accelerator.cpp"));
  EXPECT_FALSE(files.contains("data/weights.bin"));
}

}  // namespace
}  // namespace statelane::test
