// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "models/dataflow/graph.h"
#include "models/experiment/experiment.h"

namespace ssmscope {

/// Why a point is no design. The rules are those of check_experiment(), which says the same in words and with
/// positions; these say it in tens of nanoseconds. A test holds the two against each other.
enum class Legality : std::uint8_t {
  legal,
  tile,       ///< a tile does not divide its tensor
  lanes,      ///< lanes do not divide their tile
  memory,     ///< no such memory, or a placement outside it
  port,       ///< a port exceeds what the board offers
  lowering,   ///< the design cannot be lowered
  buffer,     ///< the weight buffer does not hold a tile
  oversize,   ///< does not fit the board
  constraint  ///< a constraint of the sweep
};
inline constexpr std::size_t legality_count = static_cast<std::size_t>(Legality::constraint) + 1;
[[nodiscard]] const char* legality_name(Legality legality);

/// What can be told before lowering.
[[nodiscard]] Legality judge_design(const Experiment& experiment);
/// What needs the graph.
[[nodiscard]] Legality judge_graph(const Experiment& experiment, const Graph& graph);

}  // namespace ssmscope
