// SPDX-License-Identifier: Apache-2.0
#include <CLI/CLI.hpp>
#include <iostream>
#include <memory>

#include "apps/commands/command_summary.h"
#include "apps/commands/commands.h"
#include "apps/commands/known_name.h"

namespace statelane {
namespace {

CommandSummary program_of(CLI::App& app) {
  CLI::App* root = &app;
  while (root->get_parent() != nullptr) root = root->get_parent();
  CommandSummary summary = summary_of(*root);
  summary.name = "statelane";
  return summary;
}

struct Shell {
  std::string_view name;
  std::string (*completion)(const CommandSummary& program);
};
constexpr Shell shells[] = {{"bash", bash_completion}, {"zsh", zsh_completion}, {"fish", fish_completion}};

}  // namespace

void add_completion_command(CLI::App& app) {
  auto shell = std::make_shared<std::string>();
  std::vector<std::string> names;
  for (const Shell& s : shells) names.emplace_back(s.name);
  CLI::App* c = app.add_subcommand("completion", "Completion script of a shell");
  c->add_option("shell", *shell, "bash, zsh or fish")->required()->check(known_name(names));
  c->footer(
      "Examples:\n  source <(statelane completion bash)\n  statelane completion zsh > ~/.zfunc/_statelane\n"
      "  statelane completion fish > ~/.config/fish/completions/statelane.fish");
  c->callback([c, shell] {
    const CommandSummary p = program_of(*c);
    for (const Shell& s : shells) {
      if (s.name == *shell) std::cout << s.completion(p);
    }
  });
}

void add_man_command(CLI::App& app) {
  CLI::App* c = app.add_subcommand("man", "The manual page, from the same text as --help");
  c->footer("Example: statelane man | man -l -");
  c->callback([c] { std::cout << manual(program_of(*c), STATELANE_VERSION); });
}

}  // namespace statelane
