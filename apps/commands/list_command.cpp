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

constexpr std::string_view units_folder = "units";

struct Item {
  std::string name;
  std::string file;  ///< empty for what is not a file
  std::string note;
};

std::vector<Item> files_of(const ConfigKind& kind) {
  const Catalog catalog = Catalog::standard();
  std::vector<Item> items;
  for (const std::string& name : catalog.names(kind.folder)) {
    Diagnostics diagnostics;
    Item item{name, catalog.find(kind.folder, name, {}, diagnostics).value_or(""), {}};
    item.note = kind.note(catalog, item.file, diagnostics);
    if (!diagnostics.ok()) {
      item.note = "cannot be read; see: statelane schema " + std::string(kind.name) + " --check " + item.file;
    }
    items.push_back(std::move(item));
  }
  return items;
}

std::vector<Item> units() {
  const UnitRegistry registry = builtin_units();
  std::vector<Item> items;
  for (const std::string& kind : registry.kinds())
    items.push_back({kind, {}, registry.make(kind)->table().doc()});
  return items;
}

std::vector<std::string> folders() {
  std::vector<std::string> names;
  for (const ConfigKind& kind : config_kinds()) names.emplace_back(kind.folder);
  names.emplace_back(units_folder);
  return names;
}

std::vector<Item> items_of(std::string_view folder) {
  if (folder == units_folder) return units();
  const auto kinds = config_kinds();
  return files_of(
      *std::find_if(kinds.begin(), kinds.end(), [&](const ConfigKind& k) { return k.folder == folder; }));
}

void print_table(const std::vector<Item>& items, std::string_view indent) {
  constexpr std::size_t longest_note = 110;
  std::size_t width = 0;
  for (const Item& item : items) width = std::max(width, item.name.size());
  for (const Item& item : items) {
    std::string note = item.note;
    if (note.size() > longest_note && item.note.find(" --check ") == std::string::npos)
      note = note.substr(0, note.rfind(' ', longest_note)) + " ...";
    std::cout << indent << item.name << std::string(width - item.name.size() + 2, ' ') << note << '\n';
  }
}

JsonValue json_of(const std::vector<Item>& items) {
  JsonValue list = JsonValue::array();
  for (const Item& item : items) {
    JsonValue one = JsonValue::object().set("name", item.name);
    if (!item.file.empty()) one.set("file", item.file);
    list.push_back(one.set("note", item.note));
  }
  return list;
}

struct Options {
  std::string kind;
  bool json = false;
};

void run(const Options& options) {
  const std::vector<std::string> wanted = options.kind.empty() ? folders() : std::vector{options.kind};
  JsonValue all = JsonValue::object();
  for (const std::string& folder : wanted) {
    const std::vector<Item> items = items_of(folder);
    if (options.json) {
      all.set(folder, json_of(items));
    } else {
      if (wanted.size() > 1) std::cout << folder << ":\n";
      print_table(items, wanted.size() > 1 ? "  " : "");
    }
  }
  if (options.json) std::cout << to_text(all) << '\n';
}

}  // namespace

void add_list_command(CLI::App& app) {
  auto options = std::make_shared<Options>();
  CLI::App* command =
      app.add_subcommand("list", "What is there: designs, networks, boards, memories, units ...");
  command->add_option("kind", options->kind, "What to list (all if left out)")->check(known_name(folders()));
  command->add_flag("--json", options->json, "Print JSON: an array of {name, file, note} by kind");
  command->footer("Example: statelane list designs");
  command->callback([options] { run(*options); });
}

}  // namespace statelane
