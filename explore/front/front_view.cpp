// SPDX-License-Identifier: Apache-2.0
#include "explore/front/front_view.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <set>

#include "explore/front/archive.h"
#include "explore/space/objectives.h"

namespace statelane {
namespace {

JsonValue json_of(const std::string& text) {
  Diagnostics d;
  return parse_json(text, "store", d).value_or(JsonValue::object());
}

/// The runs of the sweep asked for: the latest of that name, and all over the same designs.
std::vector<RunRecord> runs_of(Store& store, const std::string& name) {
  const std::vector<RunRecord> all = store.runs();
  if (all.empty()) throw InputError(store.path() + " has no results yet");
  std::set<std::string> names;
  for (const RunRecord& r : all) names.insert(r.sweep);
  if (name.empty() && names.size() > 1) {
    std::string list;
    for (const std::string& n : names) list += (list.empty() ? "" : ", ") + n;
    throw InputError(store.path() + " has several sweeps (" + list + "); choose one with --sweep");
  }
  const std::string wanted = name.empty() ? *names.begin() : name;
  if (names.count(wanted) == 0) {
    const std::vector<std::string> known(names.begin(), names.end());
    const std::string hint = nearest_hint(wanted, known);
    throw InputError(store.path() + " has no sweep '" + wanted + "'" +
                     (hint.empty() ? "" : " (" + hint + ")"));
  }
  std::string hash;
  for (const RunRecord& r : all) {
    if (r.sweep == wanted) hash = r.hash;
  }
  std::vector<RunRecord> out;
  for (const RunRecord& r : all) {
    if (r.hash == hash) out.push_back(r);
  }
  return out;
}

/// Whether finished exact runs with these objectives cover the space: a whole one, or every shard of a set.
bool covers_space(const std::vector<RunRecord>& runs, const std::string& objectives) {
  std::map<std::int64_t, std::set<std::int64_t>> shards;
  for (const RunRecord& r : runs) {
    const JsonValue counts = json_of(r.counts);
    const JsonValue* exact = counts.find("exact");
    if (r.state != RunState::finished || r.objectives != objectives || exact == nullptr ||
        !exact->is_bool() || !exact->as_bool())
      continue;
    shards[r.shards].insert(r.shard);
  }
  return std::any_of(shards.begin(), shards.end(),
                     [](const auto& s) { return static_cast<std::int64_t>(s.second.size()) == s.first; });
}

Contender vector_of(const PointRecord& p, const std::vector<Objective>& objectives) {
  Contender c;
  c.index = p.index;
  for (std::size_t i = 0; i < objectives.size(); ++i) {
    const double v = objective_value(p, objectives[i].figure);
    c.value[i] = objectives[i].direction == Direction::maximize ? -v : v;
  }
  return c;
}

std::vector<StrategyView> strategies_of(const FrontView& v,
                                        const std::map<std::string, std::vector<Contender>>& found,
                                        const Extent& box) {
  std::vector<StrategyView> out;
  for (const auto& [strategy, points] : found) {
    StrategyView s{strategy, 0, 0, 0};
    const std::vector<Contender> front = pareto_front(points, v.objectives.size());
    s.front = front.size();
    s.hypervolume = relative_hypervolume(front, box, v.objectives.size());
    for (const RunRecord& run : v.runs) {
      const JsonValue counts = json_of(run.counts);
      const JsonValue* n = counts.find("simulations");
      if (run.strategy == strategy && n != nullptr && n->is_integer()) s.simulations += n->as_integer();
    }
    out.push_back(std::move(s));
  }
  return out;
}

void place_reference(FrontView& v, ReferenceView& reference) {
  const std::size_t n = v.objectives.size();
  for (const ViewPoint& p : v.simulated) {
    if (covers(p.vector, reference.point.vector, n) && p.vector.value != reference.point.vector.value)
      ++reference.beaten_by;
  }
  double most = -1;
  for (std::size_t k = 0; k < v.front.size(); ++k) {
    const Contender& c = v.front[k].vector;
    if (!covers(c, reference.point.vector, n) || c.value == reference.point.vector.value) continue;
    double gain = 0;
    for (std::size_t i = 0; i < n; ++i) {
      const double scale = std::abs(reference.point.vector.value[i]);
      if (scale > 0) gain += (reference.point.vector.value[i] - c.value[i]) / scale;
    }
    if (gain > most) {
      most = gain;
      reference.nearest = k;
    }
  }
}

}  // namespace

double objective_value(const PointRecord& p, const std::string& figure) {
  if (const FigureInfo* f = figure_named(figure)) return get(p.figures, f->figure);
  for (const std::string* text : {&p.numbers, &p.parameters}) {
    const JsonValue json = json_of(*text);
    const JsonValue* value = json.find(figure);
    if (value != nullptr && value->is_number()) return value->as_number();
  }
  return std::numeric_limits<double>::quiet_NaN();
}

namespace {

/// Puts a point where it belongs in a view.
void place_point(FrontView& v, PointRecord record) {
  ViewPoint point{std::move(record), {}, 0};
  point.vector = vector_of(point.record, v.objectives);
  for (std::size_t i = 0; i < v.objectives.size(); ++i) {
    if (point.record.kind != PointKind::reference && std::isnan(point.vector.value[i]))
      throw InputError("no figure is called '" + v.objectives[i].figure + "'");
  }
  switch (point.record.kind) {
    case PointKind::simulated:
      if (point.record.obeys) v.simulated.push_back(std::move(point));
      break;
    case PointKind::open:
      v.open.push_back(std::move(point));
      break;
    case PointKind::sample:
      v.sample.push_back(std::move(point));
      break;
    case PointKind::reference:
      v.references.push_back({std::move(point), 0, {}});
      break;
    case PointKind::failed:
      break;
  }
}

/// Fills in the front of the simulated points, thinned, and what is measured of it.
void find_front(FrontView& v, const std::map<std::string, std::vector<Contender>>& by_strategy,
                double epsilon) {
  const std::size_t objectives = v.objectives.size();
  std::vector<Contender> all;
  std::map<std::uint64_t, const ViewPoint*> by_index;
  for (const ViewPoint& p : v.simulated) {
    all.push_back(p.vector);
    by_index[p.record.index] = &p;
  }
  std::vector<Contender> front = pareto_front(all, objectives);
  const Extent box = extent_of(all, objectives);
  v.hypervolume = relative_hypervolume(front, box, objectives);
  v.strategies = strategies_of(v, by_strategy, box);
  front = thin_front(front, objectives, epsilon);
  std::sort(front.begin(), front.end(), [](const Contender& a, const Contender& b) {
    return a.value != b.value ? a.value < b.value : a.index < b.index;
  });
  for (const Contender& c : front) v.front.push_back(*by_index[c.index]);
  v.knee = knee(front, objectives);
}

}  // namespace

FrontView view_front(Store& store, const FrontQuery& query) {
  FrontView v;
  v.runs = runs_of(store, query.sweep);
  v.sweep = v.runs.back().sweep;
  v.objectives = query.objectives.empty() ? parse_objectives(v.runs.back().objectives) : query.objectives;
  v.exact = covers_space(v.runs, objectives_text(v.objectives));
  const JsonValue document = json_of(v.runs.back().document);
  if (const JsonValue* axes = document.find("axes"); axes != nullptr && axes->is_array()) {
    for (const JsonValue& axis : axes->items()) v.axes.push_back(axis.find("name")->as_string());
  }
  std::set<std::pair<int, std::uint64_t>> seen;
  std::map<std::string, std::vector<Contender>> found;  // by strategy
  for (const RunRecord& run : v.runs) {
    for (PointRecord& p : store.points(run.id)) {
      if (p.kind == PointKind::simulated && p.obeys)
        found[run.strategy].push_back(vector_of(p, v.objectives));
      if (!seen.emplace(static_cast<int>(p.kind), p.index).second) continue;
      place_point(v, std::move(p));
    }
  }
  find_front(v, found, query.epsilon);
  for (ReferenceView& reference : v.references) place_reference(v, reference);
  return v;
}

}  // namespace statelane
