// SPDX-License-Identifier: Apache-2.0
#include "models/evaluate/graph_activity.h"

#include "models/graph/program.h"

namespace statelane {

void GraphActivity::count(const Graph& graph) {
  firings_.assign(graph.firings.size(), 0);
  std::int64_t* const times = firings_.data();
  for (const Actor& actor : graph.actors) {
    for_each_firing(graph.program(actor), [&](FiringId id, std::int64_t count) { times[id] += count; });
  }
  bytes.assign(graph.actors.size(), 0);
  tiles.assign(graph.channels.size(), 0);
  bytes_read = bytes_written = 0;
  std::int64_t* const passed = tiles.data();
  for (std::size_t a = 0; a < graph.actors.size(); ++a) {
    const Actor& actor = graph.actors[a];
    std::int64_t moved = 0;
    for (std::uint32_t i = actor.first_firing; i < actor.first_firing + actor.firings; ++i) {
      const Firing& f = graph.firings[i];
      moved += f.bytes.count() * times[i];
      for (const Rate& rate : graph.outputs(f)) passed[rate.channel] += rate.tiles * times[i];
    }
    bytes[a] = moved;
    (actor.kind == ActorKind::memory_write ? bytes_written : bytes_read) += moved;
  }
  recount(graph);
}

void GraphActivity::recount(const Graph& graph) {
  busy.assign(graph.actors.size(), 0);
  for (std::size_t a = 0; a < graph.actors.size(); ++a) {
    const Actor& actor = graph.actors[a];
    std::int64_t cycles = 0;
    for (std::uint32_t i = actor.first_firing; i < actor.first_firing + actor.firings; ++i) {
      cycles += graph.firings[i].busy.count() * firings_[i];
    }
    busy[a] = cycles;
  }
}

}  // namespace statelane
