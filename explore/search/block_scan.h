// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <unordered_map>
#include <utility>
#include <vector>

#include "explore/front/archive.h"
#include "explore/search/scan.h"
#include "explore/search/simulation.h"

namespace statelane {

/// Indices are handed out, and dealt to shards, in blocks of this many.
inline constexpr std::uint64_t scan_block = 4096;

/// The `most` indices with the smallest lots. A lot is a pseudo-random number of an index: this is a uniform
/// sample that does not depend on who met which design when.
class Sample {
 public:
  explicit Sample(std::size_t most) : most_(most) {}
  void offer(std::uint64_t index);
  /// Members in [first, end), by index.
  [[nodiscard]] std::vector<std::uint64_t> between(std::uint64_t first, std::uint64_t end) const;

 private:
  using Entry = std::pair<std::uint64_t, std::uint64_t>;
  std::size_t most_;
  std::vector<Entry> heap_;
};

/// What a stretch of a scan found that earlier stretches of the same BlockScan had not.
struct ScanPart {
  ScanCounts counts;
  std::vector<Contender> front;
  std::vector<KeyedContender> candidates;
  std::vector<KeyedContender> firsts;  ///< of each simulation, those new to the BlockScan
  std::vector<Contender> settled;
  std::uint64_t settled_designs = 0;
  std::uint64_t kept = 0;
  std::vector<std::uint64_t> sample;
};

/// The first candidate of each simulation, by index; nothing if there are too many.
class Firsts {
 public:
  void offer(const KeyedContender& candidate);
  /// Members in [first, end).
  [[nodiscard]] std::vector<KeyedContender> between(std::uint64_t first, std::uint64_t end) const;

 private:
  std::unordered_map<std::uint64_t, Contender> by_key_;
  bool too_many_ = false;
};

/// Scans stretches of a space for one thread or one process. What it met stays in mind, so that later
/// stretches are judged by it.
class BlockScan {
 public:
  /// All must outlive it. `kept` counts candidates over all that share it: beyond request.collect
  /// none is collected.
  BlockScan(PointEvaluator& evaluator, const ScanRequest& request, std::size_t objectives,
            std::atomic<std::size_t>& kept);

  /// Looks at all indices in [first, end).
  void scan(std::uint64_t first, std::uint64_t end);
  /// What was found since the last take(), where that scanned nothing outside [first, end).
  [[nodiscard]] ScanPart take(std::uint64_t first, std::uint64_t end);

 private:
  void look_at(std::uint64_t index);

  PointEvaluator& evaluator_;
  const ScanRequest& request_;
  std::atomic<std::size_t>& kept_;
  Archive simulated_;
  Archive front_;
  Archive settled_;
  Sample sample_;
  Firsts firsts_;
  SimulationKeys keys_;
  ScanPart part_;  ///< counts and candidates
};

/// Brings the parts of a scan together, in any order.
class ScanSum {
 public:
  ScanSum(const ScanRequest& request, std::size_t objectives);
  void add(ScanPart&& part);
  [[nodiscard]] std::uint64_t kept() const { return result_.kept; }
  [[nodiscard]] ScanResult result();

 private:
  std::size_t collect_;
  Archive front_;
  Archive settled_;
  Sample sample_;
  Firsts firsts_;
  ScanResult result_;
};

}  // namespace statelane
