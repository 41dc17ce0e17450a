// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "models/graph/graph.h"

namespace statelane {

/// What a graph's firing sequences add up to over the whole run, however long it takes.
struct GraphActivity {
  std::vector<std::int64_t> busy;   ///< cycles, by actor
  std::vector<std::int64_t> bytes;  ///< moved off chip, by actor
  std::vector<std::int64_t> tiles;  ///< tiles that pass a channel, by channel
  std::int64_t bytes_read = 0;
  std::int64_t bytes_written = 0;

  /// Counts anew; no allocation once the arrays have grown. Linear in the instructions of the compressed
  /// sequences, not in the firings.
  void count(const Graph& graph);
  /// The same where only times of firings changed since.
  void recount(const Graph& graph);

 private:
  std::vector<std::int64_t> firings_;  ///< how often each kind fires
};

}  // namespace statelane
