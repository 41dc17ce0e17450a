// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "explore/space/point_evaluator.h"
#include "explore/space/problem.h"
#include "explore/store/store.h"

namespace statelane {

/// The part of a space that is this process' own: every `shards`-th block of indices.
struct Shard {
  std::int64_t number = 1;  ///< 1 ... shards
  std::int64_t shards = 1;
};

/// What a scan of a space met.
struct ScanCounts {
  std::uint64_t indices = 0;  ///< looked at
  std::uint64_t points = 0;   ///< of them designs, each once
  std::uint64_t legal = 0;    ///< of them buildable and within all constraints that the closed form can judge
  std::array<std::uint64_t, legality_count> refused{};  ///< by reason
};

/// A candidate and what its simulation is called, shortened: candidates of one name share it.
struct KeyedContender {
  Contender contender;
  std::uint64_t key = 0;
};
[[nodiscard]] std::uint64_t short_key(const std::string& key);

using KnownSimulations = std::unordered_map<std::string, SimulationRecord>;

/// What is asked of a scan.
struct ScanRequest {
  Shard shard;
  std::vector<Contender> simulated;  ///< vectors of simulated designs; what one of them beats is dropped
  const std::unordered_set<std::uint64_t>* skip = nullptr;  ///< indices that were simulated
  const KnownSimulations* known = nullptr;  ///< designs with one of these are judged by it at once
  std::size_t collect = 0;                  ///< most candidates to keep; beyond it the front alone
  std::size_t sample = 0;                   ///< legal designs to draw
};

struct ScanResult {
  ScanCounts counts;
  std::vector<Contender> front;  ///< of all candidates not dropped, optimistic, by index
  bool complete = false;         ///< whether `candidates` holds all of them
  /// By index; where not all of them, the first of each simulation, as far as there are not too many.
  std::vector<KeyedContender> candidates;
  std::vector<Contender> settled;  ///< front, simulated, of the designs whose simulation was known
  std::uint64_t settled_designs = 0;
  std::uint64_t kept = 0;             ///< candidates not dropped, where some were to be collected
  std::vector<std::uint64_t> sample;  ///< by index
  bool interrupted = false;
};

class WorkerPool;

/// Scans spaces in closed form over several threads, or over a pool of processes. The result does not depend
/// on their number.
class Scanner {
 public:
  /// `pool` may be null; where there is one, it scans and the threads do not.
  Scanner(const Problem& problem, std::size_t threads, WorkerPool* pool = nullptr);

  /// `progress` is called now and then, from the calling thread, with the indices done; it returns false to
  /// interrupt the scan.
  [[nodiscard]] ScanResult scan(const ScanRequest& request,
                                const std::function<bool(std::uint64_t)>& progress = {});

  /// An evaluator for the calling thread, while no scan is under way.
  [[nodiscard]] PointEvaluator& evaluator() { return *evaluators_.front(); }

 private:
  using Progress = std::function<bool(std::uint64_t)>;
  [[nodiscard]] ScanResult scan_by_threads(const ScanRequest& request, const Progress& progress);
  [[nodiscard]] ScanResult scan_by_pool(const ScanRequest& request, const Progress& progress);

  const Problem& problem_;
  WorkerPool* pool_;
  std::vector<std::unique_ptr<PointEvaluator>> evaluators_;
};

/// Blocks of a space that are in a shard, and the indices [first, end) of one of them, counted from 0.
[[nodiscard]] std::uint64_t shard_blocks(std::uint64_t space, const Shard& shard);
[[nodiscard]] std::pair<std::uint64_t, std::uint64_t> block_range(std::uint64_t space, const Shard& shard,
                                                                  std::uint64_t number);
/// Indices of a space that are in a shard.
[[nodiscard]] std::uint64_t shard_size(std::uint64_t space, const Shard& shard);
/// Whether an index is in a shard.
[[nodiscard]] bool in_shard(std::uint64_t index, const Shard& shard);

}  // namespace statelane
