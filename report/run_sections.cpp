// SPDX-License-Identifier: Apache-2.0
#include "report/run_sections.h"

#include <array>

#include "models/blocks/counts.h"
#include "models/evaluate/energy_by_operator.h"
#include "models/evaluate/evaluation_json.h"
#include "models/evaluate/layer_path.h"
#include "models/evaluate/roll_up.h"
#include "models/graph/program.h"
#include "models/units/fabric/resource_kinds.h"

namespace statelane {
namespace {

const char* kind_of(ActorKind kind) {
  switch (kind) {
    case ActorKind::compute:
      return "compute";
    case ActorKind::memory_read:
      return "memory_read";
    case ActorKind::memory_write:
      return "memory_write";
    case ActorKind::host:
      return "host";
  }
  return "";
}

const char* storage_name(Storage s) {
  switch (s) {
    case Storage::automatic:
      return "automatic";
    case Storage::registers:
      return "registers";
    case Storage::lutram:
      return "lutram";
    case Storage::bram:
      return "bram";
    case Storage::uram:
      return "uram";
  }
  return "";
}

JsonValue setting_json(const Experiment& x) {
  JsonValue ports = JsonValue::array();
  for (const MemoryPort& p : x.design.memory.ports) {
    ports.push_back(JsonValue::object()
                        .set("name", p.name)
                        .set("copies", JsonValue(p.copies))
                        .set("peak_bytes_per_s",
                             JsonValue(p.peak(x.design.clock).count() * static_cast<double>(p.copies)))
                        .set("duplex", p.duplex == Duplex::half ? "half" : "full"));
  }
  const BoardMemory* memory = x.memory();
  JsonValue board = JsonValue::object().set("name", x.board.name).set("device", x.board.device);
  const Resources offered = offered_by(x.board.resources);
  for (const ResourceKind& kind : resource_kinds)
    board.set(std::string(kind.key), JsonValue(static_cast<std::int64_t>(offered.*kind.count)));
  return JsonValue::object()
      .set("clock_hz", JsonValue(x.design.clock.count()))
      .set("phase", JsonValue::object()
                        .set("kind", x.phase.kind == PhaseKind::decode ? "decode" : "prefill")
                        .set("length", JsonValue(x.phase.length))
                        .set("batch", JsonValue(x.phase.batch)))
      .set("board", std::move(board))
      .set("memory", JsonValue::object()
                         .set("name", x.dram.name)
                         .set("channels", JsonValue(memory->channels))
                         .set("peak_bytes_per_s",
                              JsonValue(x.dram.peak().count() * static_cast<double>(memory->channels))))
      .set("ports", std::move(ports))
      .set("experiment", x.resolved);
}

/// Collects what each channel of the graph becomes.
struct Mappings {
  std::vector<ChannelMapping> channels;
  void unit(std::size_t, const Resources&) {}
  void channel(std::size_t i, const ChannelMapping& m) {
    if (channels.size() <= i) channels.resize(i + 1);
    channels[i] = m;
  }
  void infrastructure(cost::Infrastructure, std::size_t, const Resources&) {}
};

JsonValue graph_json(const Experiment& x, const Evaluation& e, const FabricConstants& constants) {
  const Graph& g = e.graph;
  JsonValue actors = JsonValue::array();
  for (const Actor& a : g.actors) {
    JsonValue one = JsonValue::object().set("name", a.name).set("kind", kind_of(a.kind));
    if (a.unit != no_id) {
      const Unit& unit = x.design.units[a.unit];
      JsonValue operators = JsonValue::array();
      unit.operators().for_each([&](Operator op) { operators.push_back(JsonValue(operator_name(op))); });
      one.set("unit", unit.model().kind())
          .set("component", unit.component())
          .set("lanes", JsonValue(unit.model().row_lanes()))
          .set("operators", std::move(operators));
    }
    if (a.stream != no_id) one.set("port", x.design.memory.ports[g.streams[a.stream].port].name);
    actors.push_back(std::move(one));
  }
  Mappings maps;
  cost::visit(x.design, x.network, g, x.board, constants.family(x.board.family), maps);
  maps.channels.resize(g.channels.size());
  JsonValue channels = JsonValue::array();
  for (std::size_t i = 0; i < g.channels.size(); ++i) {
    const Channel& c = g.channels[i];
    if (c.producer == no_id || c.consumer == no_id) continue;
    JsonValue one = JsonValue::object();
    one.set("name", c.name)
        .set("producer", JsonValue(std::int64_t{c.producer}))
        .set("consumer", JsonValue(std::int64_t{c.consumer}))
        .set("capacity", JsonValue(std::int64_t{c.capacity}))
        .set("tile_elements", JsonValue(c.tile_elements))
        .set("element_bits", JsonValue(c.element.count()))
        .set("next_layer", JsonValue(c.border == Border::next_layer));
    if (maps.channels[i].depth > 0) {
      one.set("word_bits", JsonValue(maps.channels[i].width))
          .set("words", JsonValue(maps.channels[i].depth))
          .set("storage", storage_name(maps.channels[i].storage));
    }
    if (e.simulation) one.set("peak_occupancy", JsonValue(e.simulation->channel_peaks[i]));
    channels.push_back(std::move(one));
  }
  return JsonValue::object().set("actors", std::move(actors)).set("channels", std::move(channels));
}

/// What the run asks of each operator's unit and memory.
struct OperatorUse {
  ActorId actor = no_id;
  double busy = 0;   ///< cycles
  double bytes = 0;  ///< off chip
};

JsonValue roofline_json(const Experiment& x, const Evaluation& e) {
  const Graph& g = e.graph;
  std::array<OperatorUse, operator_count> use{};
  OperatorSet there;
  for (std::size_t i = 0; i < g.actors.size(); ++i) {
    for_each_firing(g.program(g.actors[i]), [&](FiringId id, std::int64_t times) {
      const Firing& f = g.firings[id];
      if (g.is_memory(static_cast<ActorId>(i))) {
        use[static_cast<std::size_t>(f.shape.op)].bytes += static_cast<double>(f.bytes.count() * times);
        return;
      }
      for (const Work& w : g.works_of(f)) {
        OperatorUse& u = use[static_cast<std::size_t>(w.op)];
        u.actor = static_cast<ActorId>(i);
        u.busy += static_cast<double>(f.busy.count() * times);
        there.insert(w.op);
      }
    });
  }
  CountOptions options;
  options.optional = there;
  const WorkloadCount counts = count_workload(x.network, x.phase, options);
  JsonValue operators = JsonValue::array();
  double all = 0;
  there.for_each([&](Operator op) {
    const OperatorUse& u = use[static_cast<std::size_t>(op)];
    OperatorCount count = op == Operator::lm_head ? counts.lm_head : counts.of(op).times(counts.layers);
    if (op == Operator::norm && g.actors[u.actor].kind == ActorKind::compute) count += counts.final_norm;
    const auto ops = static_cast<double>(2 * count.macs + count.multiplies + count.adds + count.nonlinear);
    const bool host = g.actors[u.actor].kind == ActorKind::host;
    if (!host) all += ops;
    operators.push_back(JsonValue::object()
                            .set("operator", operator_name(op))
                            .set("actor", g.actors[u.actor].name)
                            .set("host", JsonValue(host))
                            .set("operations", JsonValue(ops))
                            .set("bytes", JsonValue(u.bytes))
                            .set("busy_s", JsonValue(u.busy / x.design.clock.count())));
  });
  return JsonValue::object()
      .set("operators", std::move(operators))
      .set("operations", JsonValue(all))
      .set("time_s", JsonValue(e.time.count()));
}

JsonValue chain_json(const Graph& g) {
  LayerPath path;
  path.build(g);
  std::vector<std::int64_t> cycles(g.actors.size(), 0);
  for (const LayerPath::Share& s : path.shares()) cycles[s.actor] += s.cycles.count();
  JsonValue list = JsonValue::array();
  for (std::size_t i = 0; i < cycles.size(); ++i) {
    if (cycles[i] == 0) continue;
    list.push_back(JsonValue::object().set("actor", g.actors[i].name).set("cycles", JsonValue(cycles[i])));
  }
  return list;
}

JsonValue operator_energy_json(const Evaluation& e) {
  const OperatorEnergies by = energy_by_operator(e.energy, e.graph);
  JsonValue json = JsonValue::object();
  for (const OperatorEnergies::Row& row : by.operators)
    json.set(std::string(operator_name(row.op)), energy_json(row.energy, e.energy.tokens));
  return json.set("rest", energy_json(by.rest, e.energy.tokens));
}

}  // namespace

void add_run_sections(const Experiment& x, const Evaluation& e, const FabricConstants& constants,
                      JsonValue& json) {
  json.set("setting", setting_json(x));
  json.set("graph", graph_json(x, e, constants));
  json.set("roofline", roofline_json(x, e));
  json.set("chain", chain_json(e.graph));
  json.set("bounds", JsonValue::object()
                         .set("unit", JsonValue(e.bound.busiest.count()))
                         .set("memory", JsonValue(e.bound.transfer.count()))
                         .set("path", JsonValue(e.bound.path.count())));
  JsonValue parts = JsonValue::array();
  for (const ComponentResources& p : e.resources.parts) {
    parts.push_back(resources_json(p.resources).set("name", p.name).set("component", p.component));
  }
  json.set("parts", std::move(parts));
  json.set("energy_operators", operator_energy_json(e));
}

}  // namespace statelane
