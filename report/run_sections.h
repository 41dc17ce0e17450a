// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "models/base/json.h"
#include "models/evaluate/evaluation.h"
#include "models/evaluate/experiment.h"
#include "models/units/fabric/fabric_constants.h"

namespace statelane {

/// What a page about one run needs beyond evaluation_json(): how the design is built, its clock and memory,
/// where its energy goes by operator, and what its operators ask of arithmetic and memory. Adds the keys
///  - "setting": clock, phase, board, memory, ports with their peaks, and the resolved experiment;
///  - "graph": actors with what they execute, channels with the width and kind of memory they become;
///  - "roofline": by operator the operations (a multiply-accumulate is two), off-chip bytes, busy time of its
///  unit;
///  - "chain": the longest chain of dependent firings through a layer, cycles by actor;
///  - "bounds": the closed form's bounds by kind, cycles;
///  - "parts": resources part by part; "energy_operators": J/token by operator and kind.
/// docs/results.md documents them.
void add_run_sections(const Experiment& experiment, const Evaluation& evaluation,
                      const FabricConstants& constants, JsonValue& json);

/// A change that might help, judged in closed form: lower bound against lower bound.
struct Alternative {
  std::string name;                   ///< "mmu: outputs x2"
  std::vector<std::string> settings;  ///< for --set
  std::string problem;                ///< why it cannot be made, or empty
};

/// Twice the lanes of each unit that is busy, of those that limit the design together, twice the bandwidth of
/// each port (or what the board offers), a board with faster memory where the port limits, a quarter more
/// clock: each evaluated in closed form as an experiment of its own. A JSON list with name, settings and
/// either `problem` or: gain of the bound's tokens/s and energy per token (relative), fits, resources against
/// the design's own, and `fullest`, the largest share of a resource of the (other) board.
[[nodiscard]] JsonValue alternatives_json(const Catalog& catalog, const UnitRegistry& registry,
                                          const ExperimentSource& source, const Experiment& experiment,
                                          const Evaluation& evaluation, const FabricConstants& constants);

}  // namespace statelane
