// SPDX-License-Identifier: Apache-2.0
#include <spdlog/fmt/fmt.h>

#include <cmath>
#include <set>

#include "explore/front/front_view.h"
#include "explore/store/csv.h"

namespace statelane {
namespace {

JsonValue json_of(const std::string& text) {
  Diagnostics d;
  return parse_json(text, "store", d).value_or(JsonValue::object());
}

std::string parameter(const JsonValue& parameters, const std::string& axis) {
  const JsonValue* v = parameters.find(axis);
  if (v == nullptr) return "-";
  return v->is_string() ? v->as_string() : to_text(*v, -1);
}

JsonValue figures_json(const PointRecord& p) {
  JsonValue json = JsonValue::object();
  for (const FigureInfo& f : figures()) json.set(std::string(f.name), JsonValue(get(p.figures, f.figure)));
  const JsonValue numbers = json_of(p.numbers);
  for (const JsonMember& m : numbers.members()) json.set(m.key, m.value);
  return json;
}

JsonValue point_json(const ViewPoint& p) {
  return JsonValue::object()
      .set("index", JsonValue(static_cast<std::int64_t>(p.record.index)))
      .set("parameters", json_of(p.record.parameters))
      .set("figures", figures_json(p.record));
}

std::string percent(double value, double reference) {
  if (reference == 0) return "";
  return fmt::format("{:+.2f} %", 100 * (value / reference - 1));
}

std::string marks_text(const FrontView& v) {
  std::string out;
  for (const ReferenceView& m : v.references) {
    out += "\n" + m.point.record.label + ":";
    for (const Objective& o : v.objectives)
      out += fmt::format(" {} {:.6g}", o.figure, objective_value(m.point.record, o.figure));
    if (m.beaten_by == 0) {
      out += "\n  no simulated design is better: it is on the front\n";
      continue;
    }
    out += fmt::format("\n  {} simulated design(s) are nowhere worse and somewhere better", m.beaten_by);
    if (m.nearest) {
      const PointRecord& best = v.front[*m.nearest].record;
      out += fmt::format("; most is gained by point {}:", best.index);
      for (const Objective& o : v.objectives) {
        const double now = objective_value(best, o.figure);
        out += fmt::format(" {} {:.6g} ({})", o.figure, now,
                           percent(now, objective_value(m.point.record, o.figure)));
      }
      out += "\n  " + best.parameters;
    }
    out += "\n";
  }
  return out;
}

}  // namespace

std::string front_csv(const FrontView& v) {
  std::string out = "index";
  for (const std::string& axis : v.axes) out += "," + csv_cell(axis);
  for (const FigureInfo& f : figures()) out += "," + std::string(f.name);
  std::set<std::string> numbers;
  for (const ViewPoint& p : v.front) {
    const JsonValue json = json_of(p.record.numbers);
    for (const JsonMember& m : json.members()) numbers.insert(m.key);
  }
  for (const std::string& n : numbers) out += "," + n;
  out += "\n";
  for (const ViewPoint& p : v.front) {
    const JsonValue parameters = json_of(p.record.parameters);
    const JsonValue own = json_of(p.record.numbers);
    out += std::to_string(p.record.index);
    for (const std::string& axis : v.axes) out += "," + csv_cell(parameter(parameters, axis));
    for (const FigureInfo& f : figures())
      out += "," + to_text(JsonValue(get(p.record.figures, f.figure)), -1);
    for (const std::string& n : numbers)
      out += "," + (own.find(n) != nullptr ? to_text(*own.find(n), -1) : "");
    out += "\n";
  }
  return out;
}

JsonValue front_json(const FrontView& v) {
  JsonValue front = JsonValue::array();
  for (const ViewPoint& p : v.front) front.push_back(point_json(p));
  JsonValue references = JsonValue::array();
  for (const ReferenceView& m : v.references) {
    JsonValue reference = JsonValue::object()
                              .set("name", m.point.record.label)
                              .set("figures", figures_json(m.point.record))
                              .set("on_front", JsonValue(m.beaten_by == 0))
                              .set("beaten_by", JsonValue(static_cast<std::int64_t>(m.beaten_by)));
    if (m.nearest)
      reference.set("best", JsonValue(static_cast<std::int64_t>(v.front[*m.nearest].record.index)));
    references.push_back(std::move(reference));
  }
  JsonValue json = JsonValue::object()
                       .set("sweep", v.sweep)
                       .set("objectives", objectives_text(v.objectives))
                       .set("exact", JsonValue(v.exact))
                       .set("simulated", JsonValue(static_cast<std::int64_t>(v.simulated.size())))
                       .set("open", JsonValue(static_cast<std::int64_t>(v.open.size())))
                       .set("hypervolume", JsonValue(v.hypervolume));
  JsonValue strategies = JsonValue::array();
  for (const StrategyView& s : v.strategies) {
    strategies.push_back(JsonValue::object()
                             .set("strategy", s.strategy)
                             .set("simulations", JsonValue(s.simulations))
                             .set("front", JsonValue(static_cast<std::int64_t>(s.front)))
                             .set("hypervolume", JsonValue(s.hypervolume)));
  }
  json.set("strategies", std::move(strategies));
  if (!v.front.empty()) json.set("knee", JsonValue(static_cast<std::int64_t>(v.front[v.knee].record.index)));
  return json.set("front", std::move(front)).set("marks", std::move(references));
}

std::string front_table(const FrontView& v, std::size_t most_rows) {
  std::string out =
      fmt::format("{}: {} designs on the {}, of {} simulated; hypervolume {:.4f}\n", v.sweep, v.front.size(),
                  v.exact ? "exact front" : "front found", v.simulated.size(), v.hypervolume);
  for (std::size_t k = 0; v.strategies.size() > 1 && k < v.strategies.size(); ++k) {
    const StrategyView& s = v.strategies[k];
    out += fmt::format("  {}: {} designs on its front by {} simulations, hypervolume {:.6f}\n", s.strategy,
                       s.front, s.simulations, s.hypervolume);
  }
  // Only parameters that differ over the front are worth a column.
  std::vector<std::string> varying;
  for (const std::string& axis : v.axes) {
    std::set<std::string> values;
    for (const ViewPoint& p : v.front) values.insert(parameter(json_of(p.record.parameters), axis));
    if (values.size() > 1) varying.push_back(axis);
  }
  std::vector<std::vector<std::string>> rows(1);
  rows[0] = {"", "index"};
  for (const Objective& o : v.objectives) rows[0].push_back(o.figure);
  rows[0].insert(rows[0].end(), varying.begin(), varying.end());
  for (std::size_t k = 0; k < std::min(most_rows, v.front.size()); ++k) {
    const PointRecord& p = v.front[k].record;
    const JsonValue parameters = json_of(p.parameters);
    std::vector<std::string> row = {k == v.knee ? "knee" : "", std::to_string(p.index)};
    for (const Objective& o : v.objectives)
      row.push_back(fmt::format("{:.6g}", objective_value(p, o.figure)));
    for (const std::string& axis : varying) row.push_back(parameter(parameters, axis));
    rows.push_back(std::move(row));
  }
  std::vector<std::size_t> widths(rows[0].size(), 0);
  for (const auto& row : rows) {
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], row[i].size());
  }
  for (const auto& row : rows) {
    for (std::size_t i = 0; i < row.size(); ++i)
      out += fmt::format("{:>{}}{}", row[i], widths[i], i + 1 < row.size() ? "  " : "\n");
  }
  if (v.front.size() > most_rows)
    out += fmt::format("... and {} more (--csv has all)\n", v.front.size() - most_rows);
  return out + marks_text(v);
}

}  // namespace statelane
