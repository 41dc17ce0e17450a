// SPDX-License-Identifier: Apache-2.0
#include "models/evaluate/layer_path.h"

#include <algorithm>
#include <limits>

#include "models/graph/program.h"

namespace statelane {
namespace {

constexpr std::int64_t unreached = std::numeric_limits<std::int64_t>::min() / 4;
constexpr std::int64_t unknown = unreached - 1;
constexpr std::uint32_t none = 0xFFFFFFFF;

/// Search for the firing that brings a channel's n-th tile, and how often which firings happen until it is
/// done.
struct TileSearch {
  const Graph& graph;
  ChannelId channel;
  std::int64_t missing;  ///< tiles still to come
  std::vector<FiringCount>& counts;
  FiringId found = no_id;

  /// True when the tile comes within one run of these instructions.
  bool run(std::uint32_t code, std::uint32_t length) {
    for (std::uint32_t i = code; i < code + length; ++i) {
      const Instruction& in = graph.code[i];
      if (in.body == 0) {
        if (fire(in.firing, in.count)) return true;
      } else {
        if (loop(i + 1, in.body, in.count)) return true;
        i += in.body;
      }
    }
    return false;
  }

 private:
  bool fire(FiringId id, std::int64_t count) {
    std::int64_t each = 0;
    for (const Rate& r : graph.outputs(graph.firings[id])) {
      if (r.channel == channel) each = r.tiles;
    }
    if (each > 0 && each * count >= missing) {
      counts.push_back({id, ceil_div(missing, each)});
      found = id;
      return true;
    }
    counts.push_back({id, count});
    missing -= each * count;
    return false;
  }

