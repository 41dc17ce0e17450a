// SPDX-License-Identifier: Apache-2.0
#include <spdlog/fmt/fmt.h>

#include <CLI/CLI.hpp>
#include <cmath>
#include <iostream>
#include <memory>
#include <thread>

#include "apps/commands/commands.h"
#include "apps/reports/published.h"
#include "apps/reports/terminal.h"
#include "models/base/catalog.h"
#include "models/evaluate/evaluation_json.h"
#include "sim/isolated.h"
#include "sim/simulator.h"

namespace statelane {
namespace {

struct Options {
  std::string file = "published";
  bool json = false;
};

/// One compared figure of one point.
struct Row {
  std::string point;
  ComparedFigure figure;
  std::string failure;  ///< why there is no figure

  [[nodiscard]] bool within() const { return failure.empty() && figure.within(); }
};

std::string evaluate_text(const std::string& reference) {
  const Catalog catalog = Catalog::standard();
  Diagnostics diagnostics;
  const std::optional<Experiment> e = load_experiment(catalog, builtin_units(), {reference, {}}, diagnostics);
  const std::optional<FabricConstants> constants = load_fabric_constants(catalog, "fabric", diagnostics);
  throw_if_errors(diagnostics);
  return to_text(evaluation_json(*e, evaluate(*e, *constants, {.simulator = simulate}), STATELANE_VERSION));
}

std::vector<Row> compare(const PublishedPoint& p, const IsolatedResult& run) {
  Diagnostics ignored;
  JsonValue result = JsonValue::object();
  if (run.value) result = parse_json(*run.value, "result", ignored).value_or(JsonValue::object());
  std::vector<Row> rows;
  for (ComparedFigure& f : compare_figures(p, result)) rows.push_back({p.id, std::move(f), run.error});
  return rows;
}

std::string table(const std::vector<Row>& rows) {
  std::string text =
      styled(Style::heading, fmt::format("{:<36}{:<34}{:>12}{:>12}{:>9}{:>8}", "point", "figure", "published",
                                         "simulated", "error", "limit")) +
      "\n";
  std::string last;
  for (const Row& r : rows) {
    const std::string error =
        r.failure.empty() ? (r.figure.published == 0 ? "" : fmt::format("{:+.1f} %", 100 * r.figure.error()))
                          : "failed";
    text += fmt::format("{:<36}{:<34}{:>12.6g}{:>12.6g}{:>9}{:>7.0f}%{}\n", r.point == last ? "" : r.point,
                        r.figure.key, r.figure.published, r.figure.simulated, error, 100 * r.figure.tolerance,
                        r.within() ? "" : "  " + styled(Style::bad, "MISS"));
    if (!r.failure.empty() && r.point != last) text += "  " + r.failure + "\n";
    last = r.point;
  }
  return text;
}

JsonValue rows_json(const std::vector<Row>& rows) {
  JsonValue list = JsonValue::array();
  for (const Row& r : rows) {
    list.push_back(JsonValue::object()
                       .set("point", JsonValue(r.point))
                       .set("figure", JsonValue(r.figure.key))
                       .set("published", JsonValue(r.figure.published))
                       .set("simulated", JsonValue(r.figure.simulated))
                       .set("error", JsonValue(r.figure.published == 0 ? 0.0 : r.figure.error()))
                       .set("tolerance", JsonValue(r.figure.tolerance))
                       .set("within", JsonValue(r.within())));
  }
  return list;
}

void run(const Options& o) {
  Diagnostics diagnostics;
  const std::optional<Published> published = load_published(Catalog::standard(), o.file, diagnostics);
  throw_if_errors(diagnostics);
  std::vector<std::function<std::string()>> work;
  for (const PublishedPoint& p : published->points)
    work.emplace_back([&p] { return evaluate_text(p.experiment); });
  const std::vector<IsolatedResult> results =
      run_isolated(work, std::max(1u, std::thread::hardware_concurrency()));
  std::vector<Row> rows;
  for (std::size_t i = 0; i < results.size(); ++i) {
    for (Row& row : compare(published->points[i], results[i])) rows.push_back(std::move(row));
  }
  std::cout << (o.json ? to_text(rows_json(rows)) + "\n" : table(rows));
  std::size_t misses = 0;
  for (const Row& r : rows) misses += r.within() ? 0 : 1;
  if (misses > 0) {
    throw Infeasible(
        fmt::format("{} of {} published figures are outside their tolerance", misses, rows.size()));
  }
}

}  // namespace

void add_validate_command(CLI::App& app) {
  auto o = std::make_shared<Options>();
  CLI::App* c = app.add_subcommand("validate", "Compare the simulator with every published figure");
  c->add_option("published", o->file, "File of published points")->capture_default_str();
  c->add_flag("--json", o->json, "Print the rows as JSON");
  c->footer(
      "Exits with 1 if a figure is outside its tolerance; every row is printed either way.\n"
      "Example: statelane validate");
  c->callback([o] { run(*o); });
}

}  // namespace statelane
