// SPDX-License-Identifier: Apache-2.0
#include "report/store_data.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>
#include <map>
#include <unordered_map>

#include "explore/space/point_evaluator.h"
#include "explore/store/export.h"
#include "explore/store/stored_problem.h"
#include "report/page.h"

namespace statelane::report {
namespace {

static_assert(std::endian::native == std::endian::little, "columns are written as they lie in memory");

template <class T>
std::string bytes_of_all(const std::vector<T>& values) {
  std::string out(values.size() * sizeof(T), '\0');
  if (!values.empty()) std::memcpy(out.data(), values.data(), out.size());
  return base64(gzip(out));
}

constexpr std::size_t dictionary_most = 65536;

template <class T, class Key>
bool indices_of(const std::vector<T>& values, std::vector<T>& dictionary, std::vector<std::uint16_t>& indices,
                const Key& key) {
  std::unordered_map<std::decay_t<decltype(key(values.front()))>, std::uint16_t> seen;
  for (const T& v : values) {
    const auto [at, fresh] = seen.emplace(key(v), static_cast<std::uint16_t>(dictionary.size()));
    if (fresh) {
      if (dictionary.size() == dictionary_most) return false;
      dictionary.push_back(v);
    }
    indices.push_back(at->second);
  }
  return true;
}

JsonValue json_of(const std::string& text) {
  Diagnostics d;
  return parse_json(text, "store", d).value_or(JsonValue::object());
}

std::string label_of(const JsonValue& v) {
  return v.is_string() ? v.as_string() : to_text(v, -1);
}

/// A drawn sample is known in closed form only.
std::string state_of(PointKind kind) {
  return kind == PointKind::sample ? "closed form" : std::string(name_of(kind));
}

std::string limit_of(const Bound& bound, const Experiment& e, const Graph& graph) {
  switch (bound.kind) {
    case BoundKind::actor:
      return "unit " + std::string(graph.actors[bound.index].name);
    case BoundKind::port:
      return "port " + e.design.memory.ports[bound.index].name;
    case BoundKind::memory:
      return "memory devices";
    case BoundKind::path:
      return "chain through a layer";
  }
  return {};
}

/// The sweep a store was made from, read again from the document it keeps.
class Sweep {
 public:
  Sweep(const FrontView& view, const Catalog& catalog, const UnitRegistry& registry)
      : catalog_(catalog), registry_(registry) {
    Diagnostics problems;
    const RunRecord& run = view.runs.back();
    problem_ = load_problem(catalog, registry, run, problems);
    if (!problem_) {
      why_ = (problems.empty() ? std::string("the sweep cannot be read") : problems[0].text()) +
             "; limits and commands are left out";
    } else if (problem_->hash() != run.hash) {
      why_ = "the sweep or the models have changed since it was explored; what limits a design is left out";
    } else {
      evaluator_.emplace(*problem_);
    }
  }
  [[nodiscard]] const std::string& why() const { return why_; }
  [[nodiscard]] const Problem* problem() const { return problem_.get(); }

  /// What limits a point in closed form; empty where that is not known.
  [[nodiscard]] std::string limit(const PointRecord& p) {
    if (!evaluator_) return {};
    if (p.kind == PointKind::reference) return limit_of_reference(p.label);
    evaluator_->evaluate(p.index);
    return limit_of(evaluator_->closed_form().bound(), evaluator_->cursor().experiment(),
                    evaluator_->closed_form().graph());
  }

 private:
  std::string limit_of_reference(const std::string& label) {
    for (const ReferencePoint& reference : problem_->sweep().references) {
      if (reference.name != label) continue;
      Diagnostics ignored;
      const auto e = load_experiment(catalog_, registry_, {reference.experiment, {}, false}, ignored);
      DesignEvaluator evaluator(problem_->constants());
      if (e && evaluator.evaluate(*e) == Legality::legal)
        return limit_of(evaluator.bound(), *e, evaluator.graph());
    }
    return {};
  }

