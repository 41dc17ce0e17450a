// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "models/dataflow/graph.h"
#include "models/hardware/design.h"
#include "models/workload/network.h"
#include "models/workload/phase.h"

namespace ssmscope {

/// Lowers design x workload x schedule to the dataflow graph. `graph` is refilled in place (no allocation
/// once its arrays have grown) and refers to the names in `design`, which must outlive it.
///
/// Returns an empty string, or what makes this combination impossible (a tile that does not divide its
/// tensor, an operator no unit executes ...); check_design() reports the same with positions in the user's
/// files.
[[nodiscard]] std::string lower(const Design& design, const Mamba2Shape& shape, const Phase& phase,
                                Graph& graph);

}  // namespace ssmscope
