// SPDX-License-Identifier: Apache-2.0
#include "models/cost/graph_activity.h"

#include "models/dataflow/program.h"

namespace ssmscope {

void GraphActivity::count(const Graph& graph) {
  busy.assign(graph.actors.size(), 0);
  bytes.assign(graph.actors.size(), 0);
  tiles.assign(graph.channels.size(), 0);
  bytes_read = bytes_written = 0;
  std::int64_t* const passed = tiles.data();
  for (std::size_t a = 0; a < graph.actors.size(); ++a) {
    const Actor& actor = graph.actors[a];
    std::int64_t cycles = 0, moved = 0;
    for_each_firing(graph.program(actor), [&](FiringId id, std::int64_t times) {
      const Firing& f = graph.firings[id];
      cycles += f.busy.count() * times;
      moved += f.bytes.count() * times;
      for (const Rate& rate : graph.outputs(f)) passed[rate.channel] += rate.tiles * times;
    });
    busy[a] = cycles;
    bytes[a] = moved;
    (actor.kind == ActorKind::memory_write ? bytes_written : bytes_read) += moved;
  }
}

}  // namespace ssmscope
