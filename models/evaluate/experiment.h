// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "models/base/catalog.h"
#include "models/blocks/network.h"
#include "models/blocks/phase.h"
#include "models/design/board.h"
#include "models/design/design.h"
#include "models/memory/dram_spec.h"
#include "models/units/unit_registry.h"

namespace statelane {

/// A design, what runs on it, and the board and memory it stands on: all that a simulation needs.
struct Experiment {
  std::string name;
  std::string design_name;
  std::string network_name;
  Design design;
  Mamba2Shape network;
  Phase phase;
  Board board;
  const BoardMemory* memory() const { return board.memory(design.memory.memory); }
  DramSpec dram;       ///< one channel of the design's memory, with its address map
  JsonValue resolved;  ///< everything above as one JSON text without references, for hashes and reports
};

/// Where an experiment comes from and how it is changed.
struct ExperimentSource {
  std::string reference;              ///< path or name of an experiment file
  std::vector<std::string> settings;  ///< "/json/pointer=value", applied after references are resolved
  bool unchecked = false;  ///< leave out check_experiment(), for a program that changes the design first
};

/// Reads an experiment: resolves its design (with what it extends), network, board and memory, applies
/// overrides and settings, and checks the meaning of the whole. Adds every problem found to `diagnostics`;
/// nothing if there is an error. With `allow_oversize` a design that exceeds its board's DSP slices is only
/// warned about.
[[nodiscard]] std::optional<Experiment> load_experiment(const Catalog& catalog, const UnitRegistry& registry,
                                                        const ExperimentSource& source,
                                                        Diagnostics& diagnostics);

/// A design file's JSON with "extends" replaced by the merge (RFC 7386) of the design it names and its own
/// keys.
[[nodiscard]] std::optional<JsonValue> resolve_design(const Catalog& catalog, const JsonValue& json,
                                                      Diagnostics& diagnostics, int depth = 0);

/// JSON Schema of an experiment file.
[[nodiscard]] JsonValue experiment_schema();

}  // namespace statelane
