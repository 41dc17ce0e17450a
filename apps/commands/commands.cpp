// SPDX-License-Identifier: Apache-2.0
#include "apps/commands/commands.h"

namespace statelane {

std::vector<AddCommand> all_commands() {
  // A line a command, so that additions do not meet.
  // clang-format off
  return {
      add_simulate_command,
      add_estimate_command,
      [](CLI::App& app) { add_explore_command(app); },
      add_pareto_command,
      add_export_command,
      add_merge_command,
      add_status_command,
      add_whatif_command,
      add_report_command,
      add_compare_command,
      add_validate_command,
      add_reproduce_command,
      add_memory_command,
      add_infer_command,
      add_accuracy_command,
      add_hls_command,
      add_list_command,
      add_schema_command,
      add_completion_command,
      add_man_command,
  };
  // clang-format on
}

}  // namespace statelane
