// SPDX-License-Identifier: Apache-2.0
#include "models/cost/energy.h"

#include <algorithm>

#include "models/cost/graph_activity.h"
#include "models/cost/roll_up.h"

namespace ssmscope {
namespace {

using cost::Infrastructure;

/// What every part of a design spends, by the formulas of docs/energy.md.
class EnergyModel {
 public:
  EnergyModel(const Design& design, const Graph& graph, const FabricCosts& costs,
              const GraphActivity& activity, Seconds time)
      : design_(design),
        graph_(graph),
        costs_(costs),
        activity_(activity),
        cycles_(time.count() * design.clock.count()),
        transfer_cycles_(transfer_cycles()) {
    unit_cycles_.resize(design.units.size(), 0.0);
    for (std::size_t i = 0; i < graph.actors.size(); ++i) {
      const Actor& actor = graph.actors[i];
      if (actor.unit != no_id) unit_cycles_[actor.unit] += static_cast<double>(activity.busy[i]);
    }
  }

  [[nodiscard]] EnergyKinds unit(std::size_t i, const Resources& r) const {
    return logic(r, unit_cycles_[i]);
  }

  /// Written once and read once. Flip-flops and shift registers cost by the bit, memory blocks by the access.
  [[nodiscard]] EnergyKinds channel(std::size_t i, const ChannelMapping& m) const {
    const double bits =
        static_cast<double>(activity_.tiles[i]) * static_cast<double>(graph_.channels[i].tile_bits().count());
    const double accesses = 2 * bits / static_cast<double>(m.width);
    EnergyKinds e = logic({0, m.resources.ff, 0, 0, 0}, 0);
    if (m.storage == Storage::bram) {
      e.on_chip = Joules(accesses * m.blocks_per_access * costs_.energy_bram18);
    } else if (m.storage == Storage::uram) {
      e.on_chip = Joules(accesses * m.blocks_per_access * costs_.energy_uram);
    } else {
      e.on_chip = Joules(2 * bits * costs_.energy_lutram_bit);
    }
    return e;
  }

  /// Memory paths work while they move data: bytes over the width of the bus. Converters work with their
  /// unit.
  [[nodiscard]] EnergyKinds infrastructure(Infrastructure kind, std::size_t i, const Resources& r) const {
    if (kind == Infrastructure::conversion || kind == Infrastructure::parameters)
      return logic(r, unit_cycles_[i]);
    return logic(r, kind == Infrastructure::control ? 0 : transfer_cycles_);
  }

  /// Bits through port and memory interface.
  [[nodiscard]] Joules transport(bool external_pins) const {
    const double bits = 8.0 * static_cast<double>(activity_.bytes_read + activity_.bytes_written);
    return Joules(bits * (costs_.energy_port_bit + (external_pins ? costs_.energy_io_bit : 0.0)));
  }

 private:
  [[nodiscard]] EnergyKinds logic(const Resources& r, double active) const {
    EnergyKinds e;
    e.compute = Joules(active * (r.lut * costs_.energy_lut + r.ff * costs_.energy_ff +
                                 r.dsp * costs_.energy_dsp + r.bram18 * costs_.energy_bram18));
    e.clock = Joules(cycles_ * r.ff * costs_.energy_clock_ff);
    return e;
  }
  [[nodiscard]] double transfer_cycles() const {
    double bits_a_cycle = 0;
    for (const MemoryPort& port : design_.memory.ports) {
      bits_a_cycle += static_cast<double>(port.width.count() * port.copies);
    }
    const double bits = 8.0 * static_cast<double>(activity_.bytes_read + activity_.bytes_written);
    return bits_a_cycle > 0 ? bits / bits_a_cycle : 0;
  }

