// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <unordered_set>
#include <vector>

#include "explore/front/archive.h"
#include "explore/search/explorer.h"

/// Private to the strategies: what they share.
namespace statelane {

struct SearchContext {
  SearchContext(const Problem& problem, Store* store, std::int64_t run, const ExploreOptions& options);

  [[nodiscard]] bool stopped() const;
  void report(const std::string& phase, std::uint64_t done, std::uint64_t all) const;
  /// Simulates points that are good in closed form and takes them up; returns how many it came to.
  std::size_t simulate(const std::vector<std::uint64_t>& indices);
  [[nodiscard]] ScanResult scan(ScanRequest request, const std::string& phase);
  void store_sample(const std::vector<std::uint64_t>& sample);

  const Problem& problem;
  Store* store;
  std::int64_t run;
  const ExploreOptions& options;
  std::size_t objectives;
  Scanner scanner;
  PointSimulator simulator;
  Archive front;                                ///< of what was simulated
  std::unordered_set<std::uint64_t> simulated;  ///< indices
  ExploreResult result;
};

}  // namespace statelane
