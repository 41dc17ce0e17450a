// SPDX-License-Identifier: Apache-2.0
#include "models/dataflow/program.h"

namespace ssmscope {
namespace {

/// Sum over the sequence of visit(firing) weighted by how often it fires; linear in the instructions, not the
/// firings.
template <class Visit>
void for_each_firing(std::span<const Instruction> code, std::int64_t times, const Visit& visit) {
  for (std::size_t i = 0; i < code.size(); ++i) {
    const Instruction& in = code[i];
    if (in.body == 0) {
      visit(in.firing, in.count * times);
    } else {
      for_each_firing(code.subspan(i + 1, in.body), in.count * times, visit);
      i += in.body;
    }
  }
}

}  // namespace

ProgramTotals program_totals(const Graph& graph, std::span<const Instruction> code) {
  ProgramTotals totals;
  for_each_firing(code, 1, [&](FiringId id, std::int64_t count) {
    totals.firings += count;
    totals.busy += graph.firings[id].busy * count;
    totals.bytes += graph.firings[id].bytes * count;
  });
  return totals;
}

std::int64_t tiles_consumed(const Graph& graph, std::span<const Instruction> code, ChannelId channel) {
  std::int64_t tiles = 0;
  for_each_firing(code, 1, [&](FiringId id, std::int64_t count) {
    for (const Rate& rate : graph.inputs(graph.firings[id])) {
      if (rate.channel == channel) tiles += rate.tiles * count;
    }
  });
  return tiles;
}

std::int64_t tiles_produced(const Graph& graph, std::span<const Instruction> code, ChannelId channel) {
  std::int64_t tiles = 0;
  for_each_firing(code, 1, [&](FiringId id, std::int64_t count) {
    for (const Rate& rate : graph.outputs(graph.firings[id])) {
      if (rate.channel == channel) tiles += rate.tiles * count;
    }
  });
  return tiles;
}

}  // namespace ssmscope