  const Catalog& catalog_;
  const UnitRegistry& registry_;
  std::unique_ptr<const Problem> problem_;
  std::optional<PointEvaluator> evaluator_;
  std::string why_;
};

/// Axes with what each of their values sets, and the experiment they change.
void add_commands(const Problem& problem, const Catalog& catalog, JsonValue& out) {
  JsonValue axes = JsonValue::array();
  for (const Axis& axis : problem.space().axes()) {
    JsonValue values = JsonValue::array();
    for (const AxisValue& v : axis.values) {
      JsonValue set = JsonValue::array();
      for (const auto& [pointer, value] : v.set)
        set.push_back(JsonValue::array().push_back(pointer).push_back(value));
      values.push_back(JsonValue::object().set("label", v.label).set("set", std::move(set)));
    }
    axes.push_back(JsonValue::object().set("name", axis.name).set("values", std::move(values)));
  }
  JsonValue shared = JsonValue::array();
  for (const auto& [pointer, value] : problem.sweep().settings)
    shared.push_back(JsonValue::array().push_back(pointer).push_back(value));
  out.set("axes", std::move(axes))
      .set("experiment", problem.sweep().experiment)
      .set("settings", std::move(shared));
  Diagnostics ignored;
  if (const auto document = catalog.read("experiments", problem.sweep().experiment, {}, ignored))
    out.set("experiment_document", *document);
}

JsonValue runs_json(const FrontView& view) {
  JsonValue runs = JsonValue::array();
  for (const RunRecord& r : view.runs) runs.push_back(run_json(r));
  return runs;
}

/// The rows of a page, and where the designs of the front are among them.
struct Rows {
  std::vector<const PointRecord*> points;
  std::map<std::uint64_t, std::int64_t> simulated;  ///< row by index
  explicit Rows(const FrontView& v) {
    for (const ViewPoint& p : v.simulated) {
      simulated[p.record.index] = static_cast<std::int64_t>(points.size());
      points.push_back(&p.record);
    }
    for (const auto* list : {&v.sample, &v.open}) {
      for (const ViewPoint& p : *list) {
        if (simulated.count(p.record.index) == 0) points.push_back(&p.record);
      }
    }
    for (const ReferenceView& m : v.references) points.push_back(&m.point.record);
  }
};

void add_columns(const FrontView& view, const Rows& rows, Sweep& sweep, JsonValue& out) {
  JsonValue columns = JsonValue::array();
  const auto add = [&](const std::string& name, const char* role, JsonValue data) {
    columns.push_back(data.set("name", name).set("role", role));
  };
  std::vector<double> values(rows.points.size());
  for (const FigureInfo& f : figures()) {
    std::transform(rows.points.begin(), rows.points.end(), values.begin(),
                   [&](const PointRecord* p) { return get(p->figures, f.figure); });
    add(std::string(f.name), "figure", packed(values));
  }
  std::vector<JsonValue> parameters;
  std::vector<JsonValue> numbers;
  std::map<std::string, int> number_names;
  for (const PointRecord* p : rows.points) {
    parameters.push_back(json_of(p->parameters));
    numbers.push_back(json_of(p->numbers));
    for (const JsonMember& m : numbers.back().members()) number_names[m.key] = 1;
  }
  for (const auto& [name, unused] : number_names) {
    for (std::size_t i = 0; i < values.size(); ++i) {
      const JsonValue* v = numbers[i].find(name);
      values[i] = v != nullptr && v->is_number() ? v->as_number() : std::nan("");
    }
    add(name, "number", packed(values));
  }
  std::vector<std::string> texts(rows.points.size());
  for (const std::string& axis : view.axes) {
    for (std::size_t i = 0; i < texts.size(); ++i) {
      const JsonValue* v = parameters[i].find(axis);
      texts[i] = v == nullptr ? "" : label_of(*v);
    }
    add(axis, "parameter", packed(texts));
  }
  for (std::size_t i = 0; i < texts.size(); ++i) texts[i] = state_of(rows.points[i]->kind);
  add("state", "state", packed(texts));
  for (std::size_t i = 0; i < texts.size(); ++i) texts[i] = sweep.limit(*rows.points[i]);
  add("limited by", "limit", packed(texts));
  for (std::size_t i = 0; i < texts.size(); ++i)
    texts[i] = rows.points[i]->kind == PointKind::reference ? rows.points[i]->label : "";
  add("mark", "label", packed(texts));
  for (std::size_t i = 0; i < values.size(); ++i) values[i] = static_cast<double>(rows.points[i]->index);
  add("index", "index", packed(values));
  out.set("rows", JsonValue(static_cast<std::int64_t>(rows.points.size())))
      .set("columns", std::move(columns));
}

}  // namespace

JsonValue packed(const std::vector<double>& values) {
  std::vector<double> dictionary;
  std::vector<std::uint16_t> indices;
  // By bits: a NaN is a value like another, and -0 is not 0.
  if (!values.empty() &&
      indices_of(values, dictionary, indices, [](double v) { return std::bit_cast<std::uint64_t>(v); })) {
    return JsonValue::object()
        .set("type", "dictionary")
        .set("values", bytes_of_all(dictionary))
        .set("data", bytes_of_all(indices));
  }
  const std::vector<float> rounded(values.begin(), values.end());
  return JsonValue::object().set("type", "float").set("data", bytes_of_all(rounded));
}

JsonValue packed(const std::vector<std::string>& values) {
  std::vector<std::string> dictionary;
  std::vector<std::uint16_t> indices;
  if (!values.empty() && !indices_of(values, dictionary, indices, [](const std::string& v) { return v; }))
    throw std::length_error("a column of texts has more than 65536 different ones");
  JsonValue list = JsonValue::array();
  for (const std::string& text : dictionary) list.push_back(text);
  return JsonValue::object()
      .set("type", "text")
      .set("values", std::move(list))
      .set("data", bytes_of_all(indices));
}

JsonValue store_data(const FrontView& view, const Catalog& catalog, const UnitRegistry& registry) {
  const Rows rows(view);
  Sweep sweep(view, catalog, registry);
  JsonValue objectives = JsonValue::array();
  for (const Objective& o : view.objectives)
    objectives.push_back(JsonValue::object().set("figure", o.figure).set("direction", name_of(o.direction)));
  JsonValue front = JsonValue::array();
  for (const ViewPoint& p : view.front) front.push_back(JsonValue(rows.simulated.at(p.record.index)));
  JsonValue references = JsonValue::array();
  for (std::size_t i = 0; i < view.references.size(); ++i) {
    const ReferenceView& m = view.references[i];
    JsonValue one =
        JsonValue::object()
            .set("label", m.point.record.label)
            .set("row", JsonValue(static_cast<std::int64_t>(rows.points.size() - view.references.size() + i)))
            .set("beaten_by", JsonValue(static_cast<std::int64_t>(m.beaten_by)));
    if (m.nearest) one.set("nearest", JsonValue(rows.simulated.at(view.front[*m.nearest].record.index)));
    references.push_back(std::move(one));
  }
  JsonValue out = JsonValue::object();
  out.set("sweep", view.sweep)
      .set("objectives", std::move(objectives))
      .set("exact", JsonValue(view.exact))
      .set("hypervolume", JsonValue(view.hypervolume))
      .set("knee", JsonValue(view.front.empty() ? std::int64_t{-1}
                                                : rows.simulated.at(view.front[view.knee].record.index)))
      .set("front", std::move(front))
      .set("marks", std::move(references))
      .set("runs", runs_json(view));
  if (!sweep.why().empty()) out.set("problem", sweep.why());
  if (sweep.problem() != nullptr) add_commands(*sweep.problem(), catalog, out);
  add_columns(view, rows, sweep, out);
  return out;
}

}  // namespace statelane::report
