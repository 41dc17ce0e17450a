// SPDX-License-Identifier: Apache-2.0
#include "models/evaluate/bound.h"

#include <algorithm>

namespace statelane {
namespace {

/// Bytes a run moves before its last LM head can start, and over the whole run, through one port.
struct PortBytes {
  std::int64_t read = 0;
  std::int64_t written = 0;
  std::int64_t written_last_layer = 0;
};

Cycles cycles_of(double bytes, double rate, Hertz clock) {
  return Cycles(static_cast<std::int64_t>(bytes / rate * clock.count()));
}

/// Busy cycles of the host in each pass it works in.
Cycles host_busy(const Graph& g) {
  for (const Actor& a : g.actors) {
    if (a.kind == ActorKind::host && a.instructions > 0) {
      Cycles longest{0};
      for (const Instruction& in : g.program(a)) {
        if (in.body == 0) longest = std::max(longest, g.firings[in.firing].busy);
      }
      return longest;
    }
  }
  return Cycles{0};
}

/// How often that happens with nothing of the next pass under way: in decode every pass, otherwise once, at
/// the end.
std::int64_t heads_in_series(const Graph& g) {
  for (const Channel& c : g.channels) {
    const bool embeds = c.initial > 0 && c.producer != no_id && g.actors[c.producer].kind == ActorKind::host;
    if (embeds) return g.passes;
  }
  return 1;
}

}  // namespace

Bound BoundEvaluator::evaluate(const Graph& g, Hertz clock, const std::vector<MemoryPort>& ports,
                               const MemoryPeak& memory) {
  activity_.count(g);
  return evaluate(g, activity_, clock, ports, memory);
}

Bound BoundEvaluator::evaluate(const Graph& g, const GraphActivity& activity, Hertz clock,
                               const std::vector<MemoryPort>& ports, const MemoryPeak& memory,
                               GraphChange change) {
  Bound bound;
  const Cycles host = host_busy(g);
  const std::int64_t heads = heads_in_series(g);
  std::int64_t prefetch = 0;  // what read buffers can hold while a head runs
  for (const Channel& c : g.channels) {
    if (c.producer != no_id && g.actors[c.producer].kind == ActorKind::memory_read) {
      prefetch += bytes_of(c.storage_bits()).count();
    }
  }
  const auto consider = [&](Cycles cycles, BoundKind kind, std::size_t index, Cycles& largest) {
    largest = std::max(largest, cycles);
    if (cycles > bound.cycles) {
      bound.cycles = cycles;
      bound.kind = kind;
      bound.index = static_cast<std::uint16_t>(index);
    }
  };

  constexpr std::size_t most_ports = 64;
  PortBytes bytes[most_ports];
  constexpr std::size_t most_channels = 128;
  double channel_bytes[most_channels] = {};
  std::size_t channels = 1;  // up to the last in use
  for (std::size_t a = 0; a < g.actors.size(); ++a) {
    const Actor& actor = g.actors[a];
    consider(Cycles(activity.busy[a]), BoundKind::actor, a, bound.busiest);
    if (actor.stream == no_id) continue;
    const std::int64_t moved = activity.bytes[a];
    PortBytes& port = bytes[g.streams[actor.stream].port];
    if (actor.kind == ActorKind::memory_read) {
      port.read += moved;
    } else {
      port.written += moved;
      port.written_last_layer += moved / std::max<std::int64_t>(1, g.layers);
    }
    const Stream& stream = g.streams[actor.stream];
    channels = std::max<std::size_t>(channels, stream.first_channel + stream.channels);
    const double per_channel = static_cast<double>(moved) / static_cast<double>(stream.channels);
    for (std::size_t k = 0; k < stream.channels && stream.first_channel + k < most_channels; ++k) {
      channel_bytes[stream.first_channel + k] += per_channel;
    }
  }
  // All reads of a run, and all writes but the last layer's, are done before the last head starts; between
  // two heads of decode at most the buffers' content is read ahead.
  const double ahead = static_cast<double>(heads - 1) * static_cast<double>(prefetch);
  const Cycles head_time = host * heads;
  for (std::size_t i = 0; i < ports.size() && i < most_ports; ++i) {
    const double rate = ports[i].peak(clock).count() * static_cast<double>(ports[i].copies);
    const PortBytes& b = bytes[i];
    const double write = static_cast<double>(b.written - b.written_last_layer);
    double serial = static_cast<double>(b.read);
    if (ports[i].duplex == Duplex::half) serial += write;
    const double before = std::max(0.0, serial - ahead);
    consider(cycles_of(before, rate, clock) + head_time, BoundKind::port, i, bound.transfer);
    consider(cycles_of(static_cast<double>(b.written), rate, clock), BoundKind::port, i, bound.transfer);
  }
  if (memory.channel.count() > 0) {
    const double most = *std::max_element(channel_bytes, channel_bytes + std::min(channels, most_channels));
    consider(cycles_of(most, memory.channel.count(), clock), BoundKind::memory, 0, bound.transfer);
  }
  if (change == GraphChange::structure) {
    path_.build(g);
  } else {
    path_.retime(g);
  }
  const Cycles path = (path_.length() * g.layers + host) * heads;
  consider(path, BoundKind::path, 0, bound.path);
  // In decode of one block the path above says as much.
  if (const std::int64_t walks = g.passes * g.blocks; walks > heads) {
    consider(path_.matrix_span() * (g.layers * walks), BoundKind::path, 0, bound.path);
  }
  return bound;
}

}  // namespace statelane
