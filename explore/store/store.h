// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "explore/space/simulated_run.h"
#include "models/base/codec.h"
#include "models/evaluate/figures.h"

namespace SQLite {
class Database;
}

namespace statelane {

/// How far a run is.
enum class RunState : std::uint8_t { running, finished, interrupted, budget };
template <>
struct DescribeEnum<RunState> {
  static constexpr EnumName<RunState> names[] = {
      {RunState::running, "running", "not ended yet, or its process is gone"},
      {RunState::finished, "finished", "all done"},
      {RunState::interrupted, "interrupted", "ended before, on request"},
      {RunState::budget, "budget", "its simulations were spent before the end"}};
};

/// One search over one sweep (or a shard of it), with where it comes from.
struct RunRecord {
  std::int64_t id = 0;
  std::string sweep;  ///< name
  std::string hash;   ///< Problem::hash()
  std::string strategy;
  std::string objectives;  ///< "throughput_tokens_per_s:max,resources.lut:min"
  std::string document;    ///< the sweep as JSON
  std::int64_t seed = 0;
  std::int64_t shard = 1;  ///< 1 ... shards
  std::int64_t shards = 1;
  std::string version;
  std::string constants;  ///< hash
  std::string machine;
  std::string started;
  RunState state = RunState::running;
  std::string counts = "{}";  ///< JSON, see RunCounts
};

/// What is known of a simulation: the run, or why there is none.
struct SimulationRecord {
  std::optional<SimulatedRun> run;
  std::string error;
};

enum class PointKind : std::uint8_t { simulated, failed, open, sample, reference };
template <>
struct DescribeEnum<PointKind> {
  static constexpr EnumName<PointKind> names[] = {
      {PointKind::simulated, "simulated", "figures are the simulation's"},
      {PointKind::failed, "failed", "its simulation failed"},
      {PointKind::open, "open",
       "not simulated when the budget ended, and not refuted; figures are optimistic"},
      {PointKind::sample, "sample", "of all legal designs, uniformly drawn; figures are optimistic"},
      {PointKind::reference, "mark", "a design to compare with; its label is its name"}};
};

struct PointRecord {
  std::uint64_t index = 0;
  PointKind kind = PointKind::simulated;
  std::string label;       ///< of reference points
  std::string simulation;  ///< key
  std::string parameters;  ///< JSON: axis names and the labels of their values
  std::string numbers;     ///< JSON: numbers that come with choices
  bool obeys = true;       ///< all constraints
  Figures figures{};
};

/// The results of explorations in one SQLite file (WAL). Simulations are kept by what they simulate, so that
/// none is made twice, whichever sweep asks. Everything between begin() and commit() is there after a crash,
/// or nothing of it.
///
/// Throws InputError if the file is no store, a newer program's, or damaged, or if another program writes it;
/// std::runtime_error if the disk is full or fails.
class Store {
 public:
  enum class Mode { read, write };
  Store(const std::string& path, Mode mode);
  Store(const Store&) = delete;
  Store& operator=(const Store&) = delete;
  ~Store();

  [[nodiscard]] const std::string& path() const { return path_; }

  void begin();
  void commit();

  [[nodiscard]] std::optional<SimulationRecord> simulation(const std::string& key);
  void put_simulation(const std::string& key, const SimulationRecord& record);

  /// Simulations kept, and those of them that failed.
  struct SimulationCount {
    std::int64_t all = 0;
    std::int64_t failed = 0;
  };
  [[nodiscard]] SimulationCount simulation_count();

  [[nodiscard]] std::vector<RunRecord> runs();
  /// The run over the same designs with the same strategy, objectives, seed and shard: `like` continues it.
  [[nodiscard]] std::optional<RunRecord> find_run(const RunRecord& like);
  std::int64_t add_run(const RunRecord& run);
  void set_document(std::int64_t run, const std::string& document);
  void set_state(std::int64_t run, RunState state, const std::string& counts);

  void put_point(std::int64_t run, const PointRecord& point);
  [[nodiscard]] std::vector<PointRecord> points(std::int64_t run);
  void clear_points(std::int64_t run, PointKind kind);

  /// Copies what another store has and this one lacks.
  void merge(const std::string& other);

  /// Version of the schema that this program writes.
  [[nodiscard]] static int schema_version();

 private:
  struct Impl;
  std::string path_;
  std::unique_ptr<Impl> impl_;
};

}  // namespace statelane
