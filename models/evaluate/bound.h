// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "models/design/memory_port.h"
#include "models/evaluate/graph_activity.h"
#include "models/evaluate/layer_path.h"
#include "models/evaluate/lowering.h"
#include "models/graph/graph.h"

namespace statelane {

/// What limits a design in closed form.
enum class BoundKind : std::uint8_t {
  actor,   ///< one unit is busy all the time
  port,    ///< a memory port carries its bytes at peak
  memory,  ///< the memory channels carry their bytes at peak
  path,    ///< the dependent chain through a layer, layer after layer
};

struct Bound {
  Cycles cycles{0};
  BoundKind kind = BoundKind::actor;
  std::uint16_t index = 0;  ///< of the actor or port
  Cycles busiest{0};        ///< the largest bound of each kind
  Cycles transfer{0};
  Cycles path{0};
};

/// Peak rate of one memory channel and how many there are, for the bound.
struct MemoryPeak {
  BytesPerSecond channel{0};
  std::int64_t channels = 1;
};

/// Lower bounds of a graph's run time; none of them is above what simulate() gives (proved by test over
/// random designs). docs/model.md derives each:
///  - an actor is busy for the sum of its firings;
///  - bytes pass ports and channels no faster than their peak, and what the LM head waits for cannot overlap
///  it;
///  - a layer takes at least the longest chain of dependent firings through it, and layers follow each other.
///
/// Holds scratch space, so that evaluating a design does not allocate once warm; one object a thread.
class BoundEvaluator {
 public:
  /// `activity` is that of the graph; `change` tells what became of it since the last call with it.
  [[nodiscard]] Bound evaluate(const Graph& graph, const GraphActivity& activity, Hertz clock,
                               const std::vector<MemoryPort>& ports, const MemoryPeak& memory,
                               GraphChange change = GraphChange::structure);
  /// The same, counting the activity itself.
  [[nodiscard]] Bound evaluate(const Graph& graph, Hertz clock, const std::vector<MemoryPort>& ports,
                               const MemoryPeak& memory);

 private:
  LayerPath path_;
  GraphActivity activity_;
};

}  // namespace statelane
