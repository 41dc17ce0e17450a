// SPDX-License-Identifier: Apache-2.0
#include "apps/command_line.h"
#include "apps/mpi_launch.h"

int main(int argc, char** argv) {
  if (const auto code = statelane::launch_under_mpi(argc, argv)) return *code;
  return statelane::run_command_line(argc, argv, statelane::all_commands());
}
