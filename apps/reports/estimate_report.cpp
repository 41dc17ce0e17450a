// SPDX-License-Identifier: Apache-2.0
#include "apps/reports/estimate_report.h"

#include <spdlog/fmt/fmt.h>

#include <cmath>
#include <iterator>

#include "models/evaluate/evaluation_json.h"
#include "models/units/fabric/resource_kinds.h"

namespace statelane {
namespace {

using Out = std::back_insert_iterator<std::string>;

/// A published figure by its key; block RAM may be published in 36 Kb.
std::optional<double> published(const std::map<std::string, double>& figures, std::string_view kind) {
  const std::string key(kind);
  if (const auto at = figures.find(key); at != figures.end()) return at->second;
  if (const auto at = figures.find("bram36"); key == "bram18" && at != figures.end()) return 2 * at->second;
  return std::nullopt;
}

void resource_row(Out out, const std::string& label, const Resources& r, const BoardResources& board) {
  fmt::format_to(out, "{:<34}", label);
  const Resources offered = offered_by(board);
  for (const ResourceKind& kind : resource_kinds) {
    const double used = r.*kind.count, all = offered.*kind.count;
    fmt::format_to(out, "{:>9.0f} {:>6}", used,
                   all > 0 && used > 0 ? fmt::format("{:.1f}%", 100 * used / all) : std::string());
  }
  fmt::format_to(out, "\n");
}

void published_row(Out out, const std::string& indent, const std::map<std::string, double>& figures,
                   const Resources& r) {
  fmt::format_to(out, "{:<34}", indent + "published, and the estimate's error");
  for (const ResourceKind& kind : resource_kinds) {
    const std::optional<double> value = published(figures, kind.key);
    const std::string error =
        value && *value != 0 ? fmt::format("{:+.1f}%", 100 * (r.*kind.count / *value - 1)) : "";
    fmt::format_to(out, "{:>9} {:>6}", value ? fmt::format("{:.0f}", *value) : "-", error);
  }
  fmt::format_to(out, "\n");
}

void resources(Out out, const DesignEstimate& e) {
  const ResourceReport& r = e.evaluation.resources;
  fmt::format_to(out, "{:<34}", "resources, share of the board");
  for (const ResourceKind& kind : resource_kinds) fmt::format_to(out, "{:>9} {:>6}", kind.title, "");
  fmt::format_to(out, "\n");
  resource_row(out, e.experiment.design_name, r.total, r.board);
  const bool compare = e.published != nullptr;
  if (compare && !e.published->resources.empty()) published_row(out, "| ", e.published->resources, r.total);
  for (const ComponentResources& c : r.components) {
    resource_row(out, "+- " + c.name, c.resources, r.board);
    if (compare) {
      const auto at = e.published->components.find(c.name);
      if (at != e.published->components.end()) published_row(out, "|  | ", at->second, c.resources);
    }
    for (const ComponentResources& part : r.parts) {
      if (part.component == c.name) resource_row(out, "|  +- " + part.name, part.resources, r.board);
    }
  }
}

void energy_row(Out out, const std::string& label, const EnergyKinds& k, const EnergyReport& report) {
  const auto tokens = static_cast<double>(report.tokens);
  fmt::format_to(out, "{:<34}{:>11.4g} {:>6.1f}%", label, k.total().count() / tokens * 1e3,
                 100 * (k.total() / report.total.total()));
  for (const EnergyKind& kind : energy_kinds)
    fmt::format_to(out, "{:>11.3g}", (k.*kind.energy).count() / tokens * 1e3);
  fmt::format_to(out, "\n");
}

void energy(Out out, const DesignEstimate& e) {
  const EnergyReport& report = e.evaluation.energy;
  fmt::format_to(out, "\n{:<34}{:>11} {:>7}{:>11}{:>11}{:>11}{:>11}{:>11}\n", "energy, mJ a token", "all",
                 "share", "compute", "on chip", "off chip", "clock", "static");
  energy_row(out, e.experiment.design_name, report.total, report);
  fmt::format_to(out, "by component\n");
  for (const ComponentEnergy& c : report.components) energy_row(out, "+- " + c.name, c.energy, report);
  fmt::format_to(out, "by operator of a layer\n");
  for (const OperatorEnergies::Row& row : e.operators.operators)
    energy_row(out, "+- " + std::string(operator_name(row.op)), row.energy, report);
  energy_row(out, "+- whatever runs", e.operators.rest, report);
  fmt::format_to(out, "power {:.3f} W at {:.4g} tokens/s", report.power().count(), e.evaluation.tokens_per_s);
  if (e.published != nullptr) {
    if (const auto at = e.published->measured.find("power_w"); at != e.published->measured.end()) {
      fmt::format_to(out, " (published {:.3g} W, {:+.1f} %)", at->second,
                     100 * (report.power().count() / at->second - 1));
    }
  }
  fmt::format_to(out, "\n");
}

void frequency(Out out, const DesignEstimate& e) {
  const FrequencyEstimate& f = e.frequency;
  fmt::format_to(out, "\nclock {:.0f} MHz; expected to close up to {:.0f} MHz ({})\n", f.wanted.count() / 1e6,
                 f.reachable.count() / 1e6, f.limits.empty() ? "no limit known" : f.limits.front().what);
  for (const std::string& w : f.warnings) fmt::format_to(out, "  warning: {}\n", w);
}

JsonValue figures_json(const Resources& r, const BoardResources& board) {
  JsonValue json = resources_json(r);
  JsonValue share = JsonValue::object();
  const Resources offered = offered_by(board);
  for (const ResourceKind& kind : resource_kinds) {
    const double all = offered.*kind.count;
    share.set(std::string(kind.key), all > 0 ? r.*kind.count / all : 0.0);
  }
  return json.set("of_board", std::move(share));
}

JsonValue published_json(const std::map<std::string, double>& figures, const Resources& r) {
  JsonValue json = JsonValue::object();
  for (const ResourceKind& kind : resource_kinds) {
    const std::optional<double> value = published(figures, kind.key);
    if (!value) continue;
    JsonValue one = JsonValue::object().set("value", *value);
    if (*value != 0) one.set("error", r.*kind.count / *value - 1);
    json.set(std::string(kind.key), std::move(one));
  }
  return json;
}

JsonValue kinds_json(const EnergyKinds& k, const EnergyReport& report) {
  const auto tokens = static_cast<double>(report.tokens);
  JsonValue json = JsonValue::object().set("total", k.total().count() / tokens);
  const JsonValue kinds = energy_json(k, report.tokens);
  for (const JsonMember& kind : kinds.members()) json.set(kind.key, kind.value);
  return json;
}

JsonValue components_json(const DesignEstimate& e) {
  const ResourceReport& r = e.evaluation.resources;
  JsonValue list = JsonValue::array();
  for (const ComponentResources& c : r.components) {
    JsonValue json = figures_json(c.resources, r.board);
    json.set("name", c.name);
    if (e.published != nullptr && e.published->components.count(c.name) > 0)
      json.set("published", published_json(e.published->components.at(c.name), c.resources));
    JsonValue parts = JsonValue::array();
    for (const ComponentResources& part : r.parts) {
      if (part.component != c.name) continue;
      parts.push_back(figures_json(part.resources, r.board).set("name", part.name));
    }
    list.push_back(json.set("parts", std::move(parts)));
  }
  return list;
}

JsonValue frequency_json(const FrequencyEstimate& f) {
  JsonValue limits = JsonValue::array();
  for (const ClockLimit& l : f.limits)
    limits.push_back(JsonValue::object().set("what", l.what).set("clock_mhz", l.clock.count() / 1e6));
  JsonValue warnings = JsonValue::array();
  for (const std::string& w : f.warnings) warnings.push_back(w);
  return JsonValue::object()
      .set("clock_mhz", f.wanted.count() / 1e6)
      .set("reachable_mhz", f.reachable.count() / 1e6)
      .set("closes", f.closes())
      .set("fill", f.fill)
      .set("limits", std::move(limits))
      .set("warnings", std::move(warnings));
}

}  // namespace

std::string estimate_report(const DesignEstimate& e) {
  std::string text;
  const Out out = std::back_inserter(text);
  fmt::format_to(out, "{} ({}) on {}, {}{}\n\n", e.experiment.design_name, e.experiment.network_name,
                 e.experiment.board.name, e.experiment.board.device, e.experiment.board.speed_grade);
  resources(out, e);
  energy(out, e);
  frequency(out, e);
  return text;
}

JsonValue estimate_json(const DesignEstimate& e) {
  const ResourceReport& r = e.evaluation.resources;
  JsonValue json = JsonValue::object();
  json.set("design", e.experiment.design_name)
      .set("network", e.experiment.network_name)
      .set("board", e.experiment.board.name)
      .set("resources", figures_json(r.total, r.board))
      .set("components", components_json(e));
  const EnergyReport& report = e.evaluation.energy;
  JsonValue by_component = JsonValue::object();
  for (const ComponentEnergy& c : report.components) by_component.set(c.name, kinds_json(c.energy, report));
  JsonValue by_operator = JsonValue::object();
  for (const OperatorEnergies::Row& row : e.operators.operators)
    by_operator.set(std::string(operator_name(row.op)), kinds_json(row.energy, report));
  by_operator.set("rest", kinds_json(e.operators.rest, report));
  json.set("energy_j_per_token", kinds_json(report.total, report)
                                     .set("by_component", std::move(by_component))
                                     .set("by_operator", std::move(by_operator)))
      .set("power_w", report.power().count())
      .set("throughput_tokens_per_s", e.evaluation.tokens_per_s)
      .set("frequency", frequency_json(e.frequency));
  if (e.published != nullptr) {
    json.set("published", JsonValue::object()
                              .set("id", e.published->id)
                              .set("source", e.published->source)
                              .set("resources", published_json(e.published->resources, r.total)));
  }
  return json;
}

}  // namespace statelane
