// SPDX-License-Identifier: Apache-2.0
// Malformed files, tests/data/bad/KIND/CASE.json, and beside each the messages it must bring forth, CASE.txt:
// one line a message, "..." for what may change (the list of boards ...) and as last line for more messages.
// Nothing may crash, and the exit code is 2.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <sstream>

#include "tests/cli/program.h"
#include "tests/source_folder.h"

namespace statelane {
namespace {

namespace fs = std::filesystem;

const fs::path bad = fs::path(source_folder()) / "tests/data/bad";

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

/// Whether `line` is `pattern` with any text in place of each "...".
bool matches(const std::string& line, const std::string& pattern) {
  const std::string gap = "...";
  std::size_t at = 0;
  std::size_t begin = 0;
  for (bool first = true;; first = false) {
    const std::size_t end = pattern.find(gap, begin);
    const std::string piece = pattern.substr(begin, end == std::string::npos ? end : end - begin);
    if (end == std::string::npos) {
      return first ? line == piece : line.size() >= at + piece.size() && line.ends_with(piece);
    }
    const std::size_t found = line.find(piece, at);
    if (found == std::string::npos || (first && found != 0)) return false;
    at = found + piece.size();
    begin = end + gap.size();
  }
}

std::vector<std::string> cases() {
  std::vector<std::string> names;
  for (const auto& kind : fs::directory_iterator(bad)) {
    for (const auto& entry : fs::directory_iterator(kind.path())) {
      const fs::path& path = entry.path();
      if (path.extension() == ".json") names.push_back((kind.path().filename() / path.stem()).string());
    }
  }
  std::sort(names.begin(), names.end());
  return names;
}

void expect_messages(const ProgramResult& r, const fs::path& expected_file) {
  EXPECT_EQ(r.exit_code, 2) << r.out << r.err;
  EXPECT_EQ(r.out, "");
  std::vector<std::string> expected = lines_of(file_text(expected_file));
  const std::vector<std::string> got = lines_of(r.err);
  ASSERT_FALSE(expected.empty());
  const bool more = expected.back() == "...";
  if (more) expected.pop_back();
  for (std::size_t i = 0; i < std::min(expected.size(), got.size()); ++i)
    EXPECT_TRUE(matches(got[i], expected[i])) << "found:    " << got[i] << "\nexpected: " << expected[i];
  EXPECT_TRUE(more ? got.size() > expected.size() : got.size() == expected.size()) << r.err;
}

class BadInput : public testing::TestWithParam<std::string> {};

TEST_P(BadInput, IsRefusedWithAllItsMessages) {
  const fs::path name = GetParam();
  const fs::path folder = bad / name.parent_path();
  const std::string file = name.filename().string() + ".json";
  const fs::path expected = folder / (name.filename().string() + ".txt");
  ASSERT_TRUE(fs::exists(expected)) << expected;
  expect_messages(run_statelane({"schema", name.parent_path().string(), "--check", file}, {folder, {}}),
                  expected);
  if (name.parent_path() == "experiment") {
    expect_messages(run_statelane({"simulate", file}, {folder, {}}), expected);
  }
}

INSTANTIATE_TEST_SUITE_P(Files, BadInput, testing::ValuesIn(cases()), [](const auto& tested) {
  std::string name = tested.param;
  std::replace_if(
      name.begin(), name.end(), [](char c) { return c == '/' || c == '-'; }, '_');
  return name;
});

TEST(BadFiles, AreAtLeastThirty) {
  EXPECT_GE(cases().size(), 30U);
}

TEST(BadFiles, MayBeMissingOrNoFile) {
  const ScratchDirectory scratch;
  for (const char* name : {"nowhere.json", "no/where.json", "/dev/null", "."}) {
    const ProgramResult r = run_statelane({"simulate", name}, {scratch.path(), {}});
    EXPECT_EQ(r.exit_code, 2) << name << r.err;
    EXPECT_EQ(r.out, "") << name;
    EXPECT_NE(r.err.find("error: "), std::string::npos) << name << r.err;
  }
}

TEST(BadFiles, SettingsAreJudgedLikeFiles) {
  struct Case {
    const char* setting;
    const char* message;
  };
  for (const Case& c :
       {Case{"/design/clock=400 MB", "--set: error: /design/clock: 'MB' is no unit of a frequency"},
        Case{"/design/clok=400 MHz", "did you mean 'clock'?"},
        Case{"design/clock=400 MHz", "--set: error: not a setting"},
        Case{"/design/clock", "--set: error: not a setting"},
        Case{"/phase=7", "--set: error: /phase: wrong type of value"},
        Case{"/design=7", "--set: error: /design: wrong type of value"},
        Case{"/network=mamba2-2.6b", "did you mean 'mamba2-2.7b'?"},
        Case{"/design/memory/ports/7/width=64 bit", "--set: error: /design/memory/ports/7/width: no such"},
        Case{"/design/units/b_x/lanes=12", "--set: error: /design/units/b_x/lanes: lanes do not divide"}}) {
    const ProgramResult r =
        run_statelane({"simulate", "lightmamba-vck190-w4a4-decode-2.7b", "--set", c.setting});
    EXPECT_EQ(r.exit_code, 2) << c.setting << r.err;
    EXPECT_EQ(r.out, "") << c.setting;
    EXPECT_NE(r.err.find(c.message), std::string::npos) << c.setting << "\n" << r.err;
  }
}

}  // namespace
}  // namespace statelane
