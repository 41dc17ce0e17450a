// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace CLI {
class App;
}

namespace ssmscope {

// Each adds its subcommand, with its options, its help and an example. Callbacks print results to stdout and
// throw: InputError (exit code 2), Infeasible or another exception (exit code 1).
void add_accuracy_command(CLI::App& app);
void add_estimate_command(CLI::App& app);
void add_explore_command(CLI::App& app);
void add_hls_command(CLI::App& app);
void add_infer_command(CLI::App& app);
void add_list_command(CLI::App& app);
void add_memory_command(CLI::App& app);
void add_merge_command(CLI::App& app);
void add_pareto_command(CLI::App& app);
void add_report_command(CLI::App& app);
void add_schema_command(CLI::App& app);
void add_simulate_command(CLI::App& app);
void add_status_command(CLI::App& app);
void add_validate_command(CLI::App& app);
void add_whatif_command(CLI::App& app);

using AddCommand = void (*)(CLI::App&);

/// The subcommands, in the order of the help text: the one table a new subcommand is added to.
inline constexpr AddCommand commands[] = {
    add_simulate_command, add_estimate_command, add_explore_command, add_pareto_command, add_merge_command,
    add_status_command,   add_whatif_command,   add_report_command,  add_validate_command, add_memory_command, add_infer_command,
    add_accuracy_command,
    add_hls_command,      add_list_command,     add_schema_command,
};

}  // namespace ssmscope
