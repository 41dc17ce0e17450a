// SPDX-License-Identifier: Apache-2.0
#include <spdlog/fmt/fmt.h>

#include <CLI/CLI.hpp>
#include <cmath>
#include <iostream>
#include <map>
#include <memory>
#include <thread>

#include "apps/commands.h"
#include "apps/published.h"
#include "models/base/catalog.h"
#include "sim/evaluation_json.h"
#include "sim/isolated.h"

namespace ssmscope {
namespace {

struct Options {
  std::string file = "published";
  bool json = false;
};

/// One compared figure.
struct Row {
  std::string point;
  std::string key;
  double published = 0;
  double simulated = 0;
  double tolerance = 0;
  std::string failure;  ///< why there is no figure

  [[nodiscard]] double error() const { return simulated / published - 1; }
  // A published zero (no UltraRAM, no BRAM in a component) must be met exactly.
  [[nodiscard]] bool within() const {
    if (!failure.empty() || std::isnan(simulated)) return false;
    return published == 0 ? simulated == 0 : std::abs(error()) <= tolerance;
  }
};

std::string evaluate_text(const std::string& reference) {
  const Catalog catalog = Catalog::standard();
  Diagnostics diagnostics;
  const std::optional<Experiment> e = load_experiment(catalog, builtin_units(), {reference, {}}, diagnostics);
  const std::optional<Calibration> calibration = load_calibration(catalog, "fabric", diagnostics);
  throw_if_errors(diagnostics);
  return to_text(evaluation_json(*e, evaluate(*e, *calibration), SSMSCOPE_VERSION));
}

/// The figure at "resources/lut", "components/linear/ff" or "throughput_tokens_per_s" of a result.
double figure(const JsonValue& result, const std::string& key) {
  const JsonValue* value = find_pointer(result, "/" + key);
  return value != nullptr && value->is_number() ? value->as_number() : std::nan("");
}

std::vector<Row> compare(const PublishedPoint& p, const IsolatedResult& run) {
  std::vector<Row> rows;
  Diagnostics ignored;
  const std::optional<JsonValue> result =
      run.value ? parse_json(*run.value, "result", ignored) : std::optional<JsonValue>();
  const auto add = [&](const std::string& key, double published, double tolerance) {
    Row row{p.id, key, published, std::nan(""), tolerance, run.error};
    if (result) row.simulated = figure(*result, key);
    rows.push_back(std::move(row));
  };
  for (const auto& [key, value] : p.measured) {
    const bool energy = key.find("power") != std::string::npos || key.find("_j") != std::string::npos;
    add(key, value, energy ? p.energy_tolerance : p.tolerance);
  }
  for (const auto& [key, value] : p.resources) add("resources/" + key, value, p.resources_tolerance);
  for (const auto& [component, values] : p.components) {
    for (const auto& [key, value] : values) {
      add("components/" + component + "/" + key, value, p.components_tolerance);
    }
  }
  return rows;
}

std::string table(const std::vector<Row>& rows) {
  std::string text = fmt::format("{:<36}{:<34}{:>12}{:>12}{:>9}{:>8}\n", "point", "figure", "published",
                                 "simulated", "error", "limit");
  std::string last;
  for (const Row& r : rows) {
    const std::string error =
        r.failure.empty() ? (r.published == 0 ? "" : fmt::format("{:+.1f} %", 100 * r.error())) : "failed";
    text +=
        fmt::format("{:<36}{:<34}{:>12.6g}{:>12.6g}{:>9}{:>7.0f}%{}\n", r.point == last ? "" : r.point, r.key,
                    r.published, r.simulated, error, 100 * r.tolerance, r.within() ? "" : "  MISS");
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
                       .set("figure", JsonValue(r.key))
                       .set("published", JsonValue(r.published))
                       .set("simulated", JsonValue(r.simulated))
                       .set("error", JsonValue(r.published == 0 ? 0.0 : r.error()))
                       .set("tolerance", JsonValue(r.tolerance))
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
      "Example: ssmscope validate");
  c->callback([o] { run(*o); });
}

}  // namespace ssmscope
