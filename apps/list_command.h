// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace CLI {
class App;
}

namespace ssmscope {

/// Adds `ssmscope list [designs|networks|boards|memories|units|schemes|experiments]`: names and one line on
/// each, as a table or as JSON ([{"name", "file", "note"}] by kind; units have no file).
void add_list_command(CLI::App& app);

}  // namespace ssmscope
