// SPDX-License-Identifier: Apache-2.0
#include "models/evaluate/firing_times.h"

#include <algorithm>

namespace statelane {

bool time_firings(const UnitModel& unit, Hertz clock, const Actor& actor, Graph& graph) {
  bool changed = false;
  for (std::uint32_t i = actor.first_firing; i < actor.first_firing + actor.firings; ++i) {
    Firing& f = graph.firings[i];
    Cycles busy{0}, latency{0};
    for (const Work& work : graph.works_of(f)) {
      const FiringTime t = unit.time(work, clock);
      busy = f.in_sequence ? busy + t.busy() : std::max(busy, t.busy());
      latency += t.latency;
    }
    changed = changed || f.busy != busy || f.latency != latency;
    f.busy = busy;
    f.latency = latency;
  }
  return changed;
}

void time_firings(const Design& design, Graph& graph) {
  for (const Actor& actor : graph.actors) {
    if (actor.unit == no_id) continue;
    (void)time_firings(design.units[actor.unit].model(), design.clock, actor, graph);
  }
}

}  // namespace statelane
