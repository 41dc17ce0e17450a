// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace CLI {
class App;
}

namespace ssmscope {

void add_accuracy_command(CLI::App& app);
void add_infer_command(CLI::App& app);
void add_list_command(CLI::App& app);
void add_memory_command(CLI::App& app);
void add_schema_command(CLI::App& app);
void add_simulate_command(CLI::App& app);
void add_validate_command(CLI::App& app);

using AddCommand = void (*)(CLI::App&);

/// The subcommands, in the order of the help text: the one table a new subcommand is added to.
inline constexpr AddCommand commands[] = {
#ifdef SSMSCOPE_COMMAND_SIMULATE
    add_simulate_command,
#endif
#ifdef SSMSCOPE_COMMAND_VALIDATE
    add_validate_command,
#endif
#ifdef SSMSCOPE_COMMAND_MEMORY
    add_memory_command,
#endif
#ifdef SSMSCOPE_COMMAND_INFER
    add_infer_command,
#endif
#ifdef SSMSCOPE_COMMAND_ACCURACY
    add_accuracy_command,
#endif
    add_list_command,     add_schema_command,
};

}  // namespace ssmscope
