// SPDX-License-Identifier: Apache-2.0
#include "models/evaluate/dram_energy_bound.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace statelane {
namespace {

constexpr std::size_t most_channels = 256;

/// No burst of the stream's last round over its channels is issued earlier than this.
Seconds last_round(const Stream& s, std::int64_t bytes, std::int64_t distinct, const MemoryPort& port,
                   Hertz clock) {
  const std::int64_t stripe = s.stripe.count();
  std::int64_t before = 0;  // through the copy's bus
  if (port.copies == 1 || s.channels == 1) {
    // Two rounds where the walk starts again at its base in between.
    before = bytes - std::min(distinct, 2 * s.channels * stripe);
  } else {
    // A copy serves one channel of the stream or more; each walk deals stripes evenly but for one.
    const std::int64_t walks = ceil_div(bytes, std::max<std::int64_t>(1, s.size.count()));
    before = bytes / s.channels - (walks + 1) * stripe;
  }
  before -= port.outstanding * port.burst.count();
  return Seconds(std::max(0.0, static_cast<double>(before)) / port.peak(clock).count());
}

}  // namespace

DramBound bound_dram(const DramSpec& spec, const Graph& g, const GraphActivity& activity, Hertz clock,
                     const std::vector<MemoryPort>& ports) {
  const DramEnergy energy = energy_of(spec);
  std::int64_t rows = 0;
  std::array<double, most_channels> until;  // by channel: it has work until then; channels without sleep
  std::size_t end = 0;                      // of the channels in use
  for (std::size_t i = 0; i < g.actors.size(); ++i) {
    const Actor& a = g.actors[i];
    if (a.stream == no_id) continue;
    const std::int64_t bytes = activity.bytes[i];
    const Stream& s = g.streams[a.stream];
    const std::int64_t distinct = std::min(bytes, s.size.count());
    // A row may stay open while reads and writes of several streams take turns in it; a stream's own bytes
    // lie in as many rows as they fill.
    rows = std::max(rows, distinct / spec.geometry.row.count());
    const auto touched =
        static_cast<std::size_t>(std::min<std::int64_t>(s.channels, ceil_div(distinct, s.stripe.count())));
    const double time = last_round(s, bytes, distinct, ports[s.port], clock).count();
    const std::size_t last = std::min<std::size_t>(most_channels, s.first_channel + touched);
    for (; end < last; ++end) until[end] = -1;
    for (std::size_t c = s.first_channel; c < last; ++c) until[c] = std::max(until[c], time);
  }
  double channels = 0;
  double refreshes = 0;
  const double interval = static_cast<double>(spec.timings.refi.count()) * spec.clock_period.count();
  for (std::size_t c = 0; c < end; ++c) {
    if (until[c] < 0) continue;
    ++channels;
    if (spec.controller.refresh) refreshes += std::max(0.0, std::floor(until[c] / interval) - 2);
  }
  const std::int64_t burst = spec.geometry.burst.count();
  DramBound b;
  b.dynamic =
      Joules(energy.read.count() * static_cast<double>(ceil_div(activity.bytes_read, burst)) +
             energy.write.count() * static_cast<double>(ceil_div(activity.bytes_written, burst)) +
             energy.activate.count() * static_cast<double>(rows) + energy.refresh.count() * refreshes);
  b.standby = Watts(energy.background.count() * channels);
  return b;
}

}  // namespace statelane
