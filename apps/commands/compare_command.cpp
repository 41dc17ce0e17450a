// SPDX-License-Identifier: Apache-2.0
#include <spdlog/fmt/fmt.h>

#include <CLI/CLI.hpp>
#include <cmath>
#include <filesystem>
#include <iostream>
#include <memory>

#include "apps/commands/commands.h"
#include "apps/commands/model_input.h"
#include "models/evaluate/figures.h"
#include "report/page.h"
#include "report/pictures.h"

namespace statelane {
namespace {

struct Options {
  std::vector<std::string> files;
  std::string out;
  bool json = false;
};

struct Row {
  std::string label;
  std::string unit;
  std::string pointer;  ///< into a result
  int better = 0;       ///< 1 where more is better, -1 where less is, 0 where neither
};

/// The figures of a result, and what its memory did.
std::vector<Row> comparison() {
  std::vector<Row> rows;
  for (const FigureInfo& f : figures()) {
    if (f.pointer.empty()) continue;
    rows.push_back(
        {std::string(f.title), std::string(f.unit), std::string(f.pointer), f.more_is_better ? 1 : -1});
  }
  rows.push_back({"memory traffic", "GB/s", "/memory/bandwidth_gb_s", 0});
  rows.push_back({"share of the memory's peak", "fraction", "/memory/efficiency", 0});
  return rows;
}

double number(const JsonValue& result, const std::string& pointer) {
  const JsonValue* v = find_pointer(result, pointer);
  return v != nullptr && v->is_number() ? v->as_number() : std::nan("");
}

std::string text(const JsonValue& result, const char* key) {
  const JsonValue* v = result.find(key);
  return v != nullptr && v->is_string() ? v->as_string() : "";
}

/// What each file is called: its name without folder and ending, or the path where two would be alike.
std::vector<std::string> names_of(const std::vector<std::string>& files) {
  std::vector<std::string> names;
  for (const std::string& f : files) names.push_back(std::filesystem::path(f).stem().string());
  for (std::size_t i = 0; i < names.size(); ++i) {
    for (std::size_t k = 0; k < i; ++k) {
      if (names[k] == names[i]) return files;
    }
  }
  return names;
}

std::string change(double value, double first) {
  const double ratio = value / first;
  return std::isfinite(ratio) ? fmt::format("{:+.1f} %", 100 * (ratio - 1)) : "";
}

std::string table(const std::vector<std::string>& names, const std::vector<JsonValue>& results) {
  std::size_t width = 12;
  for (const std::string& n : names) width = std::max(width, n.size() + 2);
  std::string out = fmt::format("{:<31}", "");
  for (std::size_t i = 0; i < names.size(); ++i)
    out += fmt::format("{:>{}}", names[i], width) + (i > 0 ? fmt::format("{:>11}", "") : "");
  out += '\n';
  for (const Row& row : comparison()) {
    // A share says itself what it is one of, and takes the place of its unit.
    out += row.label.size() < 22 ? fmt::format("{:<22}{:<9}", row.label, row.unit)
                                 : fmt::format("{:<31}", row.label);
    const double first = number(results.front(), row.pointer);
    for (std::size_t i = 0; i < results.size(); ++i) {
      const double value = number(results[i], row.pointer);
      out += std::isnan(value) ? fmt::format("{:>{}}", "-", width) : fmt::format("{:>{}.6g}", value, width);
      if (i > 0) out += fmt::format("{:>11}", change(value, first));
    }
    out += '\n';
  }
  out += '\n';
  for (std::size_t i = 0; i < names.size(); ++i)
    out +=
        fmt::format("{}: {} on {}, {}\n  {}\n", names[i], text(results[i], "design"),
                    text(results[i], "board"), text(results[i], "network"), text(results[i], "bottleneck"));
  return out;
}

JsonValue json_of(const std::vector<std::string>& names, const std::vector<JsonValue>& results) {
  JsonValue list = JsonValue::array();
  for (const std::string& n : names) list.push_back(n);
  JsonValue figures = JsonValue::array();
  for (const Row& row : comparison()) {
    JsonValue values = JsonValue::array();
    JsonValue ratios = JsonValue::array();
    const double first = number(results.front(), row.pointer);
    for (const JsonValue& r : results) {
      const double value = number(r, row.pointer);
      values.push_back(std::isnan(value) ? JsonValue() : JsonValue(value));
      ratios.push_back(std::isfinite(value / first) ? JsonValue(value / first) : JsonValue());
    }
    figures.push_back(JsonValue::object()
                          .set("figure", row.pointer.substr(1))
                          .set("unit", row.unit)
                          .set("values", std::move(values))
                          .set("ratios", std::move(ratios)));
  }
  JsonValue bottlenecks = JsonValue::array();
  for (const JsonValue& r : results) bottlenecks.push_back(text(r, "bottleneck"));
  return JsonValue::object()
      .set("names", std::move(list))
      .set("figures", std::move(figures))
      .set("bottlenecks", std::move(bottlenecks));
}

report::Page page_of(const std::vector<std::string>& names, const std::vector<JsonValue>& results) {
  report::Page page;
  page.kind = report::PageKind::compare;
  page.title = "Comparison \xE2\x80\x93 statelane";
  page.version = STATELANE_VERSION;
  JsonValue list = JsonValue::array();
  std::vector<report::NamedValue> rates;
  for (std::size_t i = 0; i < names.size(); ++i) {
    JsonValue result = results[i];
    result.set("profile", JsonValue());  // the page compares sums, not timelines
    list.push_back(JsonValue::object().set("name", names[i]).set("result", std::move(result)));
    rates.push_back({names[i], number(results[i], "/throughput_tokens_per_s")});
  }
  page.data.set("results", std::move(list));
  JsonValue compared = JsonValue::array();
  for (const Row& row : comparison())
    compared.push_back(JsonValue::object()
                           .set("title", row.label)
                           .set("unit", row.unit)
                           .set("pointer", row.pointer)
                           .set("better", std::int64_t{row.better}));
  page.data.set("compared", std::move(compared));
  if (page.plain) page.pictures["compare-0"] = report::bars_svg(label_of(info(Figure::throughput)), rates);
  return page;
}

void run(const Options& o) {
  Diagnostics diagnostics;
  std::vector<JsonValue> results;
  for (const std::string& f : o.files) {
    std::optional<JsonValue> result = read_json_file(f, diagnostics);
    if (!result) continue;
    if (result->find("throughput_tokens_per_s") == nullptr || result->find("resources") == nullptr)
      throw InputError(f + " is no result of `statelane simulate --out`");
    results.push_back(std::move(*result));
  }
  throw_if_errors(diagnostics);
  const std::vector<std::string> names = names_of(o.files);
  const std::string json = to_text(json_of(names, results)) + "\n";
  if (report::is_html(o.out)) {
    write_text(o.out, report::html(page_of(names, results)));
  } else if (!o.out.empty()) {
    write_text(o.out, json);
  }
  std::cout << (o.json ? json : table(names, results));
}

}  // namespace

void add_compare_command(CLI::App& app) {
  auto o = std::make_shared<Options>();
  CLI::App* c = app.add_subcommand("compare", "Results side by side, against the first of them");
  c->add_option("results", o->files, "Results of `statelane simulate --out`")
      ->required()
      ->check(CLI::ExistingFile);
  c->add_option("--out", o->out, "Write to this file: a page for browsers if it ends in .html, else JSON");
  c->add_flag("--json", o->json,
              "Print JSON: names, figures[] with values and ratios to the first, bottlenecks");
  c->footer("Example: statelane compare a.json b.json --out comparison.html");
  c->callback([o] { run(*o); });
}

}  // namespace statelane
