// SPDX-License-Identifier: Apache-2.0
#include "models/graph/program.h"

namespace statelane {
ProgramTotals program_totals(const Graph& graph, std::span<const Instruction> code) {
  ProgramTotals totals;
  for_each_firing(code, [&](FiringId id, std::int64_t count) {
    totals.firings += count;
    totals.busy += graph.firings[id].busy * count;
    totals.bytes += graph.firings[id].bytes * count;
  });
  return totals;
}

std::int64_t tiles_consumed(const Graph& graph, std::span<const Instruction> code, ChannelId channel) {
  std::int64_t tiles = 0;
  for_each_firing(code, [&](FiringId id, std::int64_t count) {
    for (const Rate& rate : graph.inputs(graph.firings[id])) {
      if (rate.channel == channel) tiles += rate.tiles * count;
    }
  });
  return tiles;
}

std::int64_t tiles_produced(const Graph& graph, std::span<const Instruction> code, ChannelId channel) {
  std::int64_t tiles = 0;
  for_each_firing(code, [&](FiringId id, std::int64_t count) {
    for (const Rate& rate : graph.outputs(graph.firings[id])) {
      if (rate.channel == channel) tiles += rate.tiles * count;
    }
  });
  return tiles;
}

}  // namespace statelane