  bool loop(std::uint32_t code, std::uint32_t length, std::int64_t count) {
    const std::int64_t missing_before = missing;
    const std::size_t first = counts.size();
    if (run(code, length)) return true;
    const std::int64_t tiles = missing_before - missing;
    const bool reached = tiles > 0 && tiles * (count - 1) >= missing;
    const std::int64_t whole = reached ? (missing - 1) / tiles : count - 1;
    for (std::size_t i = first; i < counts.size(); ++i) counts[i].count *= 1 + whole;
    missing -= whole * tiles;
    return reached && run(code, length);
  }
};

}  // namespace

void LayerPath::find_links() {
  const Graph& g = *graph_;
  links_.resize(g.channels.size());
  for (std::size_t c = 0; c < links_.size(); ++c) {
    const Channel& channel = g.channels[c];
    Link& link = links_[c];
    // What comes from another layer or was there at the start is where the path begins and ends, not part of
    // it.
    link.inside = channel.producer != no_id && channel.consumer != no_id && channel.initial == 0 &&
                  channel.border != Border::next_layer && g.actors[channel.producer].layer_instructions > 0 &&
                  g.actors[channel.consumer].layer_instructions > 0;
    link.first_in = link.last_in = link.first_out = link.last_out = none;
  }
}

/// Adds what `count` firings of the segment under way move to the channels' lists.
void LayerPath::add_flows(std::uint32_t segment, FiringId id, std::int64_t count, bool first) {
  const Graph& g = *graph_;
  const Firing& f = g.firings[id];
  const auto add = [&](std::uint32_t& head, std::uint32_t& tail, std::int32_t tiles, std::int32_t of_first) {
    if (tail != none && flows_[tail].segment == segment) {
      flows_[tail].tiles += tiles * count;
      flows_[tail].last = id;
      return;
    }
    const auto added = static_cast<std::uint32_t>(flows_.size());
    flows_.push_back({tiles * count, of_first, id, segment, none});
    (tail == none ? head : flows_[tail].next) = added;
    tail = added;
  };
  for (const Rate& r : g.inputs(f)) {
    Link& link = links_[r.channel];
    if (link.inside) add(link.first_in, link.last_in, r.tiles, first ? r.tiles : 0);
  }
  for (const Rate& r : g.outputs(f)) {
    Link& link = links_[r.channel];
    if (link.inside) add(link.first_out, link.last_out, r.tiles, 0);
  }
}

void LayerPath::collect(ActorId actor) {
  const Graph& g = *graph_;
  first_segment_.push_back(static_cast<std::uint32_t>(segments_.size()));
  const std::uint32_t end = g.actors[actor].first_of_layer + g.actors[actor].layer_instructions;
  for (std::uint32_t i = g.actors[actor].first_of_layer; i < end;) {
    const Instruction& in = g.code[i];
    const auto segment = static_cast<std::uint32_t>(segments_.size());
    Segment& s = segments_.emplace_back();
    s.actor = actor;
    s.code = i;
    s.length = 1 + in.body;
    s.first_part = static_cast<std::uint32_t>(parts_.size());
    i += s.length;
    if (in.body == 0) {
      s.first = s.last = in.firing;
      s.parts = 1;
      parts_.push_back({in.firing, in.count});
      add_flows(segment, in.firing, in.count, true);
      continue;
    }
    for_each_firing({g.code.data() + s.code, s.length}, [&](FiringId id, std::int64_t count) {
      const bool first = s.first == no_id;
      if (first) s.first = id;
      s.last = id;
      parts_.push_back({id, count});
      ++s.parts;
      add_flows(segment, id, count, first);
    });
  }
}

/// `node` comes after `from`: once the n-th tile of a channel is there, if `from` is the start of the segment
/// that makes it, and the consumer's firing, if one is named, is done with it.
void LayerPath::add_need(std::uint32_t node, std::uint32_t from, ChannelId channel, std::int64_t tiles,
                         FiringId consumer) {
  const Segment& s = segments_[from / 2];
  Need need{from, first_need_[node], static_cast<std::uint32_t>(need_parts_.size()), 0, s.last, consumer, 0};
  if (from % 2 == 0) {
    TileSearch search{*graph_, channel, tiles, need_parts_};
    search.run(s.code, s.length);
    need.latency_of = search.found;
    need.parts = static_cast<std::uint32_t>(need_parts_.size()) - need.first_part;
  }
  first_need_[node] = static_cast<std::uint32_t>(needs_.size());
  needs_.push_back(need);
}

std::int64_t LayerPath::cycles_of(const std::vector<FiringCount>& counts, std::uint32_t first,
                                  std::uint32_t n) const {
  std::int64_t busy = 0;
  for (std::uint32_t i = first; i < first + n; ++i) {
    busy += graph_->firings[counts[i].firing].busy.count() * counts[i].count;
  }
  return busy;
}

std::int64_t LayerPath::delay_of(const Need& need) const {
  const Graph& g = *graph_;
  std::int64_t delay = cycles_of(need_parts_, need.first_part, need.parts);
  if (need.latency_of != no_id) delay += g.firings[need.latency_of].latency.count();
  if (need.consumer != no_id) delay += g.firings[need.consumer].busy.count();
  return delay;
}

void LayerPath::connect(ChannelId c) {
  const Link& link = links_[c];
  std::uint32_t p = link.first_out;
  if (p == none) return;
  std::int64_t before = 0;  // tiles produced by the flows before p
  // The node waits for the producer's first `tiles` tiles.
  const auto need = [&](std::int64_t tiles, std::uint32_t node, FiringId consumer) {
    while (before + flows_[p].tiles < tiles && flows_[p].next != none) {
      before += flows_[p].tiles;
      p = flows_[p].next;
    }
    const Flow& flow = flows_[p];
    if (before + flow.tiles < tiles) return;
    const bool at_end = tiles == before + flow.tiles && flow.last == segments_[flow.segment].last;
    add_need(node, 2 * flow.segment + (at_end ? 1u : 0u), c, tiles - before, consumer);
  };
  std::int64_t taken = 0;
  for (std::uint32_t f = link.first_in; f != none; f = flows_[f].next) {
    const Flow& flow = flows_[f];
    const FiringId last = segments_[flow.segment].last;
    if (flow.first > 0) need(taken + flow.first, 2 * flow.segment, no_id);
    taken += flow.tiles;
    // A segment of one firing has its end fixed by its start.
    if (flow.last == last && flow.tiles > flow.first) need(taken, 2 * flow.segment + 1, last);
  }
}

void LayerPath::build(const Graph& graph) {
  graph_ = &graph;
  segments_.clear();
  first_segment_.clear();
  parts_.clear();
  flows_.clear();
  needs_.clear();
  need_parts_.clear();
  find_links();
  const auto actors = static_cast<ActorId>(graph.actors.size());
  for (ActorId a = 0; a < actors; ++a) collect(a);
  first_segment_.push_back(static_cast<std::uint32_t>(segments_.size()));
  first_need_.assign(2 * segments_.size(), none);
  for (std::size_t c = 0; c < links_.size(); ++c) {
    if (links_[c].inside) connect(static_cast<ChannelId>(c));
  }
  retime(graph);
}

void LayerPath::retime(const Graph& graph) {
  graph_ = &graph;
  for (Segment& s : segments_) {
    s.busy = cycles_of(parts_, s.first_part, s.parts);
  }
  for (Need& need : needs_) need.delay = delay_of(need);
}

/// Calls f(from, delay) for everything a node waits for.
template <class F>
void LayerPath::for_each_need(std::uint32_t node, const F& f) const {
  const std::uint32_t s = node / 2;
  if (node % 2 == 1) {
    f(node - 1, segments_[s].busy);
  } else if (s > 0 && segments_[s - 1].actor == segments_[s].actor) {
    f(node - 1, std::int64_t{0});
  }
  for (std::uint32_t n = first_need_[node]; n != none; n = needs_[n].next) f(needs_[n].from, needs_[n].delay);
}

/// The longest path to a node; each node is computed once.
std::int64_t LayerPath::value(std::uint32_t node) {
  if (values_[node] != unknown) return values_[node];
  values_[node] = unreached;  // also what a node on a cycle sees of itself
  std::int64_t longest = unreached;
  for_each_need(node, [&](std::uint32_t from, std::int64_t delay) {
    const std::int64_t before = value(from);
    if (before > unreached) longest = std::max(longest, before + delay);
  });
  return values_[node] = longest;
}

/// Forgets all values but those of the nodes the path starts from.
std::uint32_t LayerPath::prepare() {
  const Graph& g = *graph_;
  values_.assign(2 * segments_.size(), unknown);
  std::uint32_t last = 0;
  for (std::uint32_t s = 0; s < segments_.size(); ++s) {
    const auto at = [&](std::span<const Rate> rates, Border a, Border b) {
      return std::any_of(rates.begin(), rates.end(), [&](const Rate& r) {
        return g.channels[r.channel].border == a || g.channels[r.channel].border == b;
      });
    };
    if (at(g.inputs(g.firings[segments_[s].first]), Border::next_layer, Border::next_layer))
      values_[2 * s] = 0;
    if (at(g.outputs(g.firings[segments_[s].last]), Border::next_layer, Border::leaves)) last = s;
  }
  return last;
}

Cycles LayerPath::length() {
  const std::uint32_t last = prepare();
  const std::int64_t end = values_.empty() ? 0 : value(2 * last + 1);
  return end <= 0 ? Cycles{0} : Cycles(end) + graph_->firings[segments_[last].last].latency;
}

Cycles LayerPath::matrix_span() {
  const ActorId matrix = graph_->weight_reader();
  const auto first =
      std::find_if(segments_.begin(), segments_.end(), [&](const Segment& s) { return s.actor == matrix; });
  if (first == segments_.end()) return Cycles{0};
  values_.assign(2 * segments_.size(), unknown);
  values_[2 * static_cast<std::size_t>(first - segments_.begin())] = 0;
  return Cycles(std::max<std::int64_t>(0, value(2 * first_segment_[first->actor + 1u] - 1)));
}

std::vector<LayerPath::Share> LayerPath::shares() {
  std::vector<Share> shares;
  std::uint32_t node = 2 * prepare() + 1;
  if (values_.empty()) return shares;
  // Walk back to whatever each node waited for. Time between two nodes belongs to the earlier one's actor.
  while (value(node) > 0) {
    std::uint32_t waited_for = node;
    std::int64_t cycles = 0;
    for_each_need(node, [&](std::uint32_t from, std::int64_t delay) {
      if (waited_for != node || value(from) == unreached || value(from) + delay != value(node)) return;
      waited_for = from;
      cycles = delay;
    });
    const ActorId actor = segments_[waited_for / 2].actor;
    if (!shares.empty() && shares.back().actor == actor) {
      shares.back().cycles += Cycles(cycles);
    } else {
      shares.push_back({actor, Cycles(cycles)});
    }
    node = waited_for;
  }
  std::reverse(shares.begin(), shares.end());
  return shares;
}

}  // namespace statelane
