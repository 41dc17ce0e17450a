// SPDX-License-Identifier: Apache-2.0
#include "apps/commands/command_summary.h"

#include <CLI/CLI.hpp>
#include <map>

namespace statelane {
namespace {

/// "a,b,c" as words.
std::vector<std::string> split(const std::string& text) {
  std::vector<std::string> out;
  std::size_t at = 0;
  while (at < text.size()) {
    const std::size_t end = std::min(text.find(',', at), text.size());
    if (end > at) out.push_back(text.substr(at, end - at));
    at = end + 1;
  }
  return out;
}

/// Words an option accepts: CLI11's IsMember says them in its description, known_name() in its name.
std::vector<std::string> choices_of(CLI::Option& option) {
  for (int i = 0;; ++i) {
    const CLI::Validator* v = nullptr;
    try {
      v = option.get_validator(i);
    } catch (const CLI::OptionNotFound&) {
      return {};
    }
    const std::string text = v->get_description();
    if (text.size() > 2 && text.front() == '{' && text.back() == '}')
      return split(text.substr(1, text.size() - 2));
    if (text == "NAME" && !v->get_name().empty()) return split(v->get_name());
  }
}

/// What `statelane list` knows the values of an option by.
std::string kind_of(const std::string& name) {
  static const std::map<std::string, std::string> kinds = {{"experiment", "experiments"},
                                                           {"sweep", "sweeps"},
                                                           {"whatif", "whatif"},
                                                           {"memory", "memories"},
                                                           {"--scheme", "schemes"}};
  const auto found = kinds.find(name);
  return found == kinds.end() ? std::string() : found->second;
}

OptionSummary option_of(CLI::Option& o) {
  OptionSummary out;
  out.positional = o.get_positional();
  if (out.positional) {
    out.names.push_back(o.get_single_name());
  } else {
    for (const std::string& n : o.get_lnames()) out.names.push_back("--" + n);
    for (const std::string& n : o.get_snames()) out.names.push_back("-" + n);
  }
  out.description = o.get_description();
  out.fallback = o.get_default_str();
  out.choices = choices_of(o);
  out.kind = kind_of(out.names.front());
  out.takes_value = o.get_items_expected_max() > 0;
  out.required = o.get_required();
  out.many = o.get_items_expected_max() > 1;
  return out;
}

}  // namespace

CommandSummary summary_of(CLI::App& app) {
  CommandSummary out{app.get_name(), app.get_description(), app.get_footer(), {}, {}};
  for (CLI::Option* o : app.get_options()) out.options.push_back(option_of(*o));
  for (CLI::App* c : app.get_subcommands([](CLI::App*) { return true; }))
    out.commands.push_back(summary_of(*c));
  return out;
}

}  // namespace statelane
