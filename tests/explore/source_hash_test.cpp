// SPDX-License-Identifier: Apache-2.0
// The hash of sources changes with what they say, and with nothing else.
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

namespace statelane {
namespace {

namespace fs = std::filesystem;

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
                                "/out.h -DNAME=sources -DROOT=" + f +
                                " -P " STATELANE_SOURCE_DIR "/cmake/SourceHash.cmake";
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

}  // namespace
}  // namespace statelane
