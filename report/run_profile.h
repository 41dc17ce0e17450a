// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "models/base/json.h"
#include "sim/trace.h"

namespace statelane {

/// Bytes over time, in a fixed number of intervals that widen by two when the run outgrows them: a whole run
/// in constant memory, however long it is.
class TimeSeries {
 public:
  explicit TimeSeries(std::size_t intervals) : bytes_(intervals, 0.0) {}
  /// Spreads `bytes` evenly over start ... end.
  void add(Femtoseconds start, Femtoseconds end, double bytes);
  [[nodiscard]] Femtoseconds interval() const { return interval_; }
  [[nodiscard]] const std::vector<double>& bytes() const { return bytes_; }
  /// Makes intervals as wide as that many of the present ones: a power of two.
  void widen(Femtoseconds interval);

 private:
  void halve();
  Femtoseconds interval_{1'000'000'000};  ///< a microsecond at first
  std::vector<double> bytes_;
};

/// What a page shows of a run over time: the firings of its first layer, and what every memory channel
/// carries over all of it. A DMA walks its tensors front to back and its stripes lie in the channels in turn,
/// so the bytes of a transfer are known channel by channel; within a transfer they are taken to flow evenly.
class RunProfile final : public FiringObserver {
 public:
  /// `graph` must outlive the profile. `layers` of firings are kept.
  RunProfile(const Graph& graph, Hertz clock, std::size_t channels, std::int64_t layers);

  void fired(ActorId actor, FiringId firing, Femtoseconds start, Femtoseconds end,
             Femtoseconds visible) override;

  /// "timeline": actors by index with their firings as flat arrays of start, length (ns) and label;
  /// "memory": interval in seconds, and by channel bytes read and written in each. docs/results.md has the
  /// keys.
  [[nodiscard]] JsonValue json(Seconds run);

 private:
  struct ChannelSeries {
    TimeSeries read;
    TimeSeries written;
  };
  void add_transfer(ActorId actor, const Firing& firing, Femtoseconds start, Femtoseconds end);
  [[nodiscard]] JsonValue timeline() const;
  [[nodiscard]] JsonValue memory(Seconds run);

  const Graph& graph_;
  TraceRecorder firings_;
  std::int64_t layers_;
  std::vector<ChannelSeries> channels_;
  std::vector<std::int64_t> position_;  ///< of each stream
};

}  // namespace statelane
