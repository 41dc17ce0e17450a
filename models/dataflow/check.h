// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "models/dataflow/graph.h"
#include "models/hardware/design.h"
#include "models/workload/network.h"
#include "models/workload/phase.h"

namespace ssmscope {

/// What must hold before a graph is simulated: it is balanced (check_consistency) and does not deadlock.
/// `graph` is the three lowered. Layers repeat the same firings on the same channels, and so do passes:
/// whatever a second layer's and a second pass's beginning meets, every later one meets again, so a run of
/// two layers and two passes decides for all (a property test compares it with whole runs): on Mamba2-2.7B
/// 14 thousand firings, about a millisecond.
///
/// Empty, or what is wrong with the names of the channels and actors.
[[nodiscard]] std::string check_graph(const Graph& graph, const Design& design, const Mamba2Shape& shape,
                                      const Phase& phase);

}  // namespace ssmscope
