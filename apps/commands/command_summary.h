// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

namespace CLI {
class App;
}

namespace statelane {

/// An option or positional argument as --help shows it.
struct OptionSummary {
  std::vector<std::string> names;  ///< "--out", "-q"; of a positional, its name alone
  std::string description;
  std::string fallback;              ///< value if it is left out; may be empty
  std::vector<std::string> choices;  ///< words it accepts, where there are few
  std::string kind;                  ///< names of `statelane list KIND` it accepts; may be empty
  bool positional = false;
  bool takes_value = false;
  bool required = false;
  bool many = false;  ///< may be given several values
};

/// A command line as its parser knows it: shell completions and the manual come from nothing else, so that
/// they cannot differ from --help.
struct CommandSummary {
  std::string name;
  std::string description;
  std::string footer;
  std::vector<OptionSummary> options;
  std::vector<CommandSummary> commands;
};
[[nodiscard]] CommandSummary summary_of(CLI::App& app);

/// Completion scripts. They offer commands, options, fixed words, names out of `statelane list`, and files.
[[nodiscard]] std::string bash_completion(const CommandSummary& program);
[[nodiscard]] std::string zsh_completion(const CommandSummary& program);
[[nodiscard]] std::string fish_completion(const CommandSummary& program);

/// The manual page in man(7) macros.
[[nodiscard]] std::string manual(const CommandSummary& program, const std::string& version);

}  // namespace statelane
