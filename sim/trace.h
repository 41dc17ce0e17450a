// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <iosfwd>
#include <limits>
#include <vector>

#include "models/base/units.h"
#include "models/evaluate/simulation.h"

namespace statelane {

/// How much of a run a trace keeps.
struct TraceLimits {
  std::int64_t layers = 2;          ///< whole layers from the start
  Seconds until{0};                 ///< if above 0: this much time instead of layers
  std::size_t firings = 2'000'000;  ///< never more than this
};

/// Keeps the firings of the first layers of a run and writes them as a timeline.
class TraceRecorder : public FiringObserver {
 public:
  /// A firing: occupies its actor from start to end, and what it produces can be used from `visible`.
  struct Event {
    ActorId actor;
    FiringId firing;
    Femtoseconds start;
    Femtoseconds end;
    Femtoseconds visible;
  };

  TraceRecorder(const Graph& graph, Hertz clock, const TraceLimits& limits);

  void fired(ActorId actor, FiringId firing, Femtoseconds start, Femtoseconds end,
             Femtoseconds visible) override;

  /// Trace Event Format (JSON), read by Perfetto and chrome://tracing: a track per actor, a counter per
  /// channel (tiles in use) and per memory actor (GB/s). Times in microseconds.
  void write_perfetto(std::ostream& out) const;
  /// Value change dump (IEEE 1364) for GTKWave: a busy wire per actor, an integer per channel.
  void write_vcd(std::ostream& out) const;
  /// What was kept, by start and actor.
  [[nodiscard]] std::vector<Event> kept() const;
  /// True if the limits cut the run.
  [[nodiscard]] bool truncated() const { return truncated_; }

 private:
  /// A step of a channel's occupancy.
  struct Change {
    Femtoseconds at;
    ChannelId channel;
    std::int64_t tiles;
  };

  /// Tiles in use after each change, in time order.
  [[nodiscard]] std::vector<Change> occupancy(const std::vector<Event>& events) const;

  const Graph& graph_;
  Femtoseconds period_;
  TraceLimits limits_;
  std::vector<Event> events_;
  std::int64_t layers_done_ = 0;
  Femtoseconds stop_{std::numeric_limits<std::int64_t>::max()};
  bool truncated_ = false;
};

}  // namespace statelane
