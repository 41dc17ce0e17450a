// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "models/graph/graph.h"

namespace statelane {

/// How often a firing happens.
struct FiringCount {
  FiringId firing = no_id;
  std::int64_t count = 0;
};

/// The longest chain of dependent firings through one layer of a graph (and block of columns), from the
/// residual entering the norm to the layer's own residual.
///
/// A node is the start or the end of a segment: a top-level instruction of an actor's layer program, a loop
/// taken as a whole. A node needs others to come some cycles before it: segments of an actor follow each
/// other and last their busy time, and a consumer's first and last firing wait for the tiles they take. All
/// of that holds in every run, so the longest path is a lower bound (docs/model.md).
///
/// Holds scratch space, so that building does not allocate once warm.
class LayerPath {
 public:
  /// Reads the graph, which must outlive the calls below. Linear in instructions and rates but for the search
  /// of a tile within a loop nest.
  void build(const Graph& graph);
  /// The same where only times of the graph's firings changed since build().
  void retime(const Graph& graph);

  /// Cycles from a layer's residual entering its norm to its own residual.
  [[nodiscard]] Cycles length();

  /// Cycles from the matrix unit's first firing of a layer and block to its last: in_proj, then the chain
  /// through the SSM to out_proj. Its program is sequential, so this repeats for every block, layer and pass.
  [[nodiscard]] Cycles matrix_span();

  /// An actor's part of the longest chain.
  struct Share {
    ActorId actor = no_id;
    Cycles cycles{0};
  };
  /// The longest chain by actor, in the order it is walked. For reports.
  [[nodiscard]] std::vector<Share> shares();

 private:
  struct Segment {
    ActorId actor = 0;
    FiringId first = no_id;
    FiringId last = no_id;
    std::uint32_t code = 0;    ///< instruction index
    std::uint32_t length = 0;  ///< instructions
    std::uint32_t first_part = 0;
    std::uint32_t parts = 0;
    std::int64_t busy = 0;
  };
  /// What one segment takes from or puts into one channel.
  struct Flow {
    std::int64_t tiles = 0;
    std::int32_t first = 0;  ///< tiles of the segment's first firing
    FiringId last = no_id;   ///< last firing that has to do with the channel
    std::uint32_t segment = 0;
    std::uint32_t next = 0;  ///< flow of the same channel and direction
  };
  /// A channel within the layer with the ends of its two lists of flows.
  struct Link {
    bool inside = false;
    std::uint32_t first_in, last_in, first_out, last_out;
  };
  /// A node comes at least `delay` cycles after `from`; even nodes are starts of segments, odd ones their
  /// ends. The delay is the busy time of counted firings, a latency, and the busy time of one more firing.
  struct Need {
    std::uint32_t from = 0;
    std::uint32_t next = 0;  ///< need of the same node
    std::uint32_t first_part = 0;
    std::uint32_t parts = 0;
    FiringId latency_of = no_id;
    FiringId consumer = no_id;
    std::int64_t delay = 0;
  };

  void find_links();
  void collect(ActorId actor);
  void add_flows(std::uint32_t segment, FiringId id, std::int64_t count, bool first);
  void connect(ChannelId channel);
  void add_need(std::uint32_t node, std::uint32_t from, ChannelId channel, std::int64_t tiles,
                FiringId consumer);
  [[nodiscard]] std::int64_t cycles_of(const std::vector<FiringCount>& counts, std::uint32_t first,
                                       std::uint32_t n) const;
  [[nodiscard]] std::int64_t delay_of(const Need& need) const;

  [[nodiscard]] std::int64_t value(std::uint32_t node);
  template <class F>
  void for_each_need(std::uint32_t node, const F& f) const;
  [[nodiscard]] std::uint32_t prepare();

  const Graph* graph_ = nullptr;
  std::vector<Segment> segments_;
  std::vector<FiringCount> parts_;            ///< of segments
  std::vector<std::uint32_t> first_segment_;  ///< by actor, one more at the end
  std::vector<Flow> flows_;
  std::vector<Link> links_;  ///< by channel
  std::vector<Need> needs_;
  std::vector<FiringCount> need_parts_;
  std::vector<std::uint32_t> first_need_;  ///< by node
  std::vector<std::int64_t> values_;       ///< by node
};

}  // namespace statelane
