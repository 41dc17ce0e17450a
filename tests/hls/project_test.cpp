// SPDX-License-Identifier: Apache-2.0
// What `ssmscope hls` writes, and what it refuses.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>

#include "tests/hls/design_settings.h"

namespace ssmscope::test {
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
  return run_ssmscope(arguments);
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
}

TEST(HlsProject, BigNetworksWithoutWeightsTooAndFast) {
  const GeneratedProject project({kLightMamba});
  const auto files = contents(project.path());
  EXPECT_TRUE(files.contains("src/accelerator.cpp"));
  EXPECT_FALSE(files.contains("data/weights.bin"));
}

}  // namespace
}  // namespace ssmscope::test
