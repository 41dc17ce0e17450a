// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "explore/store/store.h"
#include "models/base/json.h"

namespace statelane {

/// A run: what was asked, how far it got, and where it comes from (program, constants, seed, machine).
[[nodiscard]] JsonValue run_json(const RunRecord& run);

/// Everything a store says of its runs: each with its provenance, its sweep and all its points, of whatever
/// kind. `sweep` empty: of all sweeps.
///
/// Throws InputError where the store has no run of that sweep.
[[nodiscard]] JsonValue export_json(Store& store, const std::string& sweep);

/// All points as a table, one a row: run, sweep, strategy, shard, kind, index, label, whether it obeys the
/// constraints, the key of its simulation, one column a parameter, one a number that comes with choices, and
/// all figures under their names in expressions. Figures of kinds "open" and "sample" are optimistic.
[[nodiscard]] std::string export_csv(Store& store, const std::string& sweep);

}  // namespace statelane
