// SPDX-License-Identifier: Apache-2.0
#include "apps/commands/commands.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <iostream>
#include <memory>

#include "apps/commands/config_kinds.h"
#include "apps/commands/known_name.h"
#include "models/units/unit_registry.h"

namespace statelane {
namespace {

struct Options {
  std::string name;
  std::vector<std::string> files;
  bool json = false;
};

const ConfigKind* kind_named(const std::string& name) {
  const auto kinds = config_kinds();
  const auto found =
      std::find_if(kinds.begin(), kinds.end(), [&](const ConfigKind& k) { return k.name == name; });
  return found == kinds.end() ? nullptr : &*found;
}

std::vector<std::string> names() {
  std::vector<std::string> all;
  for (const ConfigKind& kind : config_kinds()) all.emplace_back(kind.name);
  for (const std::string& unit : builtin_units().kinds()) all.push_back(unit);
  return all;
}

void check(const ConfigKind& kind, const Options& options) {
  const Catalog catalog = Catalog::standard();
  Diagnostics diagnostics;
  std::vector<std::string> good;
  for (const std::string& file : options.files) {
    const std::size_t before = diagnostics.error_count();
    // A bare word is a file here, whatever the catalogue knows under that name.
    const std::string path =
        file.find('/') == std::string::npos && !file.ends_with(".json") ? "./" + file : file;
    if (const auto found = catalog.find(kind.folder, path, {}, diagnostics)) {
      kind.check(catalog, *found, diagnostics);
    }
    if (diagnostics.error_count() == before) good.push_back(file);
  }
  throw_if_errors(diagnostics);
  std::cerr << diagnostics.text();
  if (options.json) {
    JsonValue list = JsonValue::array();
    for (const std::string& file : good) list.push_back(file);
    std::cout << to_text(
                     JsonValue::object().set("kind", std::string(kind.name)).set("valid", std::move(list)))
              << '\n';
  } else {
    for (const std::string& file : good) std::cout << file << ": a valid " << kind.name << '\n';
  }
}

void run(const Options& options) {
  const ConfigKind* kind = kind_named(options.name);
  if (options.files.empty()) {
    const JsonValue schema =
        kind != nullptr ? kind->schema() : schema_json(builtin_units().make(options.name)->table());
    std::cout << to_text(schema) << '\n';
  } else if (kind != nullptr) {
    check(*kind, options);
  } else {
    throw InputError(
        "a unit has no file of its own; check the design that uses it: statelane schema design --check ...");
  }
}

}  // namespace

void add_schema_command(CLI::App& app) {
  auto options = std::make_shared<Options>();
  CLI::App* command =
      app.add_subcommand("schema", "JSON Schema of a kind of configuration file, and its check");
  command->add_option("name", options->name, "Kind of file, or kind of unit")
      ->required()
      ->check(known_name(names()));
  command->add_option("--check", options->files, "Check these files instead of printing the schema");
  command->add_flag("--json", options->json, "Findings and the list of valid files as JSON");
  command->footer(
      "Examples:\n  statelane schema board > board.schema.json\n  statelane schema board --check "
      "my-board.json");
  command->callback([options] { run(*options); });
}

}  // namespace statelane
