// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "models/graph/graph.h"

namespace statelane {

/// Told of every firing, in an order in which all tiles it takes were put by firings told of before.
class FiringListener {
 public:
  FiringListener() = default;
  FiringListener(const FiringListener&) = default;
  FiringListener& operator=(const FiringListener&) = default;
  virtual ~FiringListener() = default;
  virtual void fire(ActorId actor, FiringId firing) = 0;
};

struct UntimedResult {
  std::int64_t firings = 0;
  std::vector<std::int64_t> peaks;  ///< most tiles in each channel at one time, in this schedule
  /// Empty if every actor came to the end of its sequence; otherwise which actors wait for how many tiles or
  /// places of which channels.
  std::string deadlock;
};

/// Runs the graph without time: every actor fires as soon as its input tiles and its output places are there
/// (a firing's own inputs do not count as places, as in the simulation). Whether a dataflow graph of one
/// producer and one consumer a channel deadlocks does not depend on the order of its firings (Kahn 1974), so
/// this decides it for the simulation too.
///
/// `listener` may be null. `capacities`, if not empty, stand in for those of the channels.
UntimedResult run_untimed(const Graph& graph, FiringListener* listener = nullptr,
                          std::span<const std::int32_t> capacities = {});

/// Balance of the graph over the whole run, from the compressed sequences: every channel has a producer and a
/// consumer, holds its initial tiles and the largest firing at either end, is never asked for more tiles than
/// are put, and what is left at the end fits. Empty, or every violation with the channel's name, one a line.
[[nodiscard]] std::string check_consistency(const Graph& graph);

/// Smallest capacity of every channel for which the graph still comes to its end: by binary search a channel,
/// in the channels' order, with those before at their smallest and those behind at the given capacity. The
/// result is minimal (no single channel can shrink further) but not the only minimal one. Lower a network of
/// one layer for it: layers are alike and the search runs the graph some hundred times. Nothing if the graph
/// deadlocks as it is.
[[nodiscard]] std::optional<std::vector<std::int32_t>> minimum_capacities(const Graph& graph);

}  // namespace statelane
