// SPDX-License-Identifier: Apache-2.0
// One whole token of a network of Mamba2-130M's size with random weights, on both accelerators.
#include <gtest/gtest.h>

#include "tests/hls/design_settings.h"

namespace statelane::test {
namespace {

void expect_large(const std::string& experiment, std::vector<std::string> settings) {
  std::vector<std::string> arguments{experiment, "--random-weights", "1", "--prompt", "1", "--tokens", "1"};
  settings.emplace_back("/network=mamba2-130m");
  for (const std::string& setting : settings) arguments.insert(arguments.end(), {"--set", setting});
  const GeneratedProject project(arguments);
  ASSERT_EQ(project.compile("g++"), "");
  const ProgramResult result = project.run();
  EXPECT_EQ(result.exit_code, 0) << result.out << result.err;
}

TEST(HlsLarge, ATokenOf130MOnLightMamba) {
  expect_large(kLightMamba, {});
}
TEST(HlsLarge, ATokenOf130MOnFastMamba) {
  expect_large(kFastMamba, {"/phase/kind=decode", "/phase/length=1"});
}

}  // namespace
}  // namespace statelane::test
