// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "models/dataflow/graph.h"
#include "models/hardware/memory_port.h"

namespace ssmscope {

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
  [[nodiscard]] Bound evaluate(const Graph& graph, Hertz clock, const std::vector<MemoryPort>& ports,
                               const MemoryPeak& memory);

  /// An actor's part of the longest chain through a layer.
  struct PathShare {
    ActorId actor = no_id;
    Cycles cycles{0};
  };
  /// The longest chain through a layer, by actor in the order it is walked. Allocates: for reports.
  [[nodiscard]] std::vector<PathShare> critical_path(const Graph& graph);

  /// Cycles from a layer's residual entering its norm to its own residual: the longest dependent chain.
  [[nodiscard]] Cycles layer_path(const Graph& graph);

  /// Cycles of one layer and block from the matrix unit's first firing to its last: in_proj, then the chain
  /// through the SSM to out_proj. Its program is sequential, so this repeats for every block, layer and pass.
  [[nodiscard]] Cycles matrix_span(const Graph& graph);

 private:
  // A segment is a top-level instruction of an actor's layer: its start is when its first firing starts, its
  // end when its last firing ends.
  struct Segment {
    ActorId actor = 0;
    std::uint32_t code = 0;    ///< instruction index
    std::uint32_t length = 0;  ///< instructions
    FiringId first = no_id;
    FiringId last = no_id;
    std::int64_t busy = 0;
    std::int64_t start = 0;
    std::int64_t end = 0;
  };
  /// value(to) >= value(from) + delay; odd nodes are ends.
  struct Edge {
    std::uint32_t from;
    std::uint32_t to;
    std::int64_t delay;
  };

  void collect_segments(const Graph& graph);
  void connect(const Graph& graph);
  void relax();
  [[nodiscard]] std::uint32_t prepare_path(const Graph& graph);

  std::vector<Segment> segments_;
  std::vector<std::uint32_t> first_segment_;  ///< by actor, one more at the end
  std::vector<Edge> edges_;
  std::vector<std::int64_t> values_;
};

}  // namespace ssmscope
