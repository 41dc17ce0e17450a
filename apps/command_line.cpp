// SPDX-License-Identifier: Apache-2.0
#include "apps/command_line.h"

#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/spdlog.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <iostream>

#include "apps/commands/known_name.h"
#include "apps/reports/terminal.h"
#include "models/base/diagnostics.h"
#include "models/base/json.h"

namespace statelane {
namespace {

constexpr int exit_failure = 1;
constexpr int exit_usage = 2;

/// Logs go to stderr, so that stdout holds results only.
void set_up_logging() {
  auto logger = spdlog::stderr_color_mt("statelane");
  logger->set_pattern("%^%l%$: %v");
  if (!colours_on_stderr()) {
    for (const auto& sink : logger->sinks()) {
      if (auto* coloured = dynamic_cast<spdlog::sinks::stderr_color_sink_mt*>(sink.get()))
        coloured->set_color_mode(spdlog::color_mode::never);
    }
  }
  spdlog::set_default_logger(std::move(logger));
}

void add_global_options(CLI::App& app) {
  app.set_version_flag("--version", std::string("statelane ") + STATELANE_VERSION);
  app.add_flag_callback(
      "-q,--quiet", [] { spdlog::set_level(spdlog::level::err); }, "Log errors only");
  app.add_option_function<std::string>(
         "--log-level", [](const std::string& level) { spdlog::set_level(spdlog::level::from_str(level)); },
         "Least severe messages to log")
      ->check(known_name({"trace", "debug", "info", "warn", "error", "off"}))
      ->type_name("LEVEL");
}

/// Whether the subcommand that was chosen was asked for JSON.
bool wants_json(const CLI::App& app) {
  const auto chosen = app.get_subcommands();
  if (chosen.empty()) return false;
  const CLI::Option* json = chosen.front()->get_option_no_throw("--json");
  return json != nullptr && json->count() > 0;
}

int report(const CLI::App& app, const Failure& failure) {
  if (wants_json(app)) {
    JsonValue out = JsonValue::object();
    Diagnostics ignored;
    out.set("exit_code", failure.exit_code());
    out.set("diagnostics",
            parse_json(failure.diagnostics().json(), "", ignored).value_or(JsonValue::array()));
    std::cerr << to_text(out) << '\n';
  } else {
    std::cerr << failure.what();
  }
  return failure.exit_code();
}

int report(const CLI::App& app, const std::string& message) {
  if (wants_json(app)) {
    JsonValue one = JsonValue::object().set("severity", "error").set("message", message);
    JsonValue out = JsonValue::object().set("exit_code", exit_failure);
    std::cerr << to_text(out.set("diagnostics", JsonValue::array().push_back(std::move(one)))) << '\n';
  } else {
    std::cerr << "error: " << message << '\n';
  }
  return exit_failure;
}

/// The nearest name for a subcommand or option that does not exist, or empty.
std::string usage_hint(const CLI::App& app, int argc, char** argv) {
  const auto chosen = app.get_subcommands();
  std::vector<std::string> candidates;
  const auto add_options = [&candidates](const CLI::App& of) {
    for (const CLI::Option* option : of.get_options()) {
      for (const std::string& name : option->get_lnames()) candidates.push_back("--" + name);
    }
  };
  add_options(app);
  if (chosen.empty()) {
    for (const CLI::App* command : app.get_subcommands([](const CLI::App*) { return true; }))
      candidates.push_back(command->get_name());
  } else {
    add_options(*chosen.front());
  }
  for (int i = 1; i < argc; ++i) {
    const std::string word = std::string(argv[i]).substr(0, std::string(argv[i]).find('='));
    const bool option = word.starts_with("--");
    if (std::find(candidates.begin(), candidates.end(), word) != candidates.end()) continue;
    if (option || chosen.empty()) {
      if (std::string hint = nearest_hint(word, candidates); !hint.empty()) return " (" + hint + ")";
    }
  }
  return {};
}

int usage_error(const CLI::App& app, const CLI::ParseError& error, int argc, char** argv) {
  const auto chosen = app.get_subcommands();
  const std::string command = chosen.empty() ? "statelane" : "statelane " + chosen.front()->get_name();
  std::cerr << "error: " << error.what() << usage_hint(app, argc, argv) << "\nSee: " << command
            << " --help\n";
  return exit_usage;
}

}  // namespace

int run_command_line(int argc, char** argv, const std::vector<AddCommand>& commands) {
  set_up_logging();
  CLI::App app("Cycle-approximate simulator and design-space explorer of FPGA accelerators for Mamba2 models",
               "statelane");
  app.require_subcommand(1);
  app.fallthrough();
  app.footer(
      "Example: statelane simulate lightmamba-vck190-w4a4-decode-2.7b\n"
      "Exit codes: 0 success, 1 infeasible design or other failure, 2 wrong usage or input.");
  add_global_options(app);
  for (const AddCommand& add : commands) add(app);
  try {
    app.parse(argc, argv);
    if (!std::cout.flush()) return report(app, std::string("standard output cannot be written"));
    return 0;
  } catch (const CLI::ParseError& error) {
    if (error.get_exit_code() == static_cast<int>(CLI::ExitCodes::Success)) return app.exit(error);
    return usage_error(app, error, argc, argv);
  } catch (const Failure& failure) {
    return report(app, failure);
  } catch (const std::exception& error) {
    return report(app, std::string(error.what()));
  }
}

}  // namespace statelane
