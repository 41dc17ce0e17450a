// SPDX-License-Identifier: Apache-2.0
// Generated sources stay in the synthesizable subset, judged on clang's syntax tree; and the judge finds what
// is outside.
#include <gtest/gtest.h>

#include "tests/hls/design_settings.h"
#include "tests/source_folder.h"

namespace statelane::test {
namespace {

ProgramResult check(const std::filesystem::path& project) {
  return run_program("/usr/bin/python3", {source_folder() + "/tests/hls/check_subset.py", project.string()});
}

void expect_subset(const GeneratedProject& project) {
  const ProgramResult result = check(project.path());
  EXPECT_EQ(result.exit_code, 0) << result.out << result.err;
}

TEST(HlsSubset, LightMamba) {
  expect_subset(GeneratedProject(options_of(lightmamba("LightMamba"))));
}
TEST(HlsSubset, FastMambaTakesAPromptInBlocks) {
  expect_subset(GeneratedProject(options_of(fastmamba("FastMamba", {"/design/schedule/token_block=4"}))));
}

TEST(HlsSubset, WhatIsOutsideIsFound) {
  struct Case {
    const char* source;
    const char* found;
  };
  const Case cases[] = {
      {"int* f() { return new int; }", "heap (new)"},
      {"#include <cstdlib>\nvoid f() { free(malloc(4)); }", "heap (malloc)"},
      {"int f(int n) { return n > 0 ? f(n - 1) : 0; }", "recursion"},
      {"int g(int n); int f(int n) { return g(n); } int g(int n) { return n > 0 ? f(n - 1) : 0; }",
       "recursion"},
      {"#include <vector>\nvoid f() { std::vector<int> v(3); }", "standard container"},
      {"int f(int (*g)(int)) { return g(1); }", "function pointer"},
      {"void f(int n) { while (n > 0) --n; }", "unbounded loop"},
      {"void f(int n, int a[8]) { l: for (int i = 0; i < n; ++i) a[i] = 0; }", "constant bound"},
      {"void f(int a[8]) { for (int i = 0; i < 8; ++i) a[i] = 0; }", "without a label"},
      {"int f(int a[8]) { return *(a + 3); }", "pointer arithmetic"},
      {"int counter = 0; int f() { return ++counter; }", "not constant"},
      {"struct S { S() : x(1) {} int x; }; static const S s; int f() { return s.x; }", "constructor"}};
  for (const Case& c : cases) {
    ScratchDirectory scratch;
    scratch.write("src/bad.cpp", std::string(c.source) + "\n");
    const ProgramResult result = check(scratch.path());
    EXPECT_EQ(result.exit_code, 1) << c.source;
    EXPECT_NE(result.out.find(c.found), std::string::npos) << c.source << "\n" << result.out << result.err;
  }
  ScratchDirectory scratch;
  scratch.write(
      "src/good.cpp",
      "static const int N = 8;\nvoid f(int a[N]) {\n  l: for (int i = 0; i < N; ++i) a[i] = 2 * a[i];\n}\n");
  EXPECT_EQ(check(scratch.path()).exit_code, 0);
}

}  // namespace
}  // namespace statelane::test
