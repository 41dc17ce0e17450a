// SPDX-License-Identifier: Apache-2.0
#include "models/cost/bound.h"

#include <algorithm>
#include <limits>

namespace ssmscope {
namespace {

constexpr std::int64_t unreached = std::numeric_limits<std::int64_t>::min() / 4;

/// Firings' busy cycles and tiles put into `channel` by some instructions run once.
struct Sum {
  std::int64_t busy = 0;
  std::int64_t tiles = 0;
};

std::int64_t rate_of(std::span<const Rate> rates, ChannelId channel) {
  for (const Rate& r : rates) {
    if (r.channel == channel) return r.tiles;
  }
  return 0;
}

template <bool Output>
std::int64_t rate(const Graph& g, FiringId f, ChannelId channel) {
  return rate_of(Output ? g.outputs(g.firings[f]) : g.inputs(g.firings[f]), channel);
}

template <bool Output>
Sum sum(const Graph& g, std::uint32_t code, std::uint32_t length, ChannelId channel) {
  Sum total;
  for (std::uint32_t i = code; i < code + length; ++i) {
    const Instruction& in = g.code[i];
    if (in.body == 0) {
      total.busy += g.firings[in.firing].busy.count() * in.count;
      total.tiles += rate<Output>(g, in.firing, channel) * in.count;
    } else {
      const Sum body = sum<Output>(g, i + 1, in.body, channel);
      total.busy += body.busy * in.count;
      total.tiles += body.tiles * in.count;
      i += in.body;
    }
  }
  return total;
}

/// Busy cycles until the instructions have produced `tiles` > 0 tiles: the end of the firing that brings the
/// last one.
std::int64_t busy_until(const Graph& g, std::uint32_t code, std::uint32_t length, ChannelId channel,
                        std::int64_t tiles, Cycles& latency) {
  std::int64_t busy = 0;
  for (std::uint32_t i = code; i < code + length; ++i) {
    const Instruction& in = g.code[i];
    if (in.body == 0) {
      const Firing& f = g.firings[in.firing];
      const std::int64_t each = rate<true>(g, in.firing, channel);
      if (each > 0 && each * in.count >= tiles) {
        latency = f.latency;
        return busy + ceil_div(tiles, each) * f.busy.count();
      }
      busy += in.count * f.busy.count();
      tiles -= each * in.count;
      continue;
    }
    const Sum body = sum<true>(g, i + 1, in.body, channel);
    if (body.tiles > 0 && body.tiles * in.count >= tiles) {
      const std::int64_t whole = (tiles - 1) / body.tiles;
      return busy + whole * body.busy +
             busy_until(g, i + 1, in.body, channel, tiles - whole * body.tiles, latency);
    }
    busy += in.count * body.busy;
    tiles -= in.count * body.tiles;
    i += in.body;
  }
  return busy;
}

std::int64_t program_bytes(const Graph& g, std::uint32_t code, std::uint32_t length) {
  std::int64_t bytes = 0;
  for (std::uint32_t i = code; i < code + length; ++i) {
    const Instruction& in = g.code[i];
    if (in.body == 0) {
      bytes += g.firings[in.firing].bytes.count() * in.count;
    } else {
      bytes += program_bytes(g, i + 1, in.body) * in.count;
      i += in.body;
    }
  }
  return bytes;
}

FiringId first_firing(const Graph& g, std::uint32_t code) {
  while (g.code[code].body != 0) ++code;
  return g.code[code].firing;
}

FiringId last_firing(const Graph& g, std::uint32_t code, std::uint32_t length) {
  // The last instruction of a body is either a firing or a loop that ends with it.
  std::uint32_t last = code;
  for (std::uint32_t i = code; i < code + length; ++i) {
    last = i;
    i += g.code[i].body;
  }
  if (g.code[last].body == 0) return g.code[last].firing;
  return last_firing(g, last + 1, g.code[last].body);
}

}  // namespace

void BoundEvaluator::collect_segments(const Graph& g) {
  segments_.clear();
  first_segment_.clear();
  for (std::size_t a = 0; a < g.actors.size(); ++a) {
    first_segment_.push_back(static_cast<std::uint32_t>(segments_.size()));
    const Actor& actor = g.actors[a];
    const std::uint32_t end = actor.first_of_layer + actor.layer_instructions;
    for (std::uint32_t i = actor.first_of_layer; i < end;) {
      const std::uint32_t length = 1 + g.code[i].body;
      Segment s;
      s.actor = static_cast<ActorId>(a);
      s.code = i;
      s.length = length;
      s.first = first_firing(g, i);
      s.last = last_firing(g, i, length);
      s.busy = sum<true>(g, i, length, no_id).busy;
      segments_.push_back(s);
      i += length;
    }
  }
  first_segment_.push_back(static_cast<std::uint32_t>(segments_.size()));
}

void BoundEvaluator::connect(const Graph& g) {
  edges_.clear();
  for (std::uint32_t s = 0; s < segments_.size(); ++s) {
    edges_.push_back({2 * s, 2 * s + 1, segments_[s].busy});
    if (s + 1 < segments_.size() && segments_[s + 1].actor == segments_[s].actor) {
      edges_.push_back({2 * s + 1, 2 * s + 2, 0});
    }
  }
  for (std::size_t id = 0; id < g.channels.size(); ++id) {
    const Channel& channel = g.channels[id];
    const auto c = static_cast<ChannelId>(id);
    if (channel.producer == no_id || channel.consumer == no_id) continue;
    // What comes from another layer or was there at the start is where the path begins and ends, not part of
    // it.
    if (channel.initial > 0 || channel.next_layer) continue;
    if (g.actors[channel.producer].layer_instructions == 0 ||
        g.actors[channel.consumer].layer_instructions == 0) {
      continue;
    }
    std::uint32_t p = first_segment_[channel.producer];
    const std::uint32_t p_end = first_segment_[channel.producer + 1u];
    std::int64_t before = 0;  // tiles produced by the segments before p
    std::int64_t own = p < p_end ? sum<true>(g, segments_[p].code, segments_[p].length, c).tiles : 0;
    // value(to) >= when the producer has made `tiles` tiles, plus delay.
    const auto need = [&](std::int64_t tiles, std::uint32_t to, std::int64_t delay) {
      while (p + 1 < p_end && before + own < tiles) {
        before += own;
        ++p;
        own = sum<true>(g, segments_[p].code, segments_[p].length, c).tiles;
      }
      if (before + own < tiles) return;
      Cycles latency{0};
      const std::int64_t offset =
          busy_until(g, segments_[p].code, segments_[p].length, c, tiles - before, latency);
      edges_.push_back({2 * p, to, offset + latency.count() + delay});
      if (tiles == before + own && rate<true>(g, segments_[p].last, c) > 0) {
        edges_.push_back({2 * p + 1, to, latency.count() + delay});
      }
    };
    std::int64_t taken = 0;
    for (std::uint32_t s = first_segment_[channel.consumer]; s < first_segment_[channel.consumer + 1u]; ++s) {
      const std::int64_t first = rate<false>(g, segments_[s].first, c);
      const std::int64_t all = sum<false>(g, segments_[s].code, segments_[s].length, c).tiles;
      if (all == 0) continue;
      if (first > 0) need(taken + first, 2 * s, 0);
      taken += all;
      if (rate<false>(g, segments_[s].last, c) > 0)
        need(taken, 2 * s + 1, g.firings[segments_[s].last].busy.count());
    }
  }
}

void BoundEvaluator::relax() {
  // Longest path over a graph that is nearly in topological order; the sweeps end because it has no cycle.
  for (std::size_t sweep = 0; sweep < values_.size(); ++sweep) {
    bool changed = false;
    for (const Edge& e : edges_) {
      const std::int64_t v = values_[e.from] + e.delay;
      if (values_[e.from] > unreached && v > values_[e.to]) {
        values_[e.to] = v;
        changed = true;
      }
    }
    if (!changed) break;
  }
}

/// Longest-path values of one layer; returns the segment that ends it.
std::uint32_t BoundEvaluator::prepare_path(const Graph& g) {
  collect_segments(g);
  connect(g);
  values_.assign(2 * segments_.size(), unreached);
  std::uint32_t last = 0;
  for (std::uint32_t s = 0; s < segments_.size(); ++s) {
    if (g.firings[segments_[s].first].shape.op == Operator::norm) values_[2 * s] = 0;
    if (g.firings[segments_[s].last].shape.op == Operator::residual) last = s;
  }
  relax();
  return last;
}

Cycles BoundEvaluator::layer_path(const Graph& g) {
  const std::uint32_t last = prepare_path(g);
  const std::int64_t end = values_.empty() ? 0 : values_[2 * last + 1];
  return end <= 0 ? Cycles{0} : Cycles(end) + g.firings[segments_[last].last].latency;
}

Cycles BoundEvaluator::matrix_span(const Graph& g) {
  std::uint32_t first = 0;
  while (first < segments_.size() && g.firings[segments_[first].first].shape.op != Operator::in_proj) ++first;
  if (first == segments_.size()) return Cycles{0};
  values_.assign(2 * segments_.size(), unreached);
  values_[2 * first] = 0;
  relax();
  return Cycles(std::max<std::int64_t>(0, values_[2 * first_segment_[segments_[first].actor + 1u] - 1]));
}

std::vector<BoundEvaluator::PathShare> BoundEvaluator::critical_path(const Graph& g) {
  std::vector<PathShare> shares;
  std::uint32_t node = 2 * prepare_path(g) + 1;
  // Walk back along edges that are tight. Time between two nodes belongs to the actor of the earlier one.
  while (!values_.empty() && values_[node] > 0) {
    const auto tight = std::find_if(edges_.begin(), edges_.end(), [&](const Edge& e) {
      return e.to == node && values_[e.from] > unreached && values_[e.from] + e.delay == values_[node];
    });
    if (tight == edges_.end()) break;
    const ActorId actor = segments_[tight->from / 2].actor;
    if (!shares.empty() && shares.back().actor == actor) {
      shares.back().cycles += Cycles(tight->delay);
    } else {
      shares.push_back({actor, Cycles(tight->delay)});
    }
    node = tight->from;
  }
  std::reverse(shares.begin(), shares.end());
  return shares;
}

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
  for (std::size_t a = 0; a < g.actors.size(); ++a) {
    const Actor& actor = g.actors[a];
    const Sum total = sum<true>(g, actor.first_instruction, actor.instructions, no_id);
    consider(Cycles(total.busy), BoundKind::actor, a, bound.busiest);
    if (actor.stream == no_id) continue;
    const std::int64_t moved = program_bytes(g, actor.first_instruction, actor.instructions);
    PortBytes& port = bytes[g.streams[actor.stream].port];
    if (actor.kind == ActorKind::memory_read) {
      port.read += moved;
    } else {
      port.written += moved;
      port.written_last_layer += moved / std::max<std::int64_t>(1, g.layers);
    }
    const Stream& stream = g.streams[actor.stream];
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
    const double most = *std::max_element(std::begin(channel_bytes), std::end(channel_bytes));
    consider(cycles_of(most, memory.channel.count(), clock), BoundKind::memory, 0, bound.transfer);
  }
  const Cycles path = (layer_path(g) * g.layers + host) * heads;
  consider(path, BoundKind::path, 0, bound.path);
  // In decode of one block the path above says as much.
  if (const std::int64_t walks = g.passes * g.blocks; walks > heads) {
    consider(matrix_span(g) * (g.layers * walks), BoundKind::path, 0, bound.path);
  }
  return bound;
}

}  // namespace ssmscope
