// SPDX-License-Identifier: Apache-2.0
#include "models/evaluate/evaluation.h"

#include <chrono>
#include <stdexcept>

#include "models/evaluate/graph_check.h"
#include "models/evaluate/lowering.h"
#include "models/evaluate/traffic.h"
#include "models/graph/program.h"

namespace statelane {
namespace {

/// `moved` must be what the workload needs, each tensor of each transfer padded to whole bursts.
void check_moved(const char* what, Bytes moved, Bytes needed, std::int64_t transfers) {
  constexpr std::int64_t burst = 64, tensors = 2;
  if (moved >= needed && moved - needed <= Bytes(burst * tensors * transfers)) return;
  throw std::logic_error("conservation violated: " + std::to_string(moved.count()) + " bytes " + what + ", " +
                         std::to_string(needed.count()) + " needed");
}

/// Bytes moved are those the workload needs by its shapes and the design's placement, whatever the graph
/// says; nobody is busy longer than the run lasted.
void check_conservation(const Experiment& e, const Graph& graph, const SimulationResult& result,
                        Femtoseconds period) {
  OffChipBytes needed;
  if (std::string why = off_chip_bytes(e.design, e.network, e.phase, needed); !why.empty())
    throw std::logic_error(why);
  Bytes read{0}, written{0};
  for (const PortResult& port : result.ports) {
    read += port.read;
    written += port.written;
  }
  std::int64_t transfers = 0;
  for (const Actor& actor : graph.actors) {
    if (actor.stream != no_id) transfers += program_totals(graph, graph.program(actor)).firings;
  }
  check_moved("read", read, needed.read(), transfers);
  check_moved("written", written, needed.written(), transfers);
  const Femtoseconds end = result.cycles * period;
  for (std::size_t i = 0; i < result.actors.size(); ++i) {
    const Activity& a = result.actors[i];
    if (a.busy > end || a.on_input < Femtoseconds{0}) {
      throw std::logic_error("conservation violated: " + std::string(graph.actors[i].name) +
                             " is busy longer than the run");
    }
  }
}

/// Of the memory channels the design uses; the others can sleep.
Joules dram_energy(const Experiment& e, const Evaluation& out) {
  const DramEnergy energy = energy_of(e.dram);
  if (!out.simulation) {
    return estimate_dram(e.dram, energy, channels_used(e.design.memory), off_chip_traffic(out.graph),
                         out.time);
  }
  Joules total{0};
  for (const DramStats& stats : out.simulation->memory) {
    if (stats.bursts() == 0) continue;
    total += energy_use(energy,
                        {stats.activates, stats.read_bursts, stats.write_bursts, stats.refreshes, out.time})
                 .total();
  }
  return total;
}

void add_warnings(const Experiment& e, Evaluation& out) {
  if (!fits(out.resources.total, e.board.resources)) {
    out.warnings.push_back("the design does not fit its board " + e.board.name);
  }
  const ChannelId weights = out.graph.filled_by(StreamKind::weights);
  if (weights != no_id && out.graph.channels[weights].capacity == 1) {
    out.warnings.push_back(
        "the weight buffer holds one tile only: transfer and use of weights do not overlap "
        "(schedule/weight_buffer)");
  }
}

}  // namespace

Evaluation evaluate(const Experiment& e, const FabricConstants& constants, const EvaluationOptions& options) {
  Evaluation out;
  out.constants = constants.name;
  out.constants_hash = constants.hash;
  if (std::string why = lower(e.design, e.network, e.phase, out.graph); !why.empty()) throw Infeasible(why);
  const std::int64_t channels = e.memory()->channels;
  BoundEvaluator bound;
  out.bound = bound.evaluate(out.graph, e.design.clock, e.design.memory.ports, {e.dram.peak(), channels});
  out.cycles = out.bound.cycles;
  if (options.simulator) {
    if (std::string why = check_graph(out.graph, e.design, e.network, e.phase); !why.empty())
      throw Infeasible(why);
    const auto start = std::chrono::steady_clock::now();
    try {
      out.simulation = options.simulator(out.graph, e.design.clock, e.design.memory.ports, {e.dram, channels},
                                         {.observer = options.observe ? options.observe(out.graph) : nullptr,
                                          .memory_latencies = options.memory_latencies});
    } catch (const std::runtime_error& error) {
      throw Infeasible(error.what());
    }
    out.wall = Seconds(std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count());
    check_conservation(e, out.graph, *out.simulation, period_of(e.design.clock));
    out.cycles = out.simulation->cycles;
  }
  out.time = out.cycles / e.design.clock;
  out.tokens_per_s = static_cast<double>(out.graph.tokens) / out.time.count();
  out.resources = estimate_resources(e.design, e.network, out.graph, e.board, constants);
  out.dram = dram_energy(e, out);
  out.energy = estimate_energy(e.design, e.network, out.graph, e.board, constants, {out.time, out.dram});
  out.bottleneck = find_bottleneck(e, out);
  add_warnings(e, out);
  return out;
}

}  // namespace statelane
