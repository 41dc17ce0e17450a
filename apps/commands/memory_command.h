// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace CLI {
class App;
}

namespace statelane {

/// Adds `statelane memory MEMORY (--trace FILE | --pattern P)`: one DRAM channel alone under a trace or a
/// generated pattern. The subcommand's callback throws InputError (exit code 2) for bad input.
void add_memory_command(CLI::App& app);

}  // namespace statelane
