// SPDX-License-Identifier: Apache-2.0
#include "models/evaluate/evaluation_json.h"

#include <cmath>
#include "models/evaluate/figures.h"
#include "models/memory/dram_report.h"
#include "models/units/fabric/resource_kinds.h"

namespace statelane {
namespace {

double ratio(double a, double b) {
  return b == 0 ? 0 : a / b;
}
double share(Femtoseconds part, Seconds whole) {
  return ratio(to_seconds(part).count(), whole.count());
}

/// Whole blocks, block RAM as such and in halves, and the share of what the board has.
JsonValue use_json(const Resources& used, const BoardResources& board) {
  JsonValue json = JsonValue::object();
  JsonValue of_board = JsonValue::object();
  const auto add = [&](std::string_view key, double count, double all) {
    json.set(std::string(key), JsonValue(count));
    of_board.set(std::string(key), JsonValue(all == 0 && count == 0 ? 0.0 : ratio(count, all)));
  };
  const Resources offered = offered_by(board);
  for (const ResourceKind& kind : resource_kinds) {
    const bool halves = kind.count == &Resources::bram18;
    if (halves) add("bram36", used.bram36(), static_cast<double>(board.bram36));
    add(kind.key, halves ? std::ceil(used.bram18) : used.*kind.count, offered.*kind.count);
  }
  return json.set("of_board", std::move(of_board));
}

/// Joules per token by kind, in all and by component.
JsonValue report_json(const EnergyReport& energy) {
  JsonValue components = JsonValue::object();
  for (const ComponentEnergy& c : energy.components)
    components.set(c.name, energy_json(c.energy, energy.tokens));
  return JsonValue::object()
      .set("total", energy_json(energy.total, energy.tokens))
      .set("components", std::move(components));
}

JsonValue actors_json(const Evaluation& e) {
  JsonValue list = JsonValue::array();
  for (std::size_t i = 0; i < e.graph.actors.size(); ++i) {
    const Activity& a = e.simulation->actors[i];
    JsonValue json = JsonValue::object();
    json.set("name", JsonValue(e.graph.actors[i].name))
        .set("firings", JsonValue(a.firings))
        .set("busy", JsonValue(share(a.busy, e.time)))
        .set("stalled_on_input", JsonValue(share(a.on_input, e.time)))
        .set("stalled_on_output", JsonValue(share(a.on_output, e.time)))
        .set("stalled_on_memory", JsonValue(share(a.on_memory, e.time)));
    list.push_back(std::move(json));
  }
  return list;
}

JsonValue channels_json(const Evaluation& e) {
  JsonValue list = JsonValue::array();
  for (std::size_t i = 0; i < e.graph.channels.size(); ++i) {
    const Channel& c = e.graph.channels[i];
    if (c.producer == no_id && c.consumer == no_id) continue;
    JsonValue json = JsonValue::object();
    json.set("name", JsonValue(c.name))
        .set("producer",
             JsonValue(c.producer == no_id ? std::string_view() : e.graph.actors[c.producer].name))
        .set("consumer",
             JsonValue(c.consumer == no_id ? std::string_view() : e.graph.actors[c.consumer].name))
        .set("capacity", JsonValue(std::int64_t{c.capacity}))
        .set("tile_bits", JsonValue(c.tile_bits().count()));
    if (e.simulation) json.set("peak_occupancy", JsonValue(e.simulation->channel_peaks[i]));
    list.push_back(std::move(json));
  }
  return list;
}

JsonValue memory_json(const Experiment& x, const Evaluation& e) {
  const SimulationResult& s = *e.simulation;
  std::int64_t read = 0;
  std::int64_t written = 0;
  JsonValue ports = JsonValue::array();
  for (const PortResult& p : s.ports) {
    read += p.read.count();
    written += p.written.count();
    JsonValue json = JsonValue::object();
    json.set("name", JsonValue(p.name))
        .set("bytes_read", JsonValue(p.read.count()))
        .set("bytes_written", JsonValue(p.written.count()))
        .set("read_busy", JsonValue(p.read_busy))
        .set("write_busy", JsonValue(p.write_busy));
    ports.push_back(std::move(json));
  }
  JsonValue channels = JsonValue::array();
  for (const DramStats& d : s.memory) {
    const double bytes = static_cast<double>(d.bursts() * x.dram.geometry.burst.count());
    JsonValue json = JsonValue::object();
    json.set("bandwidth_gb_s", JsonValue(bytes / e.time.count() / 1e9))
        .set("efficiency", JsonValue(bytes / e.time.count() / x.dram.peak().count()));
    add_dram_stats(d, json);
    channels.push_back(std::move(json));
  }
  JsonValue json = JsonValue::object();
  const double all = static_cast<double>(read + written);
  const double peak = x.dram.peak().count() * static_cast<double>(s.memory.size());
  return json.set("bytes_read", JsonValue(read))
      .set("bytes_written", JsonValue(written))
      .set("bandwidth_gb_s", JsonValue(all / e.time.count() / 1e9))
      .set("efficiency", JsonValue(ratio(all / e.time.count(), peak)))
      .set("ports", std::move(ports))
      .set("channels", std::move(channels));
}

std::string bound_kind(const Evaluation& e) {
  switch (e.bound.kind) {
    case BoundKind::actor:
      return "unit " + std::string(e.graph.actors[e.bound.index].name);
    case BoundKind::port:
      return "port";
    case BoundKind::memory:
      return "memory";
    case BoundKind::path:
      return "layer path";
  }
  return {};
}

}  // namespace

JsonValue energy_json(const EnergyKinds& energy, std::int64_t tokens) {
  JsonValue json = JsonValue::object();
  for (const EnergyKind& kind : energy_kinds)
    json.set(std::string(kind.key), JsonValue((energy.*kind.energy).count() / static_cast<double>(tokens)));
  return json;
}

JsonValue resources_json(const Resources& resources) {
  JsonValue json = JsonValue::object();
  for (const ResourceKind& kind : resource_kinds)
    json.set(std::string(kind.key), JsonValue(resources.*kind.count));
  return json;
}

JsonValue evaluation_json(const Experiment& x, const Evaluation& e, const std::string& version) {
  JsonValue json = JsonValue::object();
  json.set("experiment", JsonValue(x.name))
      .set("design", JsonValue(x.design_name))
      .set("network", JsonValue(x.network_name))
      .set("board", JsonValue(x.design.board))
      .set("fidelity", JsonValue(e.simulation ? "simulate" : "bound"))
      .set("tokens", JsonValue(e.graph.tokens));
  const Figures values = figures_of(e);
  for (const Figure f : {Figure::throughput, Figure::latency})
    json.set(std::string(info(f).name), JsonValue(get(values, f)));
  json.set(std::string(info(Figure::cycles).name), JsonValue(e.cycles.count()))
      .set("bound_cycles", JsonValue(e.bound.cycles.count()))
      .set("bound_by", JsonValue(bound_kind(e)));
  for (const Figure f : {Figure::energy, Figure::power, Figure::efficiency})
    json.set(std::string(info(f).name), JsonValue(get(values, f)));
  json.set("energy", report_json(e.energy)).set("resources", use_json(e.resources.total, e.resources.board));
  JsonValue components = JsonValue::object();
  for (const ComponentResources& c : e.resources.components) {
    components.set(c.name, use_json(c.resources, e.resources.board));
  }
  json.set("components", std::move(components));
  if (e.simulation) json.set("actors", actors_json(e));
  json.set("channels", channels_json(e));
  if (e.simulation) json.set("memory", memory_json(x, e));
  JsonValue units = JsonValue::array();
  for (const std::string& u : e.bottleneck.units) units.push_back(JsonValue(u));
  json.set("bottleneck", JsonValue(e.bottleneck.sentence));
  json.set("bottleneck_detail", JsonValue::object()
                                    .set("resource", JsonValue(e.bottleneck.resource))
                                    .set("share", JsonValue(e.bottleneck.share))
                                    .set("units", std::move(units)));
  JsonValue warnings = JsonValue::array();
  for (const std::string& w : e.warnings) warnings.push_back(JsonValue(w));
  json.set("warnings", std::move(warnings));
  json.set("provenance", JsonValue::object()
                             .set("version", JsonValue(version))
                             .set("config_hash", JsonValue(content_hash(canonical_text(x.resolved))))
                             .set("constants", JsonValue(e.constants))
                             .set("constants_hash", JsonValue(e.constants_hash)));
  if (e.simulation) json.set("simulation_wall_s", JsonValue(e.wall.count()));
  return json;
}

}  // namespace statelane
