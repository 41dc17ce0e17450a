// SPDX-License-Identifier: Apache-2.0
#include "apps/commands/config_kinds.h"

#include <array>
#include <cstdarg>
#include <cstdio>
#include <optional>

#include "apps/reports/published.h"
#include "explore/space/problem.h"
#include "explore/whatif/whatif_document.h"
#include "models/blocks/network.h"
#include "models/design/board.h"
#include "models/design/design_fields.h"
#include "models/design/design_reader.h"
#include "models/evaluate/experiment.h"
#include "models/evaluate/experiment_fields.h"
#include "models/memory/dram_fields.h"
#include "models/memory/memory_config.h"
#include "models/numerics/scheme.h"
#include "models/units/fabric/fabric_constants.h"

namespace statelane {
namespace {

[[gnu::format(printf, 1, 2)]] std::string format(const char* pattern, ...) {
  std::array<char, 512> buffer{};
  va_list arguments;
  va_start(arguments, pattern);
  (void)std::vsnprintf(buffer.data(), buffer.size(), pattern, arguments);
  va_end(arguments);
  return buffer.data();
}

/// The text up to its first full stop, semicolon or colon.
std::string first_clause(const std::string& text) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool ends = i + 1 == text.size() || text[i + 1] == ' ';
    if (ends && (text[i] == '.' || text[i] == ';' || text[i] == ':')) return text.substr(0, i);
  }
  return text;
}

template <class T>
JsonValue schema_of() {
  return schema_json(Describe<T>::table());
}

// Boards

void check_board(const Catalog& catalog, const std::string& path, Diagnostics& diagnostics) {
  const std::optional<JsonValue> json = read_json_file(path, diagnostics);
  if (!json || !load_board(catalog, path, diagnostics)) return;
  for (const JsonValue& memory : json->find("memories")->items()) {
    if (const JsonValue* name = memory.find("memory"))
      (void)load_memory(catalog, name->as_string(), diagnostics, name->where());
  }
}

std::string board_note(const Catalog& catalog, const std::string& path, Diagnostics& diagnostics) {
  const std::optional<Board> board = load_board(catalog, path, diagnostics);
  if (!board) return {};
  std::string note = (board->device.empty() ? "" : board->device + ", ") +
                     format("%lld DSP", static_cast<long long>(board->resources.dsp));
  for (const BoardMemory& memory : board->memories)
    note += ", " + memory.name + format(": %lld x ", static_cast<long long>(memory.channels)) + memory.memory;
  return note;
}

// Memories

void check_memory(const Catalog& catalog, const std::string& path, Diagnostics& diagnostics) {
  (void)load_memory(catalog, path, diagnostics);
}

std::string memory_note(const Catalog& catalog, const std::string& path, Diagnostics& diagnostics) {
  const std::optional<DramSpec> memory = load_memory(catalog, path, diagnostics);
  if (!memory) return {};
  return memory->device + format(" (%.4g GB/s a channel)", memory->peak().count() / 1e9);
}

// Networks

void check_network(const Catalog& catalog, const std::string& path, Diagnostics& diagnostics) {
  (void)load_network(catalog, path, diagnostics);
}

std::string network_note(const Catalog& catalog, const std::string& path, Diagnostics& diagnostics) {
  const std::optional<Mamba2Shape> shape = load_network(catalog, path, diagnostics);
  if (!shape) return {};
  return format("%lld layers of %lld, %lld heads of %lld, state %lld, %.4g M parameters",
                static_cast<long long>(shape->n_layer), static_cast<long long>(shape->d_model),
                static_cast<long long>(shape->nheads()), static_cast<long long>(shape->headdim),
                static_cast<long long>(shape->d_state), static_cast<double>(shape->parameters()) / 1e6);
}

// Designs

/// The design with what it extends.
std::optional<JsonValue> whole_design(const Catalog& catalog, const std::string& path,
                                      Diagnostics& diagnostics) {
  std::optional<JsonValue> json = read_json_file(path, diagnostics);
  if (json) json = resolve_design(catalog, *json, diagnostics);
  return json;
}

