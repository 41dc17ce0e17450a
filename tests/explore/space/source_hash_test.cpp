// SPDX-License-Identifier: Apache-2.0
// The hash of sources changes with what they say, and with nothing else; and it is of all sources that count.
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>
#include <vector>

#include "tests/explore/includes.h"
#include "tests/source_folder.h"

namespace statelane {
namespace {

namespace fs = std::filesystem;
using testing::includes_of;

class SourceHash : public ::testing::Test {
 protected:
  SourceHash() : folder_(fs::path(::testing::TempDir()) / ("hash_" + std::to_string(::getpid()))) {
    fs::remove_all(folder_);
    fs::create_directories(folder_);
    write("list.txt", "a.cpp\nb.h\n");
    write("b.h", "int b();\n");
  }
  ~SourceHash() override { fs::remove_all(folder_); }

  void write(const std::string& name, const std::string& text) const {
    std::ofstream(folder_ / name) << text;
  }

  /// The header written for a.cpp with this text.
  [[nodiscard]] std::string header(const std::string& text) const {
    write("a.cpp", text);
    const std::string f = folder_.string();
    const std::string command = "cmake -DLIST=" + f + "/list.txt -DOUTPUT=" + f +
                                "/out.h -DNAME=sources -DROOT=" + f + " -P " + source_folder() +
                                "/cmake/SourceHash.cmake";
    EXPECT_EQ(std::system(command.c_str()), 0);
    std::stringstream out;
    out << std::ifstream(folder_ / "out.h").rdbuf();
    return out.str();
  }
  fs::path folder_;
};

TEST_F(SourceHash, IsOfWhatTheSourcesSay) {
  const std::string code = "// Adds; all of it.\nint a() {\n  return \"[1];\"[0] + 2;  // two\n}\n";
  const std::string first = header(code);
  EXPECT_NE(first.find("constexpr const char* sources = \""), std::string::npos) << first;
  EXPECT_EQ(header(code), first);
  EXPECT_EQ(header("int a() {  \n\n  // One says more.\n  return \"[1];\"[0] + 2;  // two\n}"), first);
  EXPECT_NE(header("int a() {\n  return \"[1];\"[0] + 3;  // two\n}\n"), first);
  EXPECT_NE(header("int a() {\n  return \"[1];\" [0] + 2;  // two\n}\n"), first);
  write("b.h", "long b();\n");
  EXPECT_NE(header(code), first);
}

TEST_F(SourceHash, LeavesAnEqualHeaderAlone) {
  const std::string first = header("int a;\n");
  const fs::path out = folder_ / "out.h";
  const auto long_ago = fs::last_write_time(out) - std::chrono::hours(1);
  fs::last_write_time(out, long_ago);
  EXPECT_EQ(header("int a;\n"), first);
  EXPECT_EQ(fs::last_write_time(out), long_ago);
}

/// All sources that what is declared in `header` is made of: what it includes, what implements that, and so
/// on. What implements a header stands beside it and includes it first.
std::set<std::string> sources_behind(const std::string& header) {
  std::set<std::string> seen;
  std::vector<std::string> open{header};
  while (!open.empty()) {
    const std::string file = std::move(open.back());
    open.pop_back();
    if (!seen.insert(file).second) continue;
    for (std::string& name : includes_of(file)) open.push_back(std::move(name));
    if (!file.ends_with(".h")) continue;
    const fs::path folder = fs::path(file).parent_path();
    for (const auto& entry : fs::directory_iterator(fs::path(source_folder()) / folder)) {
      const fs::path beside = folder / entry.path().filename();
      if (beside.extension() != ".cpp") continue;
      const std::vector<std::string> includes = includes_of(beside);
      if (!includes.empty() && includes.front() == file) open.push_back(beside.string());
    }
  }
  return seen;
}

void expect_all_hashed(const std::string& header, const std::string& list) {
  std::set<std::string> hashed;
  std::ifstream in(std::string(STATELANE_SOURCE_LISTS) + "/" + list);
  for (std::string line; std::getline(in, line);) hashed.insert(line);
  const std::set<std::string> behind = sources_behind(header);
  EXPECT_GT(behind.size(), 40U) << header;
  for (const std::string& file : behind)
    EXPECT_EQ(hashed.count(file), 1U) << file << " is missing in " << list;
}

TEST(SourceLists, HoldAllThatDecidesARun) {
  expect_all_hashed("sim/simulator.h", "simulator_sources.txt");
}

TEST(SourceLists, HoldAllThatDecidesAFigure) {
  expect_all_hashed("explore/space/design_evaluator.h", "model_sources.txt");
  expect_all_hashed("models/evaluate/evaluation.h", "model_sources.txt");
}

}  // namespace
}  // namespace statelane
