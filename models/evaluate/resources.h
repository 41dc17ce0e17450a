// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "models/blocks/network.h"
#include "models/design/board.h"
#include "models/design/design.h"
#include "models/graph/graph.h"
#include "models/units/fabric/fabric_constants.h"

namespace statelane {

/// One row of a resource report.
struct ComponentResources {
  std::string name;  ///< a unit's or channel's own name in `parts`, a component's in `components`
  std::string component;
  Resources resources;
};

/// What a design takes of its board. Components are those of the design's units, and
///  - "buffer": the channels, and parameters that stay on chip,
///  - "others": memory ports, DMAs, DRAM controllers, control, and the converters into floating point, as in
///    FastMamba's published table.
struct ResourceReport {
  Resources total;
  std::vector<ComponentResources> components;  ///< in the order of the units that name them, then those above
  std::vector<ComponentResources> parts;       ///< the same, unit by unit and channel by channel
  BoardResources board;

  /// Nullptr where no part has that component.
  [[nodiscard]] const Resources* component(std::string_view name) const;
};

/// What a board has, block RAM in halves.
[[nodiscard]] Resources offered_by(const BoardResources& board);

/// A design's use of each kind of resource as a fraction of the board's; infinite where the board has none.
[[nodiscard]] Resources share_of(const Resources& used, const BoardResources& board);

/// Whether the board has all that is used.
[[nodiscard]] bool fits(const Resources& used, const BoardResources& board);

/// Adds up what the design's units (UnitModel::circuit), the graph's channels (map_channel), its DMAs, ports
/// and DRAM controllers take; docs/resources.md has each formula with its source. `graph` is the design
/// lowered for `shape`. Channels to and from the host lie in the host's memory and are not counted.
[[nodiscard]] ResourceReport estimate_resources(const Design& design, const Mamba2Shape& shape,
                                                const Graph& graph, const Board& board,
                                                const FabricConstants& constants);

}  // namespace statelane
