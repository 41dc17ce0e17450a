// SPDX-License-Identifier: Apache-2.0
#include "apps/mpi_launch.h"

#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <iostream>
#include <string_view>

namespace statelane {
namespace {

long number(const char* variable) {
  const char* text = std::getenv(variable);
  return text != nullptr ? std::strtol(text, nullptr, 10) : 0;
}

bool asks_for_exploration(int argc, char** argv) {
  bool explore = false;
  for (int i = 1; i < argc; ++i) {
    const std::string_view word = argv[i];
    if (word.starts_with("--shard") || word == "--help" || word == "-h") return false;
    explore = explore || word == "explore";
  }
  return explore;
}

}  // namespace

std::optional<int> launch_under_mpi(int argc, char** argv) {
  if (number("OMPI_COMM_WORLD_SIZE") < 2 || !asks_for_exploration(argc, argv)) return std::nullopt;
  std::error_code failed;
  const std::filesystem::path self = std::filesystem::read_symlink("/proc/self/exe", failed);
  const std::filesystem::path program = self.parent_path() / "statelane-mpi";
  ::execv(program.c_str(), argv);
  if (number("OMPI_COMM_WORLD_RANK") == 0) {
    std::cerr
        << "error: " << program.string() << ": " << std::strerror(errno)
        << "; it is built where Boost.MPI is found. Without it, --shard auto gives each process its part\n";
  }
  constexpr int exit_usage = 2;
  return exit_usage;
}

}  // namespace statelane
