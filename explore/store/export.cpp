// SPDX-License-Identifier: Apache-2.0
#include "explore/store/export.h"

#include <algorithm>

#include "explore/store/csv.h"
#include "models/base/diagnostics.h"

namespace statelane {
namespace {

JsonValue json_of(const std::string& text) {
  Diagnostics d;
  return parse_json(text, "store", d).value_or(JsonValue::object());
}

std::vector<RunRecord> runs_of(Store& store, const std::string& sweep) {
  std::vector<RunRecord> runs = store.runs();
  std::vector<std::string> names;
  for (const RunRecord& r : runs) names.push_back(r.sweep);
  if (!sweep.empty()) std::erase_if(runs, [&](const RunRecord& r) { return r.sweep != sweep; });
  if (runs.empty()) {
    const std::string hint = nearest_hint(sweep, names);
    throw InputError(store.path() + " has no results" + (sweep.empty() ? "" : " of a sweep '" + sweep + "'") +
                     (hint.empty() ? "" : " (" + hint + ")"));
  }
  return runs;
}

JsonValue point_json(const PointRecord& p) {
  JsonValue figures = JsonValue::object();
  for (const FigureInfo& f : statelane::figures())
    figures.set(std::string(f.name), JsonValue(get(p.figures, f.figure)));
  JsonValue json = JsonValue::object()
                       .set("kind", std::string(name_of(p.kind)))
                       .set("index", JsonValue(static_cast<std::int64_t>(p.index)))
                       .set("obeys", JsonValue(p.obeys));
  if (!p.label.empty()) json.set("label", p.label);
  if (!p.simulation.empty()) json.set("simulation", p.simulation);
  return json.set("parameters", json_of(p.parameters))
      .set("numbers", json_of(p.numbers))
      .set("figures", std::move(figures));
}

void add_names(const std::string& object, std::vector<std::string>& names) {
  const JsonValue json = json_of(object);
  for (const JsonMember& m : json.members()) {
    if (std::find(names.begin(), names.end(), m.key) == names.end()) names.push_back(m.key);
  }
}

void add_cells(const std::string& object, const std::vector<std::string>& names, std::string& row) {
  const JsonValue json = json_of(object);
  for (const std::string& name : names) {
    const JsonValue* v = json.find(name);
    row += ',';
    if (v != nullptr) row += csv_cell(v->is_string() ? v->as_string() : to_text(*v, -1));
  }
}

}  // namespace

JsonValue run_json(const RunRecord& r) {
  return JsonValue::object()
      .set("sweep", r.sweep)
      .set("strategy", r.strategy)
      .set("objectives", r.objectives)
      .set("seed", JsonValue(r.seed))
      .set("shard", JsonValue(r.shard))
      .set("shards", JsonValue(r.shards))
      .set("state", std::string(name_of(r.state)))
      .set("counts", json_of(r.counts))
      .set("version", r.version)
      .set("hash", r.hash)
      .set("constants", r.constants)
      .set("machine", r.machine)
      .set("started", r.started);
}

JsonValue export_json(Store& store, const std::string& sweep) {
  JsonValue runs = JsonValue::array();
  for (const RunRecord& r : runs_of(store, sweep)) {
    JsonValue points = JsonValue::array();
    for (const PointRecord& p : store.points(r.id)) points.push_back(point_json(p));
    runs.push_back(run_json(r)
                       .set("run", JsonValue(r.id))
                       .set("document", json_of(r.document))
                       .set("points", std::move(points)));
  }
  return JsonValue::object()
      .set("schema_version", JsonValue(std::int64_t{Store::schema_version()}))
      .set("runs", std::move(runs));
}

std::string export_csv(Store& store, const std::string& sweep) {
  const std::vector<RunRecord> runs = runs_of(store, sweep);
  std::vector<std::string> parameters;
  std::vector<std::string> numbers;
  for (const RunRecord& r : runs) {
    for (const PointRecord& p : store.points(r.id)) {
      add_names(p.parameters, parameters);
      add_names(p.numbers, numbers);
    }
  }
  std::string out = "run,sweep,strategy,shard,kind,index,label,obeys,simulation";
  for (const std::string& name : parameters) out += ',' + csv_cell(name);
  for (const std::string& name : numbers) out += ',' + csv_cell(name);
  for (const FigureInfo& f : figures()) out += ',' + std::string(f.name);
  out += '\n';
  for (const RunRecord& r : runs) {
    const std::string head = std::to_string(r.id) + ',' + csv_cell(r.sweep) + ',' + r.strategy + ',' +
                             std::to_string(r.shard) + '/' + std::to_string(r.shards) + ',';
    for (const PointRecord& p : store.points(r.id)) {
      out += head + std::string(name_of(p.kind)) + ',' + std::to_string(p.index) + ',' + csv_cell(p.label) +
             (p.obeys ? ",1," : ",0,") + p.simulation;
      add_cells(p.parameters, parameters, out);
      add_cells(p.numbers, numbers, out);
      for (const FigureInfo& f : figures()) out += ',' + to_text(JsonValue(get(p.figures, f.figure)), -1);
      out += '\n';
    }
  }
  return out;
}

}  // namespace statelane
