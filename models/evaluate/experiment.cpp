// SPDX-License-Identifier: Apache-2.0
#include "models/evaluate/experiment.h"

#include <algorithm>

#include "models/design/design_reader.h"
#include "models/evaluate/experiment_check.h"
#include "models/evaluate/experiment_fields.h"
#include "models/memory/memory_config.h"

namespace statelane {
namespace {

/// RFC 7386: members of `patch` replace those of `target`, objects are merged, null removes.
void merge(JsonValue& target, const JsonValue& patch) {
  if (!patch.is_object() || !target.is_object()) {
    target = patch;
    return;
  }
  for (const JsonMember& member : patch.members()) {
    if (member.value.is_null()) {
      auto& members = target.members();
      members.erase(std::remove_if(members.begin(), members.end(),
                                   [&](const JsonMember& m) { return m.key == member.key; }),
                    members.end());
    } else if (JsonValue* there = target.find(member.key); there != nullptr && there->is_object()) {
      merge(*there, member.value);
    } else {
      target.set(member.key, member.value);
    }
  }
}

/// The JSON pointer of "/pointer=value".
std::string setting_pointer(const std::string& setting) {
  return setting.substr(0, setting.find('='));
}

bool names_a_part(const std::string& pointer) {
  return std::count(pointer.begin(), pointer.end(), '/') > 1;
}

/// A part given by name or path, or in place.
std::optional<JsonValue> part(const Catalog& catalog, std::string_view kind, const JsonValue& value,
                              Diagnostics& diagnostics) {
  if (value.is_string()) {
    JsonOptions options;
    options.python_constants = kind == "networks";  // config.json files written by Python
    return catalog.read(kind, value.as_string(), value.where(), diagnostics, options);
  }
  if (value.is_object()) return value;
  diagnostics.error(value.where(), "wrong type of value", value.show(), "a name, a path or an object");
  return std::nullopt;
}

/// `otherwise`: what a part is called that is written in place, without a name.
std::string part_name(const JsonValue& reference, const JsonValue& content, const std::string& otherwise) {
  if (reference.is_string()) {
    // Names may hold dots ("mamba2-2.7b"): only a path has an ending to cut off.
    const std::string& text = reference.as_string();
    const bool path = text.find('/') != std::string::npos || text.ends_with(".json");
    return path ? name_from_path(text) : text;
  }
  if (const JsonValue* name = content.find("name"); name != nullptr && name->is_string())
    return name->as_string();
  return otherwise;
}

/// Where the design chooses its address map, or its memory.
SourcePosition map_position(const JsonValue& design) {
  const JsonValue* map = find_pointer(design, "/memory/address_map");
  return map != nullptr ? map->where() : design.where("memory");
}

/// Applies an experiment's "overrides" and the settings that reach into its parts. False, with errors added,
/// where that leaves no experiment.
bool apply_changes(JsonValue& json, const std::vector<std::string>& settings, Diagnostics& diagnostics) {
  const std::size_t before = diagnostics.error_count();
  if (const JsonValue* overrides = json.find("overrides"); overrides != nullptr && overrides->is_object()) {
    const JsonValue list = *overrides;
    for (const JsonMember& m : list.members()) {
      if (m.key.empty()) {
        diagnostics.error(m.where(), "an override changes a part, not the whole experiment", {},
                          "a pointer such as \"/design/clock\"");
      } else {
        set_pointer(json, m.key, m.value, diagnostics, m.where().file);
      }
    }
  }
  for (const std::string& s : settings) {
    if (names_a_part(setting_pointer(s))) apply_setting(json, s, diagnostics);
  }
  const JsonValue& design = *json.find("design");
  if (!design.is_object()) diagnostics.error(design.where(), "a design is an object", design.show());
  return diagnostics.error_count() == before;
}

/// The experiment's JSON with its design and network in place of their names, and all changes applied.
/// `design_at` becomes the place that names the design.
std::optional<JsonValue> resolve(const Catalog& catalog, const ExperimentSource& source, Experiment& e,
                                 SourcePosition& design_at, Diagnostics& diagnostics) {
  std::optional<JsonValue> json = catalog.read("experiments", source.reference, {}, diagnostics);
  if (!json) return std::nullopt;
  if (!json->is_object()) {
    diagnostics.error(json->where(), "an experiment is an object", json->show());
    return std::nullopt;
  }
  for (const std::string& s : source.settings) {
    if (!names_a_part(setting_pointer(s))) apply_setting(*json, s, diagnostics);
  }
  ExperimentDocument first;
  read(*json, first, diagnostics);
  const JsonValue* design = json->find("design");
  const JsonValue* network = json->find("network");
  if (design == nullptr || network == nullptr) return std::nullopt;
  design_at = design->where();
  std::optional<JsonValue> design_json = part(catalog, "designs", *design, diagnostics);
  if (design_json) {
    e.design_name = part_name(*design, *design_json, name_from_path(source.reference));
    design_json = resolve_design(catalog, *design_json, diagnostics);
  }
  std::optional<JsonValue> network_json = part(catalog, "networks", *network, diagnostics);
  if (!design_json || !network_json) return std::nullopt;
  e.network_name = part_name(*network, *network_json, "unnamed");
  json->set("design", std::move(*design_json));
  json->set("network", std::move(*network_json));
  if (!apply_changes(*json, source.settings, diagnostics)) return std::nullopt;
  if (!first.board.empty()) {
    if (const JsonValue* board = json->find("board")) json->find("design")->set("board", *board);
  }
  return json;
}

}  // namespace

std::optional<JsonValue> resolve_design(const Catalog& catalog, const JsonValue& json,
                                        Diagnostics& diagnostics, int depth) {
  if (!json.is_object()) {
    diagnostics.error(json.where(), "a design is an object", json.show());
    return std::nullopt;
  }
  const JsonValue* base = json.find("extends");
  if (base == nullptr) return json;
  constexpr int deepest = 16;
  if (!base->is_string() || depth >= deepest) {
    diagnostics.error(
        base->where(),
        depth >= deepest ? "designs extend each other in a circle" : "extends must be the name of a design",
        base->show(), depth >= deepest ? "" : "a name or a path");
    return std::nullopt;
  }
  std::optional<JsonValue> under = catalog.read("designs", base->as_string(), base->where(), diagnostics);
  if (under) under = resolve_design(catalog, *under, diagnostics, depth + 1);
  if (!under) return std::nullopt;
  JsonValue patch = json;
  auto& members = patch.members();
  members.erase(
      std::remove_if(members.begin(), members.end(), [](const JsonMember& m) { return m.key == "extends"; }),
      members.end());
  merge(*under, patch);
  return under;
}

std::optional<Experiment> load_experiment(const Catalog& catalog, const UnitRegistry& registry,
                                          const ExperimentSource& source, Diagnostics& diagnostics) {
  Experiment e;
  e.name = part_name(JsonValue(source.reference), JsonValue(), "");
  SourcePosition design_at;
  std::optional<JsonValue> json = resolve(catalog, source, e, design_at, diagnostics);
  if (!json) return std::nullopt;
  ExperimentDocument document;
  if (diagnostics.ok()) read(*json, document, diagnostics);
  e.phase = document.phase;

  const JsonValue& design_json = *json->find("design");
  const JsonValue& network_json = *json->find("network");
  std::optional<Mamba2Shape> network = read_network(network_json, diagnostics, e.network_name);
  std::optional<Design> design = read_design(design_json, registry, diagnostics);
  if (!network || !design) return std::nullopt;
  design->name = e.design_name;
  e.network = *network;
  e.design = std::move(*design);

  std::optional<Board> board = load_board(catalog, e.design.board, diagnostics, design_json.where("board"));
  if (!board) return std::nullopt;
  e.board = *board;
  if (const BoardMemory* memory = e.memory()) {
    std::optional<DramSpec> dram =
        load_memory(catalog, memory->memory, diagnostics, design_json.where("memory"));
    if (!dram) return std::nullopt;
    const std::string& own = e.design.memory.address_map;
    const std::string map = !own.empty() ? own : memory->address_map.value_or("");
    if (!map.empty()) dram = with_map(*dram, map, diagnostics, map_position(design_json));
    if (!dram) return std::nullopt;
    e.dram = *dram;
  }
  if (!source.unchecked) check_experiment(e, design_json, design_at, diagnostics);
  if (!diagnostics.ok()) return std::nullopt;
  e.resolved = std::move(*json);
  return e;
}

JsonValue experiment_schema() {
  JsonValue schema = schema_json(Describe<ExperimentDocument>::table());
  for (const char* key : {"design", "network"}) {
    JsonValue types = JsonValue::array();
    types.push_back(JsonValue("string")).push_back(JsonValue("object"));
    schema.find("properties")->find(key)->set("type", std::move(types));
  }
  return schema;
}

}  // namespace statelane
