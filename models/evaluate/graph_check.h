// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "models/blocks/network.h"
#include "models/blocks/phase.h"
#include "models/design/design.h"
#include "models/graph/graph.h"

namespace statelane {

/// What must hold before a graph is simulated: it is balanced (check_consistency) and does not deadlock.
/// `graph` is the three lowered. Layers repeat the same firings on the same channels, and so do passes:
/// whatever a second layer's and a second pass's beginning meets, every later one meets again, so a run of
/// two layers and two passes decides for all (a property test compares it with whole runs): on Mamba2-2.7B
/// 14 thousand firings, about a millisecond.
///
/// Empty, or what is wrong with the names of the channels and actors.
[[nodiscard]] std::string check_graph(const Graph& graph, const Design& design, const Mamba2Shape& shape,
                                      const Phase& phase);

}  // namespace statelane
