// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "models/blocks/network.h"
#include "models/blocks/phase.h"
#include "models/design/design.h"
#include "models/design/design_versions.h"
#include "models/evaluate/geometry.h"
#include "models/evaluate/mapping.h"
#include "models/graph/graph.h"

namespace statelane {

/// Lowers design x workload x schedule to the dataflow graph. `graph` is refilled in place (no allocation
/// once its arrays have grown) and refers to the names in `design`, which must outlive it.
///
/// Returns an empty string, or what makes this combination impossible (a tile that does not divide its
/// tensor, an operator no unit executes ...); check_design() reports the same with positions in the user's
/// files.
[[nodiscard]] std::string lower(const Design& design, const Workload& workload, const Phase& phase,
                                Graph& graph);
[[nodiscard]] std::string lower(const Design& design, const Mamba2Shape& shape, const Phase& phase,
                                Graph& graph);

/// What became of the graph from one lowering to the next; each includes those before it.
enum class GraphChange : std::uint8_t {
  none,
  times,      ///< busy and latency of firings only
  structure,  ///< possibly everything
};

/// Lowers one design after the other into one graph. Where a design differs from the last in nothing that
/// shapes the graph (lanes of vector units, initiation intervals, latencies, multipliers, clock, board), only
/// the times of firings of the units that differ are computed anew: an exploration meets that in most of its
/// steps.
class Lowering {
 public:
  /// As lower(): empty, or why it is impossible. `design` must outlive the use of graph(). `versions` has
  /// seen this design, network and phase last, and is the same object in all calls.
  [[nodiscard]] std::string lower(const Design& design, const Mamba2Shape& shape, const Phase& phase,
                                  const DesignVersions& versions);
  /// Of the last successful lower().
  [[nodiscard]] const Graph& graph() const { return graph_; }
  /// What the last successful lower() changed of what the one before it left.
  [[nodiscard]] GraphChange change() const { return change_; }

 private:
  [[nodiscard]] bool keeps_structure(const Design& design, const DesignVersions& versions) const;
  [[nodiscard]] std::string lower_anew(const Block& block, const Design& design, const Phase& phase,
                                       const Geometry& geometry);
  [[nodiscard]] std::string retime(const Design& design, const DesignVersions& versions);
  void remember(const Design& design, const DesignVersions& versions);

  Graph graph_;
  GraphChange change_ = GraphChange::structure;
  bool known_ = false;  ///< all below is the graph's
  DesignVersions::Number frame_ = 0;
  DesignVersions::Number workload_ = 0;
  Hertz clock_{0};
  Mapping map_;
  Geometry geometry_;
  std::size_t matrix_ = 0;                     ///< the unit whose lanes the geometry follows
  std::vector<DesignVersions::Number> timed_;  ///< by unit, as its firings were timed
};

}  // namespace statelane
