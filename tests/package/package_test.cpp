// SPDX-License-Identifier: Apache-2.0
// `cmake --install` into a prefix, then docs/add-a-unit.md as it stands: a program from outside the tree that
// adds a kind of unit to the installed library, loads a design that uses it and simulates it.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "tests/cli/document.h"
#include "tests/source_folder.h"

namespace statelane {
namespace {

namespace fs = std::filesystem;

class Package : public testing::Test {
 protected:
  /// Installs the build once for all tests of this file.
  static void SetUpTestSuite() {
    scratch = std::make_unique<ScratchDirectory>();
    const ProgramResult r =
        run_program(STATELANE_CMAKE, {"--install", STATELANE_BUILD_DIR, "--prefix", prefix().string()});
    ASSERT_EQ(r.exit_code, 0) << r.err;
  }
  static void TearDownTestSuite() { scratch.reset(); }
  static fs::path prefix() { return scratch->path() / "prefix"; }

  static std::unique_ptr<ScratchDirectory> scratch;
};
std::unique_ptr<ScratchDirectory> Package::scratch;

TEST_F(Package, TheInstalledCommandFindsItsConfigurations) {
  const ScratchDirectory elsewhere;
  const std::string program = prefix() / "bin/statelane";
  const ProgramResult r = run_program(program, {"list", "boards", "--json"}, {elsewhere.path(), {}});
  EXPECT_EQ(r.exit_code, 0) << r.err;
  EXPECT_TRUE(fs::exists(prefix() / "share/statelane/configs/boards/vck190.json"));
  EXPECT_FALSE(nlohmann::json::parse(r.out).at("boards").empty());
}

TEST_F(Package, TheManualAndCompletionsAreInstalled) {
  for (const char* file :
       {"share/man/man1/statelane.1", "share/bash-completion/completions/statelane",
        "share/zsh/site-functions/_statelane", "share/fish/vendor_completions.d/statelane.fish"})
    EXPECT_NE(file_text(prefix() / file).find("simulate"), std::string::npos) << file;
}

TEST_F(Package, AUnitFromOutsideTheTreeIsBuiltAndSimulated) {
  const ScratchDirectory project;
  const std::string flags =
      std::string(STATELANE_SANITIZE).empty() ? "" : std::string("-fsanitize=") + STATELANE_SANITIZE;
  const auto results = carry_out(read_document("add-a-unit.md"), project,
                                 {.directory = {},
                                  .environment = {{"CMAKE_PREFIX_PATH", prefix().string()},
                                                  {"CMAKE_BUILD_TYPE", STATELANE_BUILD_TYPE},
                                                  {"CXX", STATELANE_CXX},
                                                  {"CXXFLAGS", flags + " -Wall -Wextra -Werror"},
                                                  {"LDFLAGS", flags}}});
  ASSERT_EQ(results.size(), 2U);
  ASSERT_EQ(results[0].exit_code, 0) << results[0].out << results[0].err;

  const std::string& out = results[0].out;
  const auto json = nlohmann::json::parse(out.substr(out.find("\n{") + 1));  // after the build's own lines
  bool found = false;
  for (const auto& actor : json.at("actors")) {
    if (actor.at("name") != "my_norm") continue;
    found = true;
    // 64 layers of 2 passes over 2560 channels in lanes of 4, and a root of 60 cycles.
    const double busy = 64.0 * (60 + 2 * 2560 / 4) / json.at("cycles").get<double>();
    EXPECT_NEAR(actor.at("busy").get<double>(), busy, 1e-6);
  }
  EXPECT_TRUE(found) << json.at("actors");
  EXPECT_GT(json.at("components").at("norm").at("lut").get<double>(), 0);

  // The systolic matrix unit: its project has its own sums, compiles, and computes the model's bits.
  EXPECT_EQ(results[1].exit_code, 0) << results[1].out << results[1].err;
  EXPECT_NE(results[1].out.find("equal to the bit"), std::string::npos) << results[1].out;
  EXPECT_NE(results[1].out.find("systolic_elements: for"), std::string::npos) << results[1].out;
}

TEST_F(Package, PkgConfigFindsTheInstalledHeadersAndLibraries) {
  const ScratchDirectory elsewhere;
  const ProgramResult r = run_program(
      "/bin/sh",
      {"-c",
       "set -e; pkg-config --modversion statelane; cd $(pkg-config --variable=includedir "
       "statelane)/statelane; "
       "ls models/evaluate/evaluation.h sim/simulator.h; cd $(pkg-config --variable=libdir statelane); "
       "for l in $(pkg-config --libs-only-l statelane); do "
       "case $l in -lstatelane_*) ls lib${l#-l}.a;; esac; done"},
      {elsewhere.path(), {{"PKG_CONFIG_PATH", (prefix() / STATELANE_LIBDIR / "pkgconfig").string()}}});
  ASSERT_EQ(r.exit_code, 0) << r.out << r.err;
  EXPECT_EQ(r.out.substr(0, r.out.find('\n')), STATELANE_VERSION);
  EXPECT_NE(r.out.find("libstatelane_sim.a"), std::string::npos) << r.out;
}

TEST(Documents, SayTheVersionThatTheCommandPrints) {
  const std::filesystem::path root = source_folder();
  EXPECT_NE(file_text(root / "CITATION.cff").find("\nversion: " STATELANE_VERSION "\n"), std::string::npos);
  EXPECT_NE(file_text(root / "CHANGELOG.md").find("\n## " STATELANE_VERSION), std::string::npos);
}

TEST_F(Package, TheBuiltInCommandDoesNotKnowTheForeignKind) {
  const ScratchDirectory project;
  for (const Document::Block& block : read_document("add-a-unit.md").blocks) {
    if (block.language == "json") project.write(block.file, block.text);
  }
  const ProgramResult r = run_statelane({"simulate", "my-experiment.json"}, {project.path(), {}});
  EXPECT_EQ(r.exit_code, 2);
  EXPECT_NE(r.err.find("unknown kind of unit; found \"iterative_norm\""), std::string::npos) << r.err;
}

}  // namespace
}  // namespace statelane
