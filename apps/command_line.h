// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "apps/commands/commands.h"

namespace statelane {

/// Parses a command line and runs the command it names; returns the exit code. Failures are told on stderr.
int run_command_line(int argc, char** argv, const std::vector<AddCommand>& commands);

}  // namespace statelane
