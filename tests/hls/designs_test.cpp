// SPDX-License-Identifier: Apache-2.0
// Generated projects in C simulation: the two published accelerators, decode and prefill, and a prompt
// followed by decode.
#include <gtest/gtest.h>

#include <fstream>

#include "tests/hls/design_settings.h"

namespace statelane::test {
namespace {

TEST(HlsDesigns, LightMambaDecodes) {
  expect_bit_exact(lightmamba("LightMamba"));
}
TEST(HlsDesigns, FastMambaDecodes) {
  expect_bit_exact(fastmamba("FastMamba", {"/phase/kind=decode"}));
}
TEST(HlsDesigns, FastMambaTakesAPrompt) {
  expect_bit_exact(fastmamba("FastMamba, prompt"));
}

/// One accelerator takes the prompt, another goes on from what the first left in memory.
TEST(HlsDesigns, APromptThenDecode) {
  const GeneratedProject prompt(options_of(lightmamba("prompt", {"/phase/kind=prefill", "/phase/length=6"})));
  ASSERT_EQ(prompt.compile("g++"), "");
  const ProgramResult first = prompt.run({"data", "--state-out", "left.bin"});
  ASSERT_EQ(first.exit_code, 0) << first.out << first.err;
  std::vector<std::string> options = options_of(lightmamba("decode"));
  options.insert(options.end(), {"--prompt", "6"});
  const GeneratedProject decode(options);
  ASSERT_EQ(decode.compile("g++"), "");
  // The golden decode starts behind the same six tokens, so the state it starts from is the prompt's.
  const ProgramResult second = decode.run({"data", "--state-in", (prompt.path() / "left.bin").string()});
  EXPECT_EQ(second.exit_code, 0) << second.out << second.err;
  // Without the prompt's state the logits are others.
  const std::string nothing(std::filesystem::file_size(prompt.path() / "left.bin"), '\0');
  std::ofstream(decode.path() / "zeros.bin", std::ios::binary) << nothing;
  EXPECT_EQ(decode.run({"data", "--state-in", "zeros.bin"}).exit_code, 1);
}

/// A wrong bit of the weights is found, and a stream too shallow is a deadlock that names who waits: in the
/// order z, x, B, C, dt all of z waits for the state-space units, which wait for dt.
TEST(HlsDesigns, WrongWeightsAndShallowStreamsAreFound) {
  const GeneratedProject project(
      options_of(lightmamba("naive", {}, "lightmamba-vck190-w4a4-fht-decode-2.7b")));
  std::string types = file_text(project.path() / "src/types.h");
  const std::string was = "static const int Z_DEPTH = 16;";
  ASSERT_NE(types.find(was), std::string::npos);
  types.replace(types.find(was), was.size(), "static const int Z_DEPTH = Z_PLACES;");
  std::ofstream(project.path() / "src/types.h", std::ios::binary) << types;
  ASSERT_EQ(project.compile("g++", "whole", {"-DZ_PLACES=16"}), "");
  EXPECT_EQ(project.run({"data"}, "whole").exit_code, 0);
  ASSERT_EQ(project.compile("g++", "shallow", {"-DZ_PLACES=8"}), "");
  const ProgramResult shallow = project.run({"data"}, "shallow");
  EXPECT_EQ(shallow.exit_code, 3) << shallow.out << shallow.err;
  EXPECT_NE(shallow.err.find("deadlock"), std::string::npos) << shallow.err;
  EXPECT_NE(shallow.err.find("silu_gate waits for room in z"), std::string::npos) << shallow.err;

  std::string weights = file_text(project.path() / "data/weights.bin");
  weights[weights.size() / 2] = static_cast<char>(weights[weights.size() / 2] ^ 1);
  std::ofstream(project.path() / "data/weights.bin", std::ios::binary) << weights;
  const ProgramResult wrong = project.run({"data"}, "whole");
  EXPECT_EQ(wrong.exit_code, 1) << wrong.out;
  EXPECT_NE(wrong.out.find("logits differ"), std::string::npos) << wrong.out;
}

}  // namespace
}  // namespace statelane::test