  const Design& design_;
  const Graph& graph_;
  const FabricCosts& costs_;
  const GraphActivity& activity_;
  double cycles_;
  double transfer_cycles_;  ///< in which memory ports move data
  boost::container::small_vector<double, 64> unit_cycles_;
};

bool has_external_pins(const Design& design, const Board& board) {
  const BoardMemory* memory = board.memory(design.memory.memory);
  return memory == nullptr || !memory->memory.starts_with("hbm");
}

/// Adds the visit's parts up; a sink gets each part's resources and energy.
template <class Sink>
class Visitor {
 public:
  Visitor(const EnergyModel& model, Sink& sink) : model_(model), sink_(sink) {}
  void unit(std::size_t i, const Resources& r) { sink_.unit(i, r, model_.unit(i, r)); }
  void channel(std::size_t i, const ChannelMapping& m) {
    sink_.channel(i, m.resources, model_.channel(i, m));
  }
  void infrastructure(Infrastructure kind, std::size_t i, const Resources& r) {
    sink_.infrastructure(kind, i, r, model_.infrastructure(kind, i, r));
  }

 private:
  const EnergyModel& model_;
  Sink& sink_;
};

struct Totals {
  CostTotals cost;
  void unit(std::size_t, const Resources& r, const EnergyKinds& e) { add(r, e); }
  void channel(std::size_t, const Resources& r, const EnergyKinds& e) { add(r, e); }
  void infrastructure(Infrastructure, std::size_t, const Resources& r, const EnergyKinds& e) { add(r, e); }
  void device(const EnergyKinds& dram, const EnergyKinds& port, const EnergyKinds& idle) {
    cost.energy += dram;
    cost.energy += port;
    cost.energy += idle;
  }

 private:
  void add(const Resources& r, const EnergyKinds& e) {
    cost.resources += r;
    cost.energy += e;
  }
};

class Reporter {
 public:
  Reporter(const Design& design, EnergyReport& report) : design_(design), report_(report) {}
  void unit(std::size_t i, const Resources&, const EnergyKinds& e) {
    add(design_.units[i].component(), Of::unit, i, e);
  }
  void channel(std::size_t i, const Resources&, const EnergyKinds& e) { add("buffer", Of::channel, i, e); }
  void infrastructure(Infrastructure kind, std::size_t i, const Resources&, const EnergyKinds& e) {
    switch (kind) {
      case Infrastructure::parameters:
        return add("buffer", Of::unit, i, e);
      case Infrastructure::conversion:
        return add("others", Of::unit, i, e);
      case Infrastructure::dma:
        return add("others", Of::dma, i, e);
      case Infrastructure::port:
      case Infrastructure::controller:
        return add("others", Of::transport, 0, e);
      case Infrastructure::control:
        return add("others", Of::design, 0, e);
    }
  }
  void device(const EnergyKinds& dram, const EnergyKinds& port, const EnergyKinds& idle) {
    add("dram", Of::dram, 0, dram);
    add("others", Of::transport, 0, port);
    add("device", Of::device, 0, idle);
  }

 private:
  using Of = EnergyPart::Of;
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
  EnergyReport& report_;
};

template <class Sink>
void roll_up(const Design& design, const Mamba2Shape& shape, const Graph& graph, const Board& board,
             const Calibration& calibration, const EnergyRun& run, const GraphActivity& activity,
             Sink& sink) {
  const FabricCosts& costs = calibration.family(board.family);
  const EnergyModel model(design, graph, costs, activity, run.time);
  Visitor<Sink> visitor(model, sink);
  cost::visit(design, shape, graph, board, costs, visitor);
  EnergyKinds dram, port, idle;
  dram.off_chip = run.dram;
  port.off_chip = model.transport(has_external_pins(design, board));
  idle.static_power = static_power(calibration, board) * run.time;
  sink.device(dram, port, idle);
}

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
                             const Board& board, const Calibration& calibration, const EnergyRun& run) {
  EnergyReport report;
  report.time = run.time;
  report.tokens = graph.tokens;
  Reporter reporter(design, report);
  GraphActivity activity;
  activity.count(graph);
  roll_up(design, shape, graph, board, calibration, run, activity, reporter);
  return report;
}

CostTotals total_cost(const Design& design, const Mamba2Shape& shape, const Graph& graph,
                      const GraphActivity& activity, const Board& board, const Calibration& calibration,
                      const EnergyRun& run) {
  Totals totals;
  roll_up(design, shape, graph, board, calibration, run, activity, totals);
  return totals.cost;
}

}  // namespace ssmscope
