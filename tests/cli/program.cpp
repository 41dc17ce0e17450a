// SPDX-License-Identifier: Apache-2.0
#include "tests/cli/program.h"

#include <gtest/gtest.h>
#include <stdlib.h>

#include <boost/process.hpp>
#include <fstream>
#include <iterator>

namespace statelane {

namespace bp = boost::process;
namespace fs = std::filesystem;

ProgramResult run_program(const std::string& program, const std::vector<std::string>& arguments,
                          const ProgramSettings& settings) {
  const ScratchDirectory scratch;
  const std::string out = scratch.path() / "out";
  const std::string err = scratch.path() / "err";
  bp::environment environment = boost::this_process::environment();
  for (const auto& [name, value] : settings.environment) environment[name] = value;
  bp::child child(program, bp::args(arguments), bp::start_dir(settings.directory.string()), environment,
                  bp::std_in<bp::null, bp::std_out> out, bp::std_err > err);
  child.wait();
  const int status = child.native_exit_code();
  const int exit_code = WIFSIGNALED(status) ? 128 + WTERMSIG(status) : child.exit_code();
  return {exit_code, file_text(out), file_text(err)};
}

ProgramResult run_statelane(const std::vector<std::string>& arguments, const ProgramSettings& settings) {
  return run_program(STATELANE_PROGRAM, arguments, settings);
}

std::string file_text(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  EXPECT_TRUE(in) << path;
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

ScratchDirectory::ScratchDirectory() {
  std::string name = (fs::temp_directory_path() / "statelane-test-XXXXXX").string();
  if (mkdtemp(name.data()) == nullptr) throw std::runtime_error("no temporary directory");
  path_ = name;
}

ScratchDirectory::~ScratchDirectory() {
  std::error_code ignored;
  fs::remove_all(path_, ignored);
}

fs::path ScratchDirectory::write(const fs::path& name, const std::string& text) const {
  const fs::path path = path_ / name;
  fs::create_directories(path.parent_path());
  std::ofstream out(path, std::ios::binary);
  out << text;
  EXPECT_TRUE(out.flush()) << path;
  return path;
}

}  // namespace statelane
