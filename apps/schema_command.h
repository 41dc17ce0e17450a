// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace CLI {
class App;
}

namespace ssmscope {

/// Adds `ssmscope schema NAME [--check FILE...]`: the JSON Schema of a kind of configuration file or of the
/// parameters of a kind of unit; with --check, reads files of that kind and reports all that is wrong with
/// them (exit code 2).
void add_schema_command(CLI::App& app);

}  // namespace ssmscope
