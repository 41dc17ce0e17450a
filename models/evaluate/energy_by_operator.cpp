// SPDX-License-Identifier: Apache-2.0
#include "models/evaluate/energy_by_operator.h"

#include <array>

#include "models/graph/program.h"

namespace statelane {
namespace {

using Shares = std::array<double, operator_count>;

EnergyKinds scaled(const EnergyKinds& e, double k) {
  return {e.compute * k, e.on_chip * k, e.off_chip * k, e.clock * k, e.static_power * k};
}

/// Adds weight(firing) times its number to the operator of every firing of an actor.
template <class Weight>
void count(const Graph& graph, const Actor& actor, const Weight& weight, Shares& shares) {
  for_each_firing(graph.program(actor), [&](FiringId id, std::int64_t times) {
    const Firing& f = graph.firings[id];
    shares[static_cast<std::size_t>(f.shape.op)] += static_cast<double>(weight(f) * times);
  });
}

std::int64_t cycles(const Firing& f) {
  return f.busy.count();
}
std::int64_t bytes(const Firing& f) {
  return f.bytes.count();
}

Shares shares_of(const EnergyPart& part, const Graph& graph) {
  Shares shares{};
  switch (part.of) {
    case EnergyPart::Of::unit:
      for (const Actor& a : graph.actors) {
        if (a.unit == part.index) count(graph, a, cycles, shares);
      }
      break;
    case EnergyPart::Of::channel: {
      const ActorId producer = graph.channels[part.index].producer;
      if (producer == no_id) break;
      const auto tiles = [&](const Firing& f) {
        std::int64_t n = 0;
        for (const Rate& rate : graph.outputs(f)) n += rate.channel == part.index ? rate.tiles : 0;
        return n;
      };
      count(graph, graph.actors[producer], tiles, shares);
      break;
    }
    case EnergyPart::Of::dma:
      count(graph, graph.actors[part.index], bytes, shares);
      break;
    case EnergyPart::Of::transport:
    case EnergyPart::Of::dram:
      for (const Actor& a : graph.actors) {
        if (a.stream != no_id) count(graph, a, bytes, shares);
      }
      break;
    case EnergyPart::Of::design:
    case EnergyPart::Of::device:
      break;
  }
  return shares;
}

}  // namespace

OperatorEnergies energy_by_operator(const EnergyReport& report, const Graph& graph) {
  OperatorEnergies out;
  std::array<EnergyKinds, operator_count> by_operator{};
  for (const EnergyPart& part : report.parts) {
    const Shares shares = shares_of(part, graph);
    double all = 0;
    for (const double share : shares) all += share;
    if (all == 0) out.rest += part.energy;
    for (std::size_t i = 0; i < shares.size(); ++i) {
      if (shares[i] > 0) by_operator[i] += scaled(part.energy, shares[i] / all);
    }
  }
  for (std::size_t i = 0; i < by_operator.size(); ++i) {
    if (by_operator[i].total() > Joules(0))
      out.operators.push_back({static_cast<Operator>(i), by_operator[i]});
  }
  return out;
}

}  // namespace statelane
