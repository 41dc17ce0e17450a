// SPDX-License-Identifier: Apache-2.0
#include "apps/reports/reproduction.h"

#include <spdlog/fmt/fmt.h>

#include <cmath>
#include <set>

#include "models/evaluate/evaluation_json.h"
#include "sim/isolated.h"
#include "sim/simulator.h"

namespace statelane {
namespace {

std::string evaluated(const std::string& experiment, const std::string& version) {
  const Catalog catalog = Catalog::standard();
  Diagnostics diagnostics;
  const auto e = load_experiment(catalog, builtin_units(), {experiment, {}, false}, diagnostics);
  const auto constants = load_fabric_constants(catalog, "fabric", diagnostics);
  throw_if_errors(diagnostics);
  return to_text(evaluation_json(*e, evaluate(*e, *constants, {.simulator = simulate}), version));
}

double number(const JsonValue* result, const char* pointer) {
  const JsonValue* v = result != nullptr ? find_pointer(*result, pointer) : nullptr;
  return v != nullptr && v->is_number() ? v->as_number() : std::nan("");
}

std::string text(const JsonValue* result, const char* pointer) {
  const JsonValue* v = result != nullptr ? find_pointer(*result, pointer) : nullptr;
  return v != nullptr && v->is_string() ? v->as_string() : "";
}

/// A Markdown cell; a bar in it would end it.
std::string cell(const std::string& value) {
  std::string out;
  for (const char c : value) out += c == '|' ? std::string("\\|") : std::string(1, c);
  return out;
}

std::string value(double v, const char* form = "{:.5g}") {
  return std::isnan(v) ? "-" : fmt::format(fmt::runtime(form), v);
}

std::string point_table(const PublishedPoint& p, const Reproduction& r) {
  std::string out = fmt::format("### {}\n\n{}; `statelane simulate {}`\n\n", p.id, p.source, p.experiment);
  const JsonValue* result = r.result(p.experiment);
  if (result == nullptr) return out + "failed: " + r.failures.at(p.experiment) + "\n\n";
  out += "| figure | published | simulated | error | limit |\n|---|---|---|---|---|\n";
  for (const ComparedFigure& f : compare_figures(p, *result)) {
    const std::string error =
        f.published == 0 ? (f.simulated == 0 ? "met" : "missed") : fmt::format("{:+.1f} %", 100 * f.error());
    out +=
        fmt::format("| {} | {:.6g} | {} | {}{} | {:.0f} % |\n", f.key, f.published,
                    value(f.simulated, "{:.6g}"), error, f.within() ? "" : " **outside**", 100 * f.tolerance);
  }
  return out + "\n";
}

/// The published tokens/s of an experiment, or NaN.
double published_rate(const Published& published, const std::string& experiment) {
  for (const PublishedPoint& p : published.points) {
    const auto rate = p.measured.find("throughput_tokens_per_s");
    if (p.experiment == experiment && rate != p.measured.end()) return rate->second;
  }
  return std::nan("");
}

std::string series_table(const PublishedSeries& s, const Reproduction& r) {
  std::string out = fmt::format("### {}\n\n{}. {}\n\n", s.title, s.source, s.note);
  out +=
      "| | published tokens/s | tokens/s | ms a run | J/token | LUT | DSP | BRAM36 | URAM | limited by |\n"
      "|---|---|---|---|---|---|---|---|---|---|\n";
  for (const SeriesRow& row : s.rows) {
    const JsonValue* result = r.result(row.experiment);
    out += fmt::format(
        "| {} | {} | {} | {} | {} | {} | {} | {} | {} | {} |\n", cell(row.label),
        value(published_rate(r.published, row.experiment)), value(number(result, "/throughput_tokens_per_s")),
        value(1e3 * number(result, "/latency_s")), value(number(result, "/energy_j_per_token"), "{:.4g}"),
        value(number(result, "/resources/lut"), "{:.0f}"), value(number(result, "/resources/dsp"), "{:.0f}"),
        value(number(result, "/resources/bram36"), "{:.0f}"),
        value(number(result, "/resources/uram"), "{:.0f}"),
        result != nullptr ? cell(text(result, "/bottleneck_detail/resource"))
                          : "failed: " + cell(r.failures.at(row.experiment)));
  }
  return out + "\n";
}

/// What the papers divide: an accelerator's tokens/J by a processor's, as published and as simulated.
std::string baseline_table(const Reproduction& r) {
  std::string out =
      "| processor | tokens/s | tokens/J | accelerator | tokens/J, published | as many times | tokens/J, "
      "simulated | as many times | error |\n"
      "|---|---|---|---|---|---|---|---|---|\n";
  for (const Baseline& b : r.published.baselines) {
    for (const PublishedPoint& p : r.published.points) {
      const auto efficiency = p.measured.find("efficiency_tokens_per_j");
      // Each paper compares with the processors of its own tables.
      if (efficiency == p.measured.end() || p.network != b.network ||
          p.source.substr(0, 16) != b.source.substr(0, 16))
        continue;
      const double simulated = number(r.result(p.experiment), "/efficiency_tokens_per_j");
      out += fmt::format("| {} | {:.4g} | {:.3g} | {} | {:.3g} | {:.2f} | {} | {} | {} |\n", b.device,
                         b.throughput_tokens_per_s, b.efficiency_tokens_per_j, p.design, efficiency->second,
                         efficiency->second / b.efficiency_tokens_per_j, value(simulated, "{:.3g}"),
                         value(simulated / b.efficiency_tokens_per_j, "{:.2f}"),
                         value(100 * (simulated / efficiency->second - 1), "{:+.1f} %"));
    }
  }
  return out;
}

}  // namespace

const JsonValue* Reproduction::result(const std::string& experiment) const {
  const auto found = results.find(experiment);
  return found == results.end() ? nullptr : &found->second;
}

Reproduction reproduce(const std::string& reference, std::size_t jobs, const std::string& version) {
  Diagnostics diagnostics;
  const std::optional<Published> published = load_published(Catalog::standard(), reference, diagnostics);
  throw_if_errors(diagnostics);
  Reproduction out{*published, {}, {}, version};
  std::set<std::string> names;
  for (const PublishedPoint& p : published->points) names.insert(p.experiment);
  for (const PublishedSeries& s : published->series) {
    for (const SeriesRow& row : s.rows) names.insert(row.experiment);
  }
  std::vector<std::function<std::string()>> work;
  for (const std::string& name : names)
    work.emplace_back([&name, &version] { return evaluated(name, version); });
  const std::vector<IsolatedResult> results = run_isolated(work, jobs);
  auto name = names.begin();
  for (const IsolatedResult& result : results) {
    Diagnostics ignored;
    std::optional<JsonValue> json = result.value ? parse_json(*result.value, *name, ignored) : std::nullopt;
    if (json) {
      out.results[*name] = std::move(*json);
    } else {
      out.failures[*name] = result.error;
    }
    ++name;
  }
  return out;
}

std::string reproduction_markdown(const Reproduction& r) {
  std::string out =
      "# Reproduction of the papers\n\n"
      "Regenerated by `./run --all`, or `statelane reproduce --markdown results/reproduction.md --out "
      "reproduction.html` "
      "(the same as a page).\nPublished figures: `configs/validation/published.json`. One set of constants "
      "for all rows; "
      "which of them are fitted on which rows: [docs/resources.md](../docs/resources.md), "
      "[docs/energy.md](../docs/energy.md).\n\n## Published figures, simulated\n\n";
  for (const PublishedPoint& p : r.published.points) out += point_table(p, r);
  out += "## Processors the papers compare with\n\n" + baseline_table(r) +
         "\n## Published tables and figures\n\n";
  for (const PublishedSeries& s : r.published.series) out += series_table(s, r);
  if (!r.results.empty()) {
    const JsonValue& any = r.results.begin()->second;
    out += fmt::format("statelane {}, constants {} {}.\n", r.version, text(&any, "/provenance/constants"),
                       text(&any, "/provenance/constants_hash"));
  }
  return out;
}

JsonValue reproduction_json(const Reproduction& r) {
  JsonValue points = JsonValue::array();
  for (const PublishedPoint& p : r.published.points) {
    JsonValue one = JsonValue::object()
                        .set("id", p.id)
                        .set("source", p.source)
                        .set("experiment", p.experiment)
                        .set("design", p.design);
    const JsonValue* result = r.result(p.experiment);
    JsonValue rows = JsonValue::array();
    for (const ComparedFigure& f :
         result != nullptr ? compare_figures(p, *result) : std::vector<ComparedFigure>()) {
      rows.push_back(JsonValue::object()
                         .set("figure", f.key)
                         .set("published", JsonValue(f.published))
                         .set("simulated", JsonValue(f.simulated))
                         .set("error", JsonValue(f.published == 0 ? 0.0 : f.error()))
                         .set("tolerance", JsonValue(f.tolerance))
                         .set("within", JsonValue(f.within())));
    }
    if (result == nullptr) one.set("failure", r.failures.at(p.experiment));
    points.push_back(one.set("rows", std::move(rows)));
  }
  JsonValue series = JsonValue::array();
  for (const PublishedSeries& s : r.published.series) {
    JsonValue rows = JsonValue::array();
    for (const SeriesRow& row : s.rows) {
      JsonValue one = JsonValue::object().set("label", row.label).set("experiment", row.experiment);
      if (const JsonValue* result = r.result(row.experiment)) {
        one.set("result", *result);
      } else {
        one.set("failure", r.failures.at(row.experiment));
      }
      const double rate = published_rate(r.published, row.experiment);
      if (!std::isnan(rate)) one.set("published_tokens_per_s", JsonValue(rate));
      rows.push_back(std::move(one));
    }
    series.push_back(JsonValue::object()
                         .set("title", s.title)
                         .set("source", s.source)
                         .set("note", s.note)
                         .set("rows", std::move(rows)));
  }
  JsonValue baselines = JsonValue::array();
  for (const Baseline& b : r.published.baselines) baselines.push_back(to_json(b));
  return JsonValue::object()
      .set("points", std::move(points))
      .set("series", std::move(series))
      .set("baselines", std::move(baselines))
      .set("version", r.version);
}

}  // namespace statelane
