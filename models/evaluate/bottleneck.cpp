// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cstdio>

#include "models/evaluate/evaluation.h"
#include "models/graph/program.h"

namespace statelane {
namespace {

std::string percent(double x) {
  char text[16];
  std::snprintf(text, sizeof text, "%.0f %%", 100 * x);
  return text;
}

std::string rate_text(BytesPerSecond r) {
  char text[32];
  std::snprintf(text, sizeof text, "%.4g GB/s", r.count() / 1e9);
  return text;
}

double fraction(Cycles part, Cycles whole) {
  return whole.count() == 0 ? 0 : static_cast<double>(part.count()) / static_cast<double>(whole.count());
}

/// Share of the run that the bytes of a port need at its peak.
double port_share(const MemoryPort& port, const PortResult& moved, Hertz clock, Seconds time) {
  const double rate = port.peak(clock).count() * static_cast<double>(port.copies);
  const double read = static_cast<double>(moved.read.count());
  const double written = static_cast<double>(moved.written.count());
  const double bytes = port.duplex == Duplex::half ? read + written : std::max(read, written);
  return bytes / rate / time.count();
}

/// Units beside `actor` that are busy as long as it is (within 5 %): they work in step with it, and widening
/// one of them alone changes nothing.
std::vector<ActorId> in_step_with(const Graph& g, ActorId actor) {
  const double busy = static_cast<double>(program_totals(g, g.program(g.actors[actor])).busy.count());
  std::vector<ActorId> set;
  for (std::size_t i = 0; i < g.actors.size(); ++i) {
    if (g.actors[i].kind != ActorKind::compute) continue;
    const double other = static_cast<double>(program_totals(g, g.program(g.actors[i])).busy.count());
    if (std::abs(other - busy) <= 0.05 * busy) set.push_back(static_cast<ActorId>(i));
  }
  return set;
}

Bottleneck units_bottleneck(const Graph& g, ActorId actor, double share, const std::string& where) {
  Bottleneck b;
  std::string names;
  for (const ActorId id : in_step_with(g, actor)) {
    names += (names.empty() ? "" : ", ") + std::string(g.actors[id].name);
    b.units.emplace_back(g.actors[id].name);
  }
  const bool several = b.units.size() > 1;
  b.resource = (several ? "units " : "unit ") + names;
  b.share = share;
  b.sentence = "Widen " + names + (several ? " together" : "") +
               " (more lanes) or raise the clock: " + (several ? "they take " : "it takes ") +
               percent(share) + " of " + where + ".";
  return b;
}

}  // namespace

Bottleneck find_bottleneck(const Experiment& e, const Evaluation& out) {
  const Graph& g = out.graph;
  // What the fabric can change runs beside a host that works alone; judge it by the time that is left.
  Cycles host{0};
  ActorId host_actor = no_id;
  for (std::size_t i = 0; i < g.actors.size(); ++i) {
    if (g.actors[i].kind != ActorKind::host) continue;
    host = program_totals(g, g.program(g.actors[i])).busy;
    host_actor = static_cast<ActorId>(i);
  }
  const double alone = fraction(host, out.cycles);
  const double rest = std::max(1e-9, 1 - alone);

  double port_best = 0;
  std::size_t port_index = 0;
  if (out.simulation) {
    for (std::size_t i = 0; i < out.simulation->ports.size(); ++i) {
      const double share =
          port_share(e.design.memory.ports[i], out.simulation->ports[i], e.design.clock, out.time);
      if (share > port_best) {
        port_best = share;
        port_index = i;
      }
    }
  } else if (out.bound.kind == BoundKind::port) {
    port_best = rest;
    port_index = out.bound.index;
  }
  ActorId busiest = no_id;
  double busy = 0;
  for (std::size_t i = 0; i < g.actors.size(); ++i) {
    if (g.actors[i].kind != ActorKind::compute) continue;
    const double share = fraction(program_totals(g, g.program(g.actors[i])).busy, out.cycles);
    if (share > busy) {
      busy = share;
      busiest = static_cast<ActorId>(i);
    }
  }
  if (host_actor != no_id && alone > std::max(port_best, busy)) {
    Bottleneck b;
    b.resource = "host";
    b.share = alone;
    b.sentence = "Speed up the LM head on the host (or move it to the fabric): it takes " + percent(alone) +
                 " of the time, with the fabric idle.";
    return b;
  }
  constexpr double saturated =
      0.75;  // of the time the fabric has: below that, waiting matters more than width
  if (port_best >= busy && port_best / rest >= saturated) {
    const MemoryPort& port = e.design.memory.ports[port_index];
    Bottleneck b;
    b.resource = "port " + port.name;
    b.share = port_best;
    b.sentence =
        "Raise the bandwidth of memory port " + port.name + " (now " +
        rate_text(BytesPerSecond(port.peak(e.design.clock).count() * static_cast<double>(port.copies))) +
        ") or move fewer bytes: its data take " + percent(port_best) +
        " of the time at peak; more arithmetic will not help.";
    return b;
  }
  if (busy / rest >= saturated) return units_bottleneck(g, busiest, busy, "the time");

  LayerPath chain;
  chain.build(g);
  std::vector<Cycles> by_actor(g.actors.size(), Cycles{0});
  Cycles path{0};
  for (const LayerPath::Share& share : chain.shares()) {
    by_actor[share.actor] += share.cycles;
    path += share.cycles;
  }
  const auto longest = std::max_element(by_actor.begin(), by_actor.end());
  if (path.count() == 0) return units_bottleneck(g, busiest, busy, "the time");
  return units_bottleneck(g, static_cast<ActorId>(longest - by_actor.begin()), fraction(*longest, path),
                          "the chain of dependent steps through a layer");
}

}  // namespace statelane
