// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "tests/cli/program.h"

namespace statelane::test {

/// A project written by `statelane hls` into a scratch directory, to be compiled and run.
class GeneratedProject {
 public:
  /// Fails the test if the command does.
  explicit GeneratedProject(std::vector<std::string> arguments);

  [[nodiscard]] const std::filesystem::path& path() const { return path_; }
  /// Compiles sources and test bench as one unit with the headers of csim/ and every warning an error; the
  /// compiler's messages, empty if there are none.
  [[nodiscard]] std::string compile(const std::string& compiler, const std::string& name = "bench",
                                    const std::vector<std::string>& flags = {}) const;
  /// What in its sources is outside the synthesizable subset (check_subset.py); empty if nothing is.
  [[nodiscard]] std::string outside_subset() const;
  /// Runs what compile() made.
  [[nodiscard]] ProgramResult run(const std::vector<std::string>& arguments = {"data"},
                                  const std::string& name = "bench") const;

 private:
  ScratchDirectory scratch_;
  std::filesystem::path path_;
};

/// A design: its experiment and what is changed in it, on a golden model.
struct GeneratedDesign {
  std::string name;
  std::string experiment;
  std::string model;  ///< below tests/data
  std::vector<std::string> settings;
};

/// Generates, compiles and runs it; the logits, the state and the history must have the integer model's bits.
void expect_bit_exact(const GeneratedDesign& design, const std::string& compiler = "g++");

/// `settings` as options.
[[nodiscard]] std::vector<std::string> options_of(const GeneratedDesign& design);

}  // namespace statelane::test
