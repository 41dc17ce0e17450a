// SPDX-License-Identifier: Apache-2.0
#include <CLI/CLI.hpp>
#include <iostream>
#include <memory>

#include "apps/commands/commands.h"
#include "apps/commands/model_input.h"
#include "explore/store/export.h"

namespace statelane {
namespace {

struct Options {
  std::string store;
  std::string sweep;
  std::string csv;
  std::string out;
  bool json = false;
};

void run(const Options& o) {
  Store store(o.store, Store::Mode::read);
  if (!o.csv.empty()) write_text(o.csv, export_csv(store, o.sweep));
  if (!o.out.empty()) write_text(o.out, to_text(export_json(store, o.sweep)) + "\n");
  if (o.json) {
    std::cout << to_text(export_json(store, o.sweep)) << '\n';
  } else if (o.csv.empty() && o.out.empty()) {
    std::cout << export_csv(store, o.sweep);
  }
}

}  // namespace

void add_export_command(CLI::App& app) {
  auto o = std::make_shared<Options>();
  CLI::App* c = app.add_subcommand("export", "Everything in a store, as CSV or JSON");
  c->add_option("store", o->store, "Store that `statelane explore` wrote")->required();
  c->add_option("--sweep", o->sweep, "Only the runs of this sweep");
  c->add_option("--csv", o->csv, "Write all points to this file, one a row; stdout if no file is named");
  c->add_option("--out", o->out, "Write runs with their provenance and points to this file, as JSON");
  c->add_flag("--json", o->json, "Print that JSON");
  c->footer("Example: statelane export lm.db --csv lm.csv --out lm.json");
  c->callback([o] { run(*o); });
}

}  // namespace statelane
