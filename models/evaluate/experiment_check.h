// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/evaluate/experiment.h"

namespace statelane {

/// Elements a firing of `op` has beside each other; lanes that do not divide them idle in every last beat. 0
/// for operators that work on remainders too (projections, scalars a head, SiLU).
[[nodiscard]] std::int64_t tile_elements(Operator op, const Schedule& schedule, const Mamba2Shape& network);

/// Checks that go beyond single values: tiles that divide their tensors, lanes that divide their tiles,
/// placements inside the board's memory, ports within what the board offers, buffers that hold a tile.
/// `design` is the JSON the design came from and `named_at` the place that names it, for positions.
void check_experiment(const Experiment& e, const JsonValue& design, const SourcePosition& named_at,
                      Diagnostics& diagnostics);

}  // namespace statelane
