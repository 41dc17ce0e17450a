// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "models/design/design_versions.h"
#include "models/evaluate/experiment.h"
#include "models/graph/graph.h"

namespace statelane {

/// Why a point is no design: the rules of models/evaluate/design_rules.h, asked for a yes or no in tens of
/// nanoseconds, and what an exploration adds. check_experiment() says the same in words and with positions; a
/// test holds the two against each other.
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

/// Judges designs one after the other; remembers what it looked up. One object a thread.
class LegalityJudge {
 public:
  /// What can be told before lowering. `versions` has seen the experiment's parts last, and is the same
  /// object in all calls.
  [[nodiscard]] Legality design(const Experiment& experiment, const DesignVersions& versions);
  /// What needs the graph; the same for all designs of one structure.
  [[nodiscard]] static Legality graph(const Experiment& experiment, const Graph& graph);

 private:
  /// A unit as last judged.
  struct Judged {
    DesignVersions::Number number = 0;
    bool lanes_divide = false;
  };
  void look_at_frame(const Experiment& experiment);
  [[nodiscard]] bool has_lanes(const TableBase& table);
  [[nodiscard]] bool lanes_divide(const Unit& unit, const Experiment& experiment);

  DesignVersions::Number frame_ = 0;
  DesignVersions::Number workload_ = 0;
  DesignVersions::Number board_ = 0;
  bool tiles_divide_ = false;
  bool placed_ = false;
  BoardMemory memory_;  ///< the design's, if the board has it
  std::vector<Judged> units_;
  std::vector<std::pair<const TableBase*, bool>> with_lanes_;  ///< kinds of units by their table
};

}  // namespace statelane
