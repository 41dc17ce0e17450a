// SPDX-License-Identifier: Apache-2.0
#include "models/cost/graph_activity.h"

namespace ssmscope::cost {
namespace {

class Walk {
 public:
  Walk(const Graph& graph, GraphActivity& activity) : graph_(graph), activity_(activity) {}

  void actor(ActorId id) {
    actor_ = id;
    bytes_ =
        graph_.actors[id].kind == ActorKind::memory_write ? &activity_.bytes_written : &activity_.bytes_read;
    code(graph_.program(graph_.actors[id]), 1);
  }

 private:
  void code(std::span<const Instruction> instructions, std::int64_t times) {
    for (std::size_t i = 0; i < instructions.size(); ++i) {
      const Instruction& in = instructions[i];
      if (in.body == 0) {
        fire(graph_.firings[in.firing], in.count * times);
      } else {
        code(instructions.subspan(i + 1, in.body), in.count * times);
        i += in.body;
      }
    }
  }

  void fire(const Firing& f, std::int64_t count) {
    activity_.busy[actor_] += f.busy.count() * count;
    *bytes_ += f.bytes.count() * count;
    for (const Rate& rate : graph_.outputs(f)) activity_.tiles[rate.channel] += rate.tiles * count;
  }

  const Graph& graph_;
  GraphActivity& activity_;
  ActorId actor_ = 0;
  std::int64_t* bytes_ = nullptr;
};

}  // namespace

GraphActivity activity_of(const Graph& graph) {
  GraphActivity activity;
  activity.busy.resize(graph.actors.size(), 0);
  activity.tiles.resize(graph.channels.size(), 0);
  Walk walk(graph, activity);
  for (std::size_t i = 0; i < graph.actors.size(); ++i) walk.actor(static_cast<ActorId>(i));
  return activity;
}

}  // namespace ssmscope::cost
