// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace statelane {

/// What a run of the command came to.
struct ProgramResult {
  int exit_code = -1;  ///< 128 + n if signal n ended it
  std::string out;
  std::string err;
};

struct ProgramSettings {
  std::filesystem::path directory = std::filesystem::current_path();  ///< to run in
  std::map<std::string, std::string> environment;                     ///< added to the test's own
};

/// Runs a program (a path) and waits for its end.
[[nodiscard]] ProgramResult run_program(const std::string& program, const std::vector<std::string>& arguments,
                                        const ProgramSettings& settings = {});

/// Runs the statelane command that was built with the tests.
[[nodiscard]] ProgramResult run_statelane(const std::vector<std::string>& arguments,
                                          const ProgramSettings& settings = {});

/// A whole file; fails the test that calls it if there is none.
[[nodiscard]] std::string file_text(const std::filesystem::path& path);

/// An empty directory of its own for the current test, removed with the object.
class ScratchDirectory {
 public:
  ScratchDirectory();
  ~ScratchDirectory();
  ScratchDirectory(const ScratchDirectory&) = delete;
  ScratchDirectory& operator=(const ScratchDirectory&) = delete;
  [[nodiscard]] const std::filesystem::path& path() const { return path_; }
  /// Writes a file below the directory, with the folders it needs; its path.
  std::filesystem::path write(const std::filesystem::path& name, const std::string& text) const;

 private:
  std::filesystem::path path_;
};

}  // namespace statelane
