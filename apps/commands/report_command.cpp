// SPDX-License-Identifier: Apache-2.0
#include <spdlog/spdlog.h>

#include <CLI/CLI.hpp>
#include <fstream>
#include <memory>

#include "apps/commands/commands.h"
#include "apps/commands/model_input.h"
#include "explore/front/front_view.h"
#include "report/page.h"
#include "report/pictures.h"
#include "report/store_data.h"

namespace statelane {
namespace {

struct Options {
  std::string input;
  std::string out;
  std::string sweep;
  std::string objectives;
  bool plain = false;
};

/// Whether a file begins as SQLite's do ("Database File Format", section 1.3).
bool is_store(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  char head[16] = {};
  file.read(head, sizeof head);
  return std::string_view(head, 15) == "SQLite format 3";
}

std::string text_at(const JsonValue& json, const char* key) {
  const JsonValue* v = json.find(key);
  return v != nullptr && v->is_string() ? v->as_string() : "";
}

report::Page run_page(const Options& o) {
  const std::string& path = o.input;
  Diagnostics diagnostics;
  std::optional<JsonValue> result = read_json_file(path, diagnostics);
  throw_if_errors(diagnostics);
  for (const char* key :
       {"design", "throughput_tokens_per_s", "resources", "components", "energy", "bottleneck"}) {
    if (result->find(key) == nullptr)
      throw InputError(path + " is no result of `statelane simulate --out`: it has no '" + key + "'");
  }
  if (result->find("graph") == nullptr)
    spdlog::warn("{} was not written by `statelane simulate --out`: no diagram, timeline and roofline", path);
  report::Page page;
  page.kind = report::PageKind::run;
  page.title = text_at(*result, "design") + " on " + text_at(*result, "board") + " \xE2\x80\x93 statelane";
  page.version = STATELANE_VERSION;
  page.plain = page.plain || o.plain;
  if (page.plain) page.pictures = report::run_pictures(*result);
  page.data.set("result", std::move(*result));
  return page;
}

report::Page store_page(const Options& o) {
  Store store(o.input, Store::Mode::read);
  const FrontView view = view_front(store, {o.sweep, parse_objectives(o.objectives), 0});
  report::Page page;
  page.kind = report::PageKind::store;
  page.title = view.sweep + " \xE2\x80\x93 statelane";
  page.version = STATELANE_VERSION;
  page.plain = page.plain || o.plain;
  if (page.plain) page.pictures = report::front_pictures(view);
  page.data = report::store_data(view, Catalog::standard(), builtin_units());
  if (const JsonValue* problem = page.data.find("problem"))
    spdlog::warn("{}: {}", o.input, problem->as_string());
  return page;
}

void run(const Options& o) {
  write_text(o.out, report::html(is_store(o.input) ? store_page(o) : run_page(o)));
  spdlog::info("{} written", o.out);
}

}  // namespace

void add_report_command(CLI::App& app) {
  auto o = std::make_shared<Options>();
  CLI::App* c = app.add_subcommand("report", "A page for browsers, in one file: of a result, or of a store");
  c->add_option("input", o->input, "Result of `statelane simulate --out`, or store of `statelane explore`")
      ->required()
      ->check(CLI::ExistingFile);
  c->add_option("--out", o->out, "Write the HTML to this file")->required();
  c->add_option("--sweep", o->sweep, "Sweep, where a store has several");
  c->add_option("--objectives", o->objectives,
                "Other objectives than the sweep's: throughput_tokens_per_s:max,resources.lut:min");
  c->add_flag("--static", o->plain, "Static pictures by gnuplot instead of charts; the tables stay");
  c->footer(
      "Examples:\n  statelane simulate lightmamba-vck190-w4a4-decode-2.7b --out r.json && statelane report "
      "r.json "
      "--out report.html\n  statelane report lm.db --out front.html");
  c->callback([o] { run(*o); });
}

}  // namespace statelane