void check_design(const Catalog& catalog, const std::string& path, Diagnostics& diagnostics) {
  const std::optional<JsonValue> json = whole_design(catalog, path, diagnostics);
  if (!json) return;
  const std::optional<Design> design = read_design(*json, builtin_units(), diagnostics);
  if (design) (void)load_board(catalog, design->board, diagnostics, json->where("board"));
}

std::string design_note(const Catalog& catalog, const std::string& path, Diagnostics& diagnostics) {
  const std::optional<JsonValue> json = whole_design(catalog, path, diagnostics);
  if (!json) return {};
  const std::optional<Design> design = read_design(*json, builtin_units(), diagnostics);
  if (!design) return {};
  return design->board + format(", %g MHz: ", design->clock.count() / 1e6) + first_clause(design->note);
}

// Experiments

void check_experiment_file(const Catalog& catalog, const std::string& path, Diagnostics& diagnostics) {
  (void)load_experiment(catalog, builtin_units(), {path, {}}, diagnostics);
}

std::string experiment_note(const Catalog&, const std::string& path, Diagnostics& diagnostics) {
  const std::optional<JsonValue> json = read_json_file(path, diagnostics);
  ExperimentDocument document;
  if (!json || !read(*json, document, diagnostics)) return {};
  const auto name = [](const JsonValue& part) { return part.is_string() ? part.as_string() : part.show(); };
  std::string note = name(document.design) + " on " + name(document.network) + ", " +
                     std::string(name_of(document.phase.kind)) +
                     format(" of %lld token%s", static_cast<long long>(document.phase.length),
                            document.phase.length == 1 ? "" : "s");
  if (document.phase.batch > 1) note += format(", batch %lld", static_cast<long long>(document.phase.batch));
  if (!document.board.empty()) note += ", board " + document.board;
  return note;
}

// Schemes

std::optional<Scheme> load_scheme(const std::string& path, Diagnostics& diagnostics) {
  try {
    return read_scheme(path);
  } catch (const InputError& error) {
    diagnostics.append(error.diagnostics());
    return std::nullopt;
  }
}

void check_scheme(const Catalog&, const std::string& path, Diagnostics& diagnostics) {
  (void)load_scheme(path, diagnostics);
}

std::string scheme_note(const Catalog&, const std::string& path, Diagnostics& diagnostics) {
  const std::optional<Scheme> scheme = load_scheme(path, diagnostics);
  return scheme ? first_clause(scheme->description) : std::string();
}

// Calibrations

/// A family's constants stand over the common ones, so that none of either must be there.
JsonValue family_schema() {
  return schema_of<FabricDocument>();
}

JsonValue fabric_constants_schema() {
  JsonValue schema = schema_of<FabricConstantsDocument>();
  JsonValue fabric = family_schema();
  JsonValue section = JsonValue::object();
  for (JsonMember& member : fabric.members()) {
    if (member.key == "$defs") {
      if (schema.find("$defs") == nullptr) schema.set("$defs", JsonValue::object());
      for (JsonMember& definition : member.value.members())
        schema.find("$defs")->set(definition.key, std::move(definition.value));
    } else if (member.key != "$schema" && member.key != "title" && member.key != "required") {
      section.set(member.key, std::move(member.value));
    }
  }
  JsonValue* common = schema.find("properties")->find("common");
  const JsonValue description = *common->find("description");
  *common = section;
  common->set("description", description);
  return schema;
}

void check_fabric_constants(const Catalog& catalog, const std::string& path, Diagnostics& diagnostics) {
  (void)load_fabric_constants(catalog, path, diagnostics);
}

std::string fabric_constants_note(const Catalog& catalog, const std::string& path, Diagnostics& diagnostics) {
  const std::optional<FabricConstants> constants = load_fabric_constants(catalog, path, diagnostics);
  return constants ? "resources and energy of the building blocks, each with its source" : "";
}

// FPGA families

/// A family alone, over the shipped common constants.
std::optional<FabricConstants> load_family(const Catalog& catalog, const std::string& path,
                                           Diagnostics& diagnostics) {
  std::optional<JsonValue> family = read_json_file(path, diagnostics);
  const std::optional<JsonValue> common = catalog.read("calibration", "fabric", {}, diagnostics);
  if (!family || !common) return std::nullopt;
  return read_fabric_constants(*common, {{name_from_path(path), std::move(*family)}}, diagnostics);
}

