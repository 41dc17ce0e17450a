// SPDX-License-Identifier: Apache-2.0
#include <spdlog/fmt/fmt.h>

#include <CLI/CLI.hpp>
#include <cmath>
#include <iostream>
#include <memory>
#include <thread>

#include "apps/commands/commands.h"
#include "apps/commands/model_input.h"
#include "explore/whatif/whatif.h"
#include "report/page.h"
#include "report/pictures.h"

namespace statelane {
namespace {

struct Options {
  ExperimentSource source;
  std::string whatif;
  std::string out;
  std::size_t jobs = 0;
  bool json = false;
};

double number(const JsonValue& result, const std::string& pointer) {
  const JsonValue* v = find_pointer(result, pointer);
  return v != nullptr && v->is_number() ? v->as_number() : std::nan("");
}

std::string text(const JsonValue& result, const std::string& pointer) {
  const JsonValue* v = find_pointer(result, pointer);
  return v != nullptr && v->is_string() ? v->as_string() : "";
}

std::string row_text(const WhatIfRow& row, const WhatIfRow& base, std::size_t width) {
  if (!row.problem.empty()) return fmt::format("{:<{}}  {}\n", row.name, width, row.problem);
  const double rate = number(row.result, "/throughput_tokens_per_s");
  return fmt::format(
      "{:<{}} {:>10.5g} {:>+8.1f} % {:>10.4g} {:>9.0f} {:>9.0f} {:>6.0f} {:>7.0f} {:>5.0f}  {}\n", row.name,
      width, rate, 100 * (rate / number(base.result, "/throughput_tokens_per_s") - 1),
      number(row.result, "/energy_j_per_token"), number(row.result, "/resources/lut"),
      number(row.result, "/resources/ff"), number(row.result, "/resources/dsp"),
      number(row.result, "/resources/bram36"), number(row.result, "/resources/uram"),
      text(row.result, "/bottleneck_detail/resource"));
}

std::string report(const WhatIfResult& r, double factor) {
  std::size_t width = 8;
  for (const WhatIfRow& row : r.changes) width = std::max(width, row.name.size());
  std::string out =
      fmt::format("{:<{}} {:>10} {:>10} {:>10} {:>9} {:>9} {:>6} {:>7} {:>5}  {}\n", "", width, "tokens/s",
                  "", "J/token", "LUT", "FF", "DSP", "BRAM36", "URAM", "limited by");
  out += row_text(r.base, r.base, width);
  for (const WhatIfRow& row : r.changes) out += row_text(row, r.base, width);
  if (r.tornado.empty()) return out;
  out += fmt::format("\n{:+.0f} % of one resource buys\n", 100 * (factor - 1));
  const double most = std::max(1e-12, r.tornado.front().gain);
  for (const TornadoRow& t : r.tornado) {
    const auto bar = static_cast<std::size_t>(std::max(0.0, std::round(40 * t.gain / most)));
    out += fmt::format("  {:<20} {:>+8.3f} %  {}\n", t.resource, 100 * t.gain, std::string(bar, '#'));
  }
  return out;
}

JsonValue row_json(const WhatIfRow& row) {
  JsonValue settings = JsonValue::array();
  for (const std::string& s : row.settings) settings.push_back(s);
  JsonValue json = JsonValue::object().set("name", row.name).set("settings", std::move(settings));
  if (!row.problem.empty()) return json.set("problem", row.problem);
  return json.set("result", row.result);
}

JsonValue json_of(const WhatIfResult& r) {
  JsonValue changes = JsonValue::array();
  for (const WhatIfRow& row : r.changes) changes.push_back(row_json(row));
  JsonValue tornado = JsonValue::array();
  for (const TornadoRow& t : r.tornado) {
    tornado.push_back(JsonValue::object()
                          .set("resource", t.resource)
                          .set("throughput_tokens_per_s", JsonValue(t.tokens_per_s))
                          .set("gain", JsonValue(t.gain)));
  }
  return JsonValue::object()
      .set("base", row_json(r.base))
      .set("changes", std::move(changes))
      .set("tornado", std::move(tornado));
}

/// The page of a what-if; without charting libraries its pictures are tokens/s and the tornado.
report::Page page_of(const Options& o, const WhatIfResult& r, const WhatIfDocument& document,
                     const JsonValue& json) {
  report::Page page;
  page.kind = report::PageKind::whatif;
  page.title = "What if: " + text(r.base.result, "/design") + " \xE2\x80\x93 statelane";
  page.version = STATELANE_VERSION;
  JsonValue settings = JsonValue::array();
  for (const std::string& s : o.source.settings) settings.push_back(s);
  page.data.set("whatif", json)
      .set("note", document.note)
      .set("factor", JsonValue(document.tornado_factor))
      .set("experiment", o.source.reference)
      .set("settings", std::move(settings))
      .set("file", o.whatif);
  if (!page.plain) return page;
  const auto bars = [&](const std::string& axis, const std::string& pointer) {
    std::vector<report::NamedValue> rows = {{r.base.name, number(r.base.result, pointer)}};
    for (const WhatIfRow& row : r.changes) {
      if (row.problem.empty()) rows.push_back({row.name, number(row.result, pointer)});
    }
    return report::bars_svg(axis, rows);
  };
  page.pictures["rate"] = bars("throughput (tokens/s)", "/throughput_tokens_per_s");
  page.pictures["joules"] = bars("energy (J/token)", "/energy_j_per_token");
  std::vector<report::NamedValue> gains;
  for (const TornadoRow& t : r.tornado) gains.push_back({t.resource, 100 * t.gain});
  if (!gains.empty()) page.pictures["tornado"] = report::bars_svg("gain (%)", gains);
  return page;
}

void run(const Options& o) {
  const Catalog catalog = Catalog::standard();
  Diagnostics diagnostics;
  const auto document = load_whatif(catalog, o.whatif, diagnostics);
  const auto constants = load_fabric_constants(catalog, "fabric", diagnostics);
  throw_if_errors(diagnostics);
  const std::size_t jobs = o.jobs > 0 ? o.jobs : std::max(1u, std::thread::hardware_concurrency());
  const WhatIfResult result =
      what_if(catalog, builtin_units(), o.source, *document, *constants, STATELANE_VERSION, jobs);
  const JsonValue out = json_of(result);
  const std::string json = to_text(out) + "\n";
  if (report::is_html(o.out)) {
    write_text(o.out, report::html(page_of(o, result, *document, out)));
  } else if (!o.out.empty()) {
    write_text(o.out, json);
  }
  std::cout << (o.json ? json : report(result, document->tornado_factor));
}

}  // namespace

void add_whatif_command(CLI::App& app) {
  auto o = std::make_shared<Options>();
  CLI::App* c =
      app.add_subcommand("whatif", "What changes to a design would buy, and which resource buys most");
  c->add_option("experiment", o->source.reference,
                "Experiment: a file or a name of `statelane list experiments`")
      ->required();
  c->add_option("whatif", o->whatif, "Changes: a file or a name of `statelane list whatif`")->required();
  c->add_option("--set", o->source.settings, "Change a value of the experiment first: /json/pointer=value");
  c->add_option("--jobs", o->jobs, "Simulations at a time (all processors if left out)");
  c->add_option("--out", o->out,
                "Write the result to this file: a page for browsers if it ends in .html, else JSON");
  c->add_flag("--json", o->json, "Print the result as JSON");
  c->footer("Example: statelane whatif lightmamba-vck190-w4a4-decode-2.7b lightmamba --out whatif.html");
  c->callback([o] { run(*o); });
}

}  // namespace statelane
