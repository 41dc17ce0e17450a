// SPDX-License-Identifier: Apache-2.0
#include "explore/whatif/tornado.h"

#include <cmath>

#include "models/evaluate/lowering.h"
#include "sim/simulator.h"

namespace statelane {

std::vector<Speedup> speedups_of(const Experiment& e, const Graph& graph, double factor) {
  std::vector<Speedup> out;
  out.push_back({"clock", [factor](Experiment& x) { x.design.clock = x.design.clock * factor; }, {}});
  for (std::size_t i = 0; i < e.design.memory.ports.size(); ++i) {
    out.push_back({"port " + e.design.memory.ports[i].name,
                   [i, factor](Experiment& x) {
                     MemoryPort& p = x.design.memory.ports[i];
                     const Hertz port_clock = p.clock.count() > 0 ? p.clock : x.design.clock;
                     p.bandwidth = p.bandwidth * factor;
                     p.clock = port_clock * factor;
                   },
                   {}});
  }
  for (std::size_t a = 0; a < graph.actors.size(); ++a) {
    const Actor& actor = graph.actors[a];
    if (actor.stream != no_id || actor.unit == no_id) continue;
    out.push_back(
        {(actor.kind == ActorKind::host ? "" : "unit ") + std::string(actor.name), {}, [a, factor](Graph& g) {
           const Actor& mine = g.actors[a];
           std::vector<bool> done(g.firings.size(), false);
           for (const Instruction& in : g.program(mine)) {
             if (in.body != 0 || in.firing == no_id || done[in.firing]) continue;
             done[in.firing] = true;
             Firing& f = g.firings[in.firing];
             f.busy = Cycles(std::llround(static_cast<double>(f.busy.count()) / factor));
           }
         }});
  }
  return out;
}

std::string rate_with(const Experiment& base, const Speedup& speedup) {
  Experiment e = base;
  if (speedup.change) speedup.change(e);  // a host's time in cycles follows the clock: it is lowered anew
  Graph graph;
  if (std::string why = lower(e.design, e.network, e.phase, graph); !why.empty()) throw Infeasible(why);
  if (speedup.shorten) speedup.shorten(graph);
  const SimulationResult r =
      simulate(graph, e.design.clock, e.design.memory.ports, {e.dram, e.memory()->channels});
  const Seconds time = r.cycles / e.design.clock;
  return to_text(JsonValue(static_cast<double>(graph.tokens) / time.count()), -1);
}

}  // namespace statelane
