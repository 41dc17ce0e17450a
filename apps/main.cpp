// SPDX-License-Identifier: Apache-2.0
#include "apps/mpi_program.h"
#include "apps/program.h"

int main(int argc, char** argv) {
  if (const auto code = statelane::run_as_mpi_program(argc, argv)) return *code;
  return statelane::run_program(argc, argv, statelane::all_commands());
}
