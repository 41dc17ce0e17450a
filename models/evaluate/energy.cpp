// SPDX-License-Identifier: Apache-2.0
#include "models/evaluate/energy.h"

#include <algorithm>

#include "models/evaluate/cost_evaluator.h"
#include "models/evaluate/energy_model.h"
#include "models/evaluate/graph_activity.h"
#include "models/evaluate/roll_up.h"

namespace statelane {
namespace {

using cost::Infrastructure;

/// Gives every part of a design its energy.
class Reporter {
 public:
  Reporter(const Design& design, const Graph& graph, const FabricCosts& costs, const GraphActivity& activity,
           Seconds time, EnergyReport& report)
      : design_(design),
        graph_(graph),
        costs_(costs),
        activity_(activity),
        cycles_(time.count() * design.clock.count()),
        transfer_cycles_(cost::transfer_cycles(design.memory, activity)),
        unit_cycles_(design.units.size()),
        report_(report) {
    for (std::size_t i = 0; i < graph.actors.size(); ++i) {
      const Actor& actor = graph.actors[i];
      if (actor.unit != no_id) unit_cycles_[actor.unit] += static_cast<double>(activity.busy[i]);
    }
  }

  void unit(std::size_t i, const Resources& r) {
    add(design_.units[i].component(), Of::unit, i, logic(r, unit_cycles_[i]));
  }
  void channel(std::size_t i, const ChannelMapping& m) {
    EnergyKinds e;
    e.clock = cost::clocking(m.resources.ff, cycles_, costs_);
    e.on_chip = cost::buffering(graph_.channels[i], activity_.tiles[i], m, costs_);
    add("buffer", Of::channel, i, e);
  }
  /// Memory paths work while they move data, converters with their unit.
  void infrastructure(Infrastructure kind, std::size_t i, const Resources& r) {
    switch (kind) {
      case Infrastructure::parameters:
        return add("buffer", Of::unit, i, logic(r, unit_cycles_[i]));
      case Infrastructure::conversion:
        return add("others", Of::unit, i, logic(r, unit_cycles_[i]));
      case Infrastructure::dma:
        return add("others", Of::dma, i, logic(r, transfer_cycles_));
      case Infrastructure::port:
      case Infrastructure::controller:
        return add("others", Of::transport, 0, logic(r, transfer_cycles_));
      case Infrastructure::control:
        return add("others", Of::design, 0, logic(r, 0));
    }
  }
  void device(const EnergyKinds& dram, const EnergyKinds& port, const EnergyKinds& idle) {
    add("dram", Of::dram, 0, dram);
    add("others", Of::transport, 0, port);
    add("device", Of::device, 0, idle);
  }

 private:
  using Of = EnergyPart::Of;
  [[nodiscard]] EnergyKinds logic(const Resources& r, double active) const {
    EnergyKinds e;
    e.compute = cost::working(r, active, costs_);
    e.clock = cost::clocking(r.ff, cycles_, costs_);
    return e;
  }
  void add(std::string_view name, Of of, std::size_t index, const EnergyKinds& e) {
    report_.total += e;
    report_.parts.push_back({of, index, e});
    for (ComponentEnergy& c : report_.components) {
      if (c.name == name) {
        c.energy += e;
        return;
      }
    }
    report_.components.push_back({std::string(name), e});
  }

  const Design& design_;
  const Graph& graph_;
  const FabricCosts& costs_;
  const GraphActivity& activity_;
  double cycles_;
  double transfer_cycles_;
  std::vector<double> unit_cycles_;  ///< in which it works
  EnergyReport& report_;
};

}  // namespace

EnergyKinds& EnergyKinds::operator+=(const EnergyKinds& o) {
  compute += o.compute;
  on_chip += o.on_chip;
  off_chip += o.off_chip;
  clock += o.clock;
  static_power += o.static_power;
  return *this;
}

OffChipTraffic off_chip_traffic(const Graph& graph) {
  GraphActivity activity;
  activity.count(graph);
  return {Bytes(activity.bytes_read), Bytes(activity.bytes_written)};
}

std::int64_t channels_used(const MemoryConfig& memory) {
  std::int64_t used = 0;
  for (const Placement* p : {&memory.weights, &memory.state, &memory.conv}) {
    used = std::max(used, p->first_channel + p->channels);
  }
  return used;
}

Joules estimate_dram(const DramSpec& spec, const DramEnergy& energy, std::int64_t channels,
                     const OffChipTraffic& traffic, Seconds time) {
  DramActivity activity;
  const std::int64_t burst = spec.geometry.burst.count();
  activity.read_bursts = ceil_div(traffic.read.count(), burst);
  activity.write_bursts = ceil_div(traffic.written.count(), burst);
  activity.activates = ceil_div((traffic.read + traffic.written).count(), spec.geometry.row.count());
  const Seconds interval = spec.timings.refi / spec.clock();
  activity.refreshes = static_cast<std::int64_t>(time / interval) * channels;
  activity.time = time * static_cast<double>(channels);
  return energy_use(energy, activity).total();
}

EnergyReport estimate_energy(const Design& design, const Mamba2Shape& shape, const Graph& graph,
                             const Board& board, const FabricConstants& constants, const EnergyRun& run) {
  EnergyReport report;
  report.time = run.time;
  report.tokens = graph.tokens;
  GraphActivity activity;
  activity.count(graph);
  const FabricCosts& costs = constants.family(board.family);
  Reporter reporter(design, graph, costs, activity, run.time, report);
  cost::visit(design, shape, graph, board, costs, reporter);
  EnergyKinds dram, port, idle;
  dram.off_chip = run.dram;
  port.off_chip = cost::transporting(activity, cost::has_external_pins(design.memory, board), costs);
  idle.static_power = static_power(constants, board) * run.time;
  reporter.device(dram, port, idle);
  return report;
}

CostTotals total_cost(const Design& design, const Mamba2Shape& shape, const Graph& graph,
                      const GraphActivity& activity, const Board& board, const FabricConstants& constants,
                      const EnergyRun& run) {
  CostEvaluator evaluator(constants);
  evaluator.take(design, shape, graph, activity, board);
  return evaluator.totals(run);
}

}  // namespace statelane
