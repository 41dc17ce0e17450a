// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <vector>

namespace CLI {
class App;
}

namespace CLI {
class App;
}

namespace statelane {

class ExploreLeader;

// Each adds its subcommand, with its options, its help and an example. Callbacks print results to stdout and
// throw: InputError (exit code 2), Infeasible or another exception (exit code 1).
void add_accuracy_command(CLI::App& app);
void add_completion_command(CLI::App& app);
void add_compare_command(CLI::App& app);
void add_estimate_command(CLI::App& app);
void add_explore_command(CLI::App& app);
/// The same for a program whose processes explore together; `leader` must outlive the callbacks.
void add_explore_command(CLI::App& app, ExploreLeader& leader);
void add_export_command(CLI::App& app);
void add_hls_command(CLI::App& app);
void add_infer_command(CLI::App& app);
void add_list_command(CLI::App& app);
void add_man_command(CLI::App& app);
void add_memory_command(CLI::App& app);
void add_merge_command(CLI::App& app);
void add_pareto_command(CLI::App& app);
void add_report_command(CLI::App& app);
void add_reproduce_command(CLI::App& app);
void add_schema_command(CLI::App& app);
void add_simulate_command(CLI::App& app);
void add_status_command(CLI::App& app);
void add_validate_command(CLI::App& app);
void add_whatif_command(CLI::App& app);

using AddCommand = std::function<void(CLI::App&)>;

/// The subcommands, in the order of the help text: the one table a new subcommand is added to.
[[nodiscard]] std::vector<AddCommand> all_commands();

}  // namespace statelane
