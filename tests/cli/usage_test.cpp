// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <nlohmann/json.hpp>

#include "tests/cli/program.h"

namespace statelane {
namespace {

const std::vector<std::string>& subcommands() {
  static const std::vector<std::string> names = {"simulate", "estimate",  "validate",   "memory", "infer",
                                                 "accuracy", "list",      "schema",     "report", "compare",
                                                 "export",   "reproduce", "completion", "man"};
  return names;
}

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

TEST(Usage, HelpGoesToStdoutAndNamesEverySubcommand) {
  const ProgramResult r = run_statelane({"--help"});
  EXPECT_EQ(r.exit_code, 0);
  EXPECT_EQ(r.err, "");
  for (const std::string& name : subcommands()) EXPECT_TRUE(contains(r.out, "\n  " + name + " ")) << name;
}

TEST(Usage, EverySubcommandHelpsWithAnExample) {
  for (const std::string& name : subcommands()) {
    const ProgramResult r = run_statelane({name, "--help"});
    EXPECT_EQ(r.exit_code, 0) << name;
    EXPECT_EQ(r.err, "") << name;
    EXPECT_TRUE(contains(r.out, "Example")) << r.out;
    EXPECT_TRUE(contains(r.out, "statelane " + name)) << r.out;
  }
}

TEST(Usage, VersionIsPrinted) {
  const ProgramResult r = run_statelane({"--version"});
  EXPECT_EQ(r.exit_code, 0);
  EXPECT_EQ(r.out, "statelane " STATELANE_VERSION "\n");
}

TEST(Usage, WrongUsageIsExitCode2WithTheNearestName) {
  struct Case {
    std::vector<std::string> arguments;
    std::string message;
  };
  const std::vector<Case> cases = {
      {{}, "A subcommand is required"},
      {{"simulat", "x"}, "did you mean 'simulate'?"},
      {{"list", "bords"}, "did you mean 'boards'?"},
      {{"schema", "bord"}, "did you mean 'board'?"},
      {{"list", "--jsn"}, "did you mean '--json'?"},
      {{"--log-levl", "info", "list"}, "did you mean '--log-level'?"},
      {{"--log-level", "inf", "list"}, "did you mean 'info'?"},
      {{"simulate"}, "experiment is required"},
      {{"schema", "board", "--check"}, "--check"},
      {{"list", "boards", "networks"}, "networks"},
  };
  for (const Case& c : cases) {
    const ProgramResult r = run_statelane(c.arguments);
    const std::string line = testing::PrintToString(c.arguments);
    EXPECT_EQ(r.exit_code, 2) << line;
    EXPECT_EQ(r.out, "") << line;
    EXPECT_TRUE(contains(r.err, c.message)) << line << "\n" << r.err;
    EXPECT_TRUE(contains(r.err, "--help")) << line << "\n" << r.err;
  }
}

TEST(Usage, FindingsAreJsonWhereJsonIsAskedFor) {
  const ScratchDirectory scratch;
  const auto path = scratch.write("board.json", "{\n  \"famly\": \"versal\"\n}\n");
  const ProgramResult r = run_statelane({"schema", "board", "--check", path.string(), "--json"});
  EXPECT_EQ(r.exit_code, 2);
  EXPECT_EQ(r.out, "");
  const auto json = nlohmann::json::parse(r.err);
  EXPECT_EQ(json.at("exit_code"), 2);
  const auto& first = json.at("diagnostics").at(0);
  EXPECT_EQ(first.at("severity"), "error");
  EXPECT_EQ(first.at("file"), path.string());
  EXPECT_EQ(first.at("line"), 2);
  EXPECT_EQ(first.at("column"), 3);
  EXPECT_EQ(first.at("pointer"), "/famly");
  EXPECT_EQ(first.at("hint"), "did you mean 'family'?");
  EXPECT_GT(json.at("diagnostics").size(), 1U);  // the missing keys too
}

TEST(Usage, AnInfeasibleDesignIsExitCode1) {
  const ProgramResult r =
      run_statelane({"simulate", "lightmamba-vck190-w4a4-decode-2.7b", "--fidelity", "bound", "--set",
                     "/board=kv260", "--set", "/design/memory/ports/0/bandwidth=1 GB/s", "--set",
                     "/design/units/mmu/inputs=64", "--set", "/design/units/mmu/outputs=64"});
  EXPECT_EQ(r.exit_code, 1) << r.err;
  EXPECT_EQ(r.out, "");
  EXPECT_TRUE(contains(r.err, "does not fit")) << r.err;
}

TEST(Usage, AFullDiskIsNoSuccess) {
  const ProgramResult r = run_statelane(
      {"simulate", "lightmamba-vck190-w4a4-decode-2.7b", "--fidelity", "bound", "--out", "/dev/full"});
  EXPECT_NE(r.exit_code, 0);
  EXPECT_TRUE(contains(r.err, "/dev/full")) << r.err;
}

#ifndef STATELANE_SANITIZED
TEST(Usage, StartsWithin20Milliseconds) {
  using Clock = std::chrono::steady_clock;
  double best = 1e9;  // the least of many: other programs on the machine can only add
  for (int i = 0; i < 30; ++i) {
    const auto start = Clock::now();
    ASSERT_EQ(run_statelane({"--version"}).exit_code, 0);
    best = std::min(best, std::chrono::duration<double, std::milli>(Clock::now() - start).count());
  }
  EXPECT_LT(best, 20.0);
}
#endif

}  // namespace
}  // namespace statelane
