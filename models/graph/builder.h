// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/graph/graph.h"

namespace statelane {

/// Appends actors, firings and loops to a Graph. A firing is declared first with its works, then all its
/// inputs, then all its outputs; loops nest by scope: `{ auto loop = builder.loop(10); builder.fire(f, 3);
/// }`.
class GraphBuilder {
 public:
  explicit GraphBuilder(Graph& graph) : graph_(graph) {}

  ChannelId channel(std::string_view name, std::int64_t tile_elements, Bits element, std::int64_t capacity,
                    std::int64_t initial = 0) {
    Channel& c = graph_.channels.emplace_back();
    c.name = name;
    c.tile_elements = tile_elements;
    c.element = element;
    c.capacity = static_cast<std::int32_t>(capacity);
    c.initial = static_cast<std::int32_t>(initial);
    return static_cast<ChannelId>(graph_.channels.size() - 1);
  }

  ActorId begin_actor(std::string_view name, ActorKind kind, std::uint16_t unit,
                      std::uint16_t stream = no_id) {
    Actor& a = graph_.actors.emplace_back();
    a.name = name;
    a.kind = kind;
    a.unit = unit;
    a.stream = stream;
    a.first_firing = static_cast<std::uint32_t>(graph_.firings.size());
    a.first_instruction = static_cast<std::uint32_t>(graph_.code.size());
    return static_cast<ActorId>(graph_.actors.size() - 1);
  }
  void end_actor() {
    Actor& a = graph_.actors.back();
    a.firings = static_cast<std::uint32_t>(graph_.firings.size()) - a.first_firing;
    a.instructions = static_cast<std::uint32_t>(graph_.code.size()) - a.first_instruction;
  }

  /// Starts a firing; `in` and `out` add rates to it (a channel of no_id or 0 tiles adds nothing).
  FiringId firing() {
    Firing& f = graph_.firings.emplace_back();
    f.first_work = static_cast<std::uint32_t>(graph_.works.size());
    f.first_input = f.first_output = static_cast<std::uint32_t>(graph_.rates.size());
    return static_cast<FiringId>(graph_.firings.size() - 1);
  }
  /// The shape of the last firing, to be filled in place: copying what was just written field by field stalls
  /// on the stores.
  [[nodiscard]] FiringShape& shape() { return graph_.firings.back().shape; }
  FiringId firing(const FiringShape& shape) {
    const FiringId id = firing();
    graph_.firings.back().shape = shape;
    return id;
  }
  /// With times given instead of works: graphs made by hand.
  FiringId firing(Cycles busy, Cycles latency, const FiringShape& shape) {
    const FiringId id = firing(shape);
    graph_.firings.back().busy = busy;
    graph_.firings.back().latency = latency;
    return id;
  }
  /// A firing of one work, shown as it.
  FiringId firing(Operator op, std::int64_t rows, std::int64_t columns = 1, std::int64_t reduce = 1,
                  std::size_t part = 0) {
    const FiringId id = firing();
    FiringShape& s = shape();
    s.op = op;
    s.part = static_cast<Part>(part);
    s.rows = static_cast<std::int32_t>(rows);
    s.columns = static_cast<std::int32_t>(columns);
    s.reduce = static_cast<std::int32_t>(reduce);
    add(op, rows, columns, reduce);
    return id;
  }
  /// A further work of the last firing.
  void add(Operator op, std::int64_t rows, std::int64_t columns = 1, std::int64_t reduce = 1,
           std::int64_t states = 1) {
    Work& w = graph_.works.emplace_back();
    w.op = op;
    w.rows = rows;
    w.states = states;
    w.reduce = reduce;
    w.columns = columns;
    ++graph_.firings.back().works;
  }
  /// What the last firing is shown as.
  void set_operator(Operator op) { graph_.firings.back().shape.op = op; }
  /// The works of the last firing come one after the other, not as one pipeline.
  void in_sequence() { graph_.firings.back().in_sequence = true; }
  void in(ChannelId channel, std::int64_t tiles) {
    if (channel == no_id || tiles == 0) return;
    rate(channel, tiles);
    Firing& f = graph_.firings.back();
    ++f.inputs;
    f.first_output = static_cast<std::uint32_t>(graph_.rates.size());
    graph_.channels[channel].consumer = static_cast<ActorId>(graph_.actors.size() - 1);
  }
  void out(ChannelId channel, std::int64_t tiles) {
    if (channel == no_id || tiles == 0) return;
    rate(channel, tiles);
    ++graph_.firings.back().outputs;
    graph_.channels[channel].producer = static_cast<ActorId>(graph_.actors.size() - 1);
  }
  /// Marks what is emitted between the two calls as the actor's layer; the last pair counts.
  void begin_layer() { graph_.actors.back().first_of_layer = static_cast<std::uint32_t>(graph_.code.size()); }
  void end_layer() {
    Actor& a = graph_.actors.back();
    a.layer_instructions = static_cast<std::uint32_t>(graph_.code.size()) - a.first_of_layer;
  }
  void transfer(Bytes bytes) { graph_.firings.back().bytes = bytes; }

  /// Fires `firing` `count` times.
  void fire(FiringId firing, std::int64_t count = 1) {
    if (count > 0) instruction(firing, count);
  }

  /// A loop that lasts as long as the returned guard.
  class Loop {
   public:
    Loop(Graph& graph, std::int64_t count) : graph_(graph), at_(graph.code.size()) {
      graph.code.emplace_back().count = count;
    }
    Loop(const Loop&) = delete;
    Loop& operator=(const Loop&) = delete;
    ~Loop() {
      const std::size_t body = graph_.code.size() - at_ - 1;
      if (body == 0 || graph_.code[at_].count <= 0) {
        graph_.code.resize(at_);
      } else {
        graph_.code[at_].body = static_cast<std::uint32_t>(body);
      }
    }

   private:
    Graph& graph_;
    std::size_t at_;
  };
  [[nodiscard]] Loop loop(std::int64_t count) { return Loop(graph_, count); }
  [[nodiscard]] Graph& graph() { return graph_; }
  [[nodiscard]] const Graph& graph_view() const { return graph_; }

 private:
  // Elements are made where they will lie: copying what was just written field by field stalls on the stores.
  void rate(ChannelId channel, std::int64_t tiles) {
    Rate& r = graph_.rates.emplace_back();
    r.channel = channel;
    r.tiles = static_cast<std::int32_t>(tiles);
  }
  void instruction(FiringId firing, std::int64_t count) {
    Instruction& in = graph_.code.emplace_back();
    in.firing = firing;
    in.count = count;
  }

  Graph& graph_;
};

}  // namespace statelane
