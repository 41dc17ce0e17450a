// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "models/dataflow/geometry.h"
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

/// What one lowering changed of the graph the one before it left.
enum class GraphChange : std::uint8_t {
  structure,  ///< possibly everything
  times,      ///< busy and latency of firings only
};

/// Lowers one design after the other into one graph. Where a design differs from the last in nothing that
/// shapes the graph (lanes of vector units, initiation intervals, latencies, multipliers, clock, board), only
/// the times of its firings are computed anew: an exploration meets that in most of its steps.
class Lowering {
 public:
  /// As lower(): empty, or why it is impossible (the graph is then undefined). `design` must outlive the use
  /// of graph().
  [[nodiscard]] std::string lower(const Design& design, const Mamba2Shape& shape, const Phase& phase);
  [[nodiscard]] const Graph& graph() const { return graph_; }
  /// Of the last successful lower().
  [[nodiscard]] GraphChange change() const { return change_; }

 private:
  /// Everything the structure of a graph follows from.
  struct Key {
    Geometry geometry;
    Schedule schedule;
    Precision precision;
    MemoryConfig memory;
    std::vector<OperatorSet> mapped;     ///< by unit
    std::vector<OperatorSet> supported;  ///< by unit

    [[nodiscard]] bool matches(const Design& design, const Geometry& g) const;
    void assign(const Design& design, const Geometry& g);
  };

  Graph graph_;
  Key key_;
  bool known_ = false;  ///< key_ is the graph's
  GraphChange change_ = GraphChange::structure;
};

}  // namespace ssmscope
