// SPDX-License-Identifier: Apache-2.0
// The version with arrays: the same arithmetic without vendor headers or pragmas, a self-checking bench a
// function.
#include <gtest/gtest.h>

#include <fstream>

#include "tests/hls/design_settings.h"

namespace statelane::test {
namespace {

void expect_portable(const GeneratedDesign& design, const std::string& compiler) {
  SCOPED_TRACE(design.name);
  std::vector<std::string> options = options_of(design);
  options.emplace_back("--portable");
  const GeneratedProject project(options);
  for (const auto& entry : std::filesystem::directory_iterator(project.path() / "src")) {
    const std::string text = file_text(entry.path());
    EXPECT_EQ(text.find("#pragma HLS"), std::string::npos) << entry.path();
    EXPECT_EQ(text.find("ap_int"), std::string::npos) << entry.path();
    EXPECT_EQ(text.find("hls::"), std::string::npos) << entry.path();
  }
  const ProgramSettings there{project.path(), {}};
  const ProgramResult made =
      run_program("/usr/bin/env", {"make", "benches", "CXX=" + compiler, "CXXFLAGS=-O1 -Werror"}, there);
  ASSERT_EQ(made.exit_code, 0) << made.out << made.err;
  EXPECT_NE(made.out.find("equal to the bit"), std::string::npos) << made.out;
  EXPECT_NE(made.out.find("weight_dma: 0 differences"), std::string::npos) << made.out;

  // A bench whose expectation is wrong says so.
  std::string bench = file_text(project.path() / "benches/sink_bench.cpp");
  const bool head = bench.find("logits_memory") != std::string::npos;
  const std::string result = head ? "logits_memory_result[i]" : "last_memory_result[i]";
  const std::string loop = "wrong += " + result + " !=";
  ASSERT_NE(bench.find(loop), std::string::npos);
  bench.replace(bench.find(loop), loop.size(), "wrong += " + result + " + 1 !=");
  std::ofstream(project.path() / "benches/sink_bench.cpp", std::ios::binary) << bench;
  ASSERT_EQ(
      run_program("/usr/bin/env",
                  {compiler, "-std=c++17", "benches/sink_bench.cpp", "build/sink.o", "-o", "wrong"}, there)
          .exit_code,
      0);
  EXPECT_EQ(run_program((project.path() / "wrong").string(), {}, there).exit_code, 1);
}

TEST(HlsPortable, LightMamba) {
  expect_portable(lightmamba("LightMamba"), "g++");
}
TEST(HlsPortable, FastMambaTakesAPrompt) {
  expect_portable(fastmamba("FastMamba", {"/phase/length=4"}), "clang++");
}

}  // namespace
}  // namespace statelane::test
