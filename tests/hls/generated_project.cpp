// SPDX-License-Identifier: Apache-2.0
#include "tests/hls/generated_project.h"
#include "tests/source_folder.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>

namespace statelane::test {

GeneratedProject::GeneratedProject(std::vector<std::string> arguments) : path_(scratch_.path() / "project") {
  arguments.insert(arguments.begin(), "hls");
  arguments.insert(arguments.end(), {"--out", path_.string()});
  const ProgramResult result = run_statelane(arguments);
  EXPECT_EQ(result.exit_code, 0) << result.err;
}

std::string GeneratedProject::compile(const std::string& compiler, const std::string& name,
                                      const std::vector<std::string>& flags) const {
  std::vector<std::string> sources;
  for (const auto& entry : std::filesystem::directory_iterator(path_ / "src")) {
    if (entry.path().extension() == ".cpp") sources.push_back(entry.path().filename().string());
  }
  std::sort(sources.begin(), sources.end());
  {
    std::ofstream all(path_ / "all.cpp");
    for (const std::string& source : sources) all << "#include \"src/" << source << "\"\n";
    all << "#include \"tb/testbench.cpp\"\n";
  }
  std::vector<std::string> arguments{compiler,
                                     "-std=c++17",
                                     "-O1",
                                     "-Wall",
                                     "-Wextra",
                                     "-Werror",
                                     "-Wno-unknown-pragmas",
                                     "-ffp-contract=off",
                                     "-Icsim",
                                     "all.cpp",
                                     "-o",
                                     name};
  arguments.insert(arguments.end(), flags.begin(), flags.end());
  const ProgramResult result = run_program("/usr/bin/env", arguments, {path_, {}});
  return result.exit_code == 0 ? ""
                               : result.err + result.out + "exit code " + std::to_string(result.exit_code);
}

ProgramResult GeneratedProject::run(const std::vector<std::string>& arguments,
                                    const std::string& name) const {
  return run_program((path_ / name).string(), arguments, {path_, {}});
}

std::string GeneratedProject::outside_subset() const {
  const ProgramResult result =
      run_program("/usr/bin/python3", {source_folder() + "/tests/hls/check_subset.py", path_.string()});
  return result.exit_code == 0 ? "" : result.out + result.err;
}

std::vector<std::string> options_of(const GeneratedDesign& design) {
  std::vector<std::string> arguments{design.experiment};
  if (!design.model.empty()) {
    arguments.insert(arguments.end(), {"--model", source_folder() + "/tests/data/" + design.model});
  }
  for (const std::string& setting : design.settings) arguments.insert(arguments.end(), {"--set", setting});
  return arguments;
}

void expect_bit_exact(const GeneratedDesign& design, const std::string& compiler) {
  SCOPED_TRACE(design.name + " by " + compiler);
  const GeneratedProject project(options_of(design));
  ASSERT_EQ(project.compile(compiler), "");
  EXPECT_EQ(project.outside_subset(), "");
  const ProgramResult result = project.run();
  EXPECT_EQ(result.exit_code, 0) << result.out << result.err;
  EXPECT_NE(result.out.find("equal to the bit"), std::string::npos) << result.out;
}

}  // namespace statelane::test