void check_family(const Catalog& catalog, const std::string& path, Diagnostics& diagnostics) {
  (void)load_family(catalog, path, diagnostics);
}

std::string family_note(const Catalog& catalog, const std::string& path, Diagnostics& diagnostics) {
  const std::optional<FabricConstants> family = load_family(catalog, path, diagnostics);
  if (!family) return {};
  const FabricCosts& f = family->families.front().costs;
  return format("%g nm, DSP slices of %g x %g bits%s", f.node_nm, f.dsp_a, f.dsp_b,
                f.has_uram > 0 ? ", UltraRAM" : "");
}

// Published figures

void check_published(const Catalog& catalog, const std::string& path, Diagnostics& diagnostics) {
  (void)load_published(catalog, path, diagnostics);
}

std::string published_note(const Catalog& catalog, const std::string& path, Diagnostics& diagnostics) {
  const std::optional<Published> published = load_published(catalog, path, diagnostics);
  if (!published) return {};
  return format("%zu published points, %zu processors they are compared with", published->points.size(),
                published->baselines.size());
}

// Sweeps

void check_sweep(const Catalog& catalog, const std::string& path, Diagnostics& diagnostics) {
  const std::optional<SweepFile> file = load_sweep(catalog, path, diagnostics);
  if (file) (void)Problem::load(catalog, builtin_units(), *file, diagnostics);
}

std::string sweep_note(const Catalog& catalog, const std::string& path, Diagnostics& diagnostics) {
  const std::optional<SweepFile> file = load_sweep(catalog, path, diagnostics);
  if (!file) return {};
  std::string note = file->sweep.experiment + format(", %zu axes", file->sweep.axes.size());
  for (const Objective& o : file->sweep.objectives)
    note += ", " + std::string(name_of(o.direction)) + " " + o.figure;
  return note;
}

// What-ifs

void check_whatif(const Catalog& catalog, const std::string& path, Diagnostics& diagnostics) {
  (void)load_whatif(catalog, path, diagnostics);
}

std::string whatif_note(const Catalog& catalog, const std::string& path, Diagnostics& diagnostics) {
  const std::optional<WhatIfDocument> document = load_whatif(catalog, path, diagnostics);
  return document ? format("%zu changes: ", document->changes.size()) + first_clause(document->note) : "";
}

constexpr std::array kinds = {
    ConfigKind{"design", "designs", "accelerators: board, clock, precision, units, schedule",
               [] { return design_schema(builtin_units()); }, check_design, design_note},
    ConfigKind{"network", "networks", "state-space language models", schema_of<Mamba2Shape>, check_network,
               network_note},
    ConfigKind{"board", "boards", "FPGA boards with their memories", schema_of<Board>, check_board,
               board_note},
    ConfigKind{"memory", "memories", "DRAM channels", schema_of<DramSpec>, check_memory, memory_note},
    ConfigKind{"scheme", "schemes", "quantisation schemes", schema_of<Scheme>, check_scheme, scheme_note},
    ConfigKind{"experiment", "experiments", "a design and what runs on it", experiment_schema,
               check_experiment_file, experiment_note},
    ConfigKind{"sweep", "sweeps", "spaces of designs to explore", schema_of<SweepDocument>, check_sweep,
               sweep_note},
    ConfigKind{"whatif", "whatif", "changes to try on an experiment", schema_of<WhatIfDocument>, check_whatif,
               whatif_note},
    ConfigKind{"calibration", "calibration", "constants of resources and energy", fabric_constants_schema,
               check_fabric_constants, fabric_constants_note},
    ConfigKind{"family", "families", "FPGA families: their slices, delays, energies", family_schema,
               check_family, family_note},
    ConfigKind{"published", "validation", "published figures the simulator is compared with",
               schema_of<Published>, check_published, published_note},
};

}  // namespace

std::span<const ConfigKind> config_kinds() {
  return kinds;
}

}  // namespace statelane
