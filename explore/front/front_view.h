// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "explore/front/pareto.h"
#include "explore/space/objectives.h"
#include "explore/store/store.h"

namespace statelane {

/// A point of a store with its place in the objectives looked at.
struct ViewPoint {
  PointRecord record;
  Contender vector;
  std::uint32_t rank = 0;
};

/// How a reference point stands against what was explored.
struct ReferenceView {
  ViewPoint point;
  std::size_t beaten_by = 0;           ///< simulated designs nowhere worse and somewhere better
  std::optional<std::size_t> nearest;  ///< in `front`: the one of those that gains most over all objectives
};

/// What one strategy found, in the box of all that were simulated.
struct StrategyView {
  std::string strategy;
  std::int64_t simulations = 0;  ///< different ones it asked for
  std::size_t front = 0;
  double hypervolume = 0;
};

/// One sweep's results out of a store, in some objectives.
struct FrontView {
  std::string sweep;
  std::vector<Objective> objectives;
  std::vector<std::string> axes;     ///< names of all parameters, in the sweep's order
  std::vector<ViewPoint> front;      ///< by the first objective, best first
  std::vector<ViewPoint> simulated;  ///< all that obey the constraints, the front too
  std::vector<ViewPoint> sample;     ///< legal designs, optimistic
  std::vector<ViewPoint> open;       ///< not refuted, optimistic
  std::vector<ReferenceView> references;
  std::vector<StrategyView> strategies;  ///< by name
  std::size_t knee = 0;                  ///< in `front`
  double hypervolume = 0;
  bool exact = false;  ///< these objectives, every shard finished
  std::vector<RunRecord> runs;
};

struct FrontQuery {
  std::string sweep;                  ///< name; empty: the only one
  std::vector<Objective> objectives;  ///< empty: the sweep's
  double epsilon = 0;                 ///< thinning
};

/// Reads a sweep's results. Throws InputError where the store has none, or several to choose from.
[[nodiscard]] FrontView view_front(Store& store, const FrontQuery& query);

/// The front as CSV: index, all parameters, all figures. Equal for equal fronts, however they were found.
[[nodiscard]] std::string front_csv(const FrontView& view);
/// As JSON: objectives, whether it is exact, the front, the reference points ("marks").
[[nodiscard]] JsonValue front_json(const FrontView& view);
/// As a table for people.
[[nodiscard]] std::string front_table(const FrontView& view, std::size_t most_rows);

/// Value of an objective of a point, in its own direction.
[[nodiscard]] double objective_value(const PointRecord& point, const std::string& figure);

}  // namespace statelane
