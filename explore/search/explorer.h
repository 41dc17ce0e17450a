// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "explore/front/pareto.h"
#include "explore/search/point_simulator.h"
#include "explore/search/scan.h"

namespace statelane {

enum class Strategy : std::uint8_t { exact, grid, random, nsga2 };
template <>
struct DescribeEnum<Strategy> {
  static constexpr EnumName<Strategy> names[] = {
      {Strategy::exact, "exact", "the Pareto front of the simulation, with a proof"},
      {Strategy::grid, "grid", "every design simulated"},
      {Strategy::random, "random", "designs drawn and simulated"},
      {Strategy::nsga2, "nsga2", "genetic search (Deb et al. 2002)"}};
};

/// How far an exploration is, for people who wait.
struct ExploreProgress {
  std::string phase;
  std::uint64_t done = 0;
  std::uint64_t all = 0;  ///< 0: not known
  std::size_t front = 0;
  double hypervolume = 0;   ///< of the simulated front, in the box of all simulated points
  std::size_t workers = 0;  ///< processes or threads at work
};

struct ExploreOptions {
  Strategy strategy = Strategy::exact;
  std::size_t jobs = 1;
  Shard shard;
  std::size_t sample = 4000;        ///< designs drawn for the cloud of plots
  std::size_t collect = 2'000'000;  ///< most candidates held in memory at a time
  std::size_t most_open = 10'000;   ///< most unrefuted designs recorded when the budget ends first
  WorkerPool* pool = nullptr;       ///< processes that do the work; null: this one does
  std::function<bool()> stop;       ///< true: end with what is done
  std::function<void(const ExploreProgress&)> progress;
};

/// How far the hypervolume had come when so many designs had been simulated.
struct ProgressPoint {
  std::size_t simulated = 0;
  double hypervolume = 0;  ///< in the box of all points that the search simulated, so that it never falls
};

/// What an exploration did, and what its front is worth.
struct ExploreResult {
  RunState end = RunState::finished;  ///< not running
  ScanCounts counts;
  std::int64_t simulated_points = 0;
  std::int64_t simulations = 0;  ///< different ones
  std::int64_t reused = 0;       ///< of them in the store already
  std::int64_t failed = 0;       ///< points whose simulation failed
  std::uint64_t open = 0;        ///< designs neither simulated nor refuted: 0 where the front is exact
  bool exact = false;
  std::vector<Contender> simulated;  ///< vectors of all points simulated that obey the constraints
  std::vector<Contender> front;      ///< of those
  double hypervolume = 0;
  double open_hypervolume = 0;          ///< more the open designs could add at most, in the same box
  std::vector<ProgressPoint> progress;  ///< a few, the last one of all points
};

/// Explores a problem and writes to `store` (which may be null) under run `run`.
[[nodiscard]] ExploreResult explore(const Problem& problem, Store* store, std::int64_t run,
                                    const ExploreOptions& options);

/// The counts as JSON: what a store keeps and `statelane explore --json` ends with.
[[nodiscard]] JsonValue result_json(const ExploreResult& result);

}  // namespace statelane
