// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "explore/search/simulation.h"
#include "explore/space/point_evaluator.h"
#include "explore/space/problem.h"
#include "explore/store/store.h"
#include "explore/workers/worker_pool.h"
#include "sim/isolated.h"

namespace statelane {

/// A point's simulation, or why there is none.
struct SimulatedPoint {
  std::uint64_t index = 0;
  bool obeys = false;  ///< simulated, and within all constraints
  std::string error;
  Contender vector;  ///< where there is no error
};

struct PointSimulatorOptions {
  std::size_t jobs = 1;
  IsolationLimits limits;
  std::int64_t budget = 0;     ///< most different simulations over the pool's life; 0: no limit
  WorkerPool* pool = nullptr;  ///< where there is one, it simulates, and `jobs` does not matter
};

/// Simulates points in forked children, or has a pool do it, and writes what comes out to the store, some at
/// a time. A simulation that the store has, or that another point shares, is not made again. Of the points
/// that share one, the store gets the first as a row; write_points() adds those that matter.
class PointSimulator {
 public:
  /// All must outlive the pool; `store` may be null.
  PointSimulator(const Problem& problem, PointEvaluator& evaluator, Store* store, std::int64_t run,
                 PointSimulatorOptions options);

  /// Asked before each simulation, with those done and those to be done in all; true ends early.
  using Stop = std::function<bool(std::size_t, std::size_t)>;

  /// Simulates points and returns those that were, in their order: all of them, unless `stop` said so or the
  /// budget was spent.
  [[nodiscard]] std::vector<SimulatedPoint> simulate(const std::vector<std::uint64_t>& indices,
                                                     const Stop& stop = {});

  /// What the simulation of a point that is good in closed form is called.
  [[nodiscard]] std::string key(std::uint64_t index);
  /// Judges a point by a simulation that is known; nothing if it is not.
  [[nodiscard]] std::optional<SimulatedPoint> judge(std::uint64_t index);
  [[nodiscard]] const std::unordered_map<std::string, SimulationRecord>& known() const { return known_; }

  /// Writes simulated points as rows of the run.
  void write_points(const std::vector<Contender>& points);

  /// Different simulations asked for so far, those of them that the store had, and those that failed.
  [[nodiscard]] std::int64_t simulations() const { return static_cast<std::int64_t>(known_.size()); }
  [[nodiscard]] std::int64_t reused() const { return reused_; }
  [[nodiscard]] std::int64_t failed() const { return failed_; }
  [[nodiscard]] bool budget_spent() const { return budget_spent_; }

 private:
  [[nodiscard]] std::vector<std::size_t> look_up(const std::vector<std::uint64_t>& indices,
                                                 std::vector<std::string>& keys);
  void run_missing(const std::vector<std::uint64_t>& indices, const std::vector<std::string>& keys,
                   const std::vector<std::size_t>& missing, const Stop& stop);
  using Done = std::function<void(std::size_t, SimulationRecord)>;  ///< position among those asked for
  void run_here(const std::vector<std::uint64_t>& indices, const std::function<bool()>& stop,
                const Done& done);
  void run_by_pool(const std::vector<std::uint64_t>& indices, const std::function<bool()>& stop,
                   const Done& done);
  [[nodiscard]] SimulatedPoint settle(std::uint64_t index, const SimulationRecord& record);
  void write_row(const std::string& key, const SimulatedPoint& point);

  const Problem& problem_;
  PointEvaluator& evaluator_;
  Store* store_;
  std::int64_t run_;
  PointSimulatorOptions options_;
  SimulationKeys keys_;
  std::unordered_map<std::string, SimulationRecord> known_;
  std::unordered_set<std::string> written_;  ///< keys that have a row
  std::int64_t reused_ = 0;
  std::int64_t failed_ = 0;
  bool budget_spent_ = false;
};

}  // namespace statelane
