// SPDX-License-Identifier: Apache-2.0
#include "apps/mpi_program.h"
#include "apps/program.h"

int main(int argc, char** argv) {
  if (const auto code = ssmscope::run_as_mpi_program(argc, argv)) return *code;
  return ssmscope::run_program(argc, argv, ssmscope::all_commands());
}
