// SPDX-License-Identifier: Apache-2.0
#include "sim/actor_module.h"

#include <algorithm>

namespace statelane {

ActorModule::ActorModule(sc_core::sc_module_name name, Fabric& fabric, ActorId id)
    : sc_module(name),
      fabric_(fabric),
      graph_(*fabric.graph),
      id_(id),
      cursor_(fabric.graph->program(fabric.graph->actors[id])) {
  SC_HAS_PROCESS(ActorModule);
  SC_METHOD(run);
  sensitive << wake_;
}

bool ActorModule::ready(const Firing& firing) {
  for (const Rate& rate : graph_.inputs(firing)) {
    Link& link = fabric_.links[rate.channel];
    if (link.fifo.tiles() < rate.tiles) {
      link.wanted_tiles = rate.tiles;
      blocked_on_ = rate.channel;
      return false;
    }
  }
  for (const Rate& rate : graph_.outputs(firing)) {
    Link& link = fabric_.links[rate.channel];
    if (link.fifo.places() < rate.tiles) {
      link.wanted_places = rate.tiles;
      blocked_on_ = rate.channel;
      return false;
    }
  }
  blocked_on_ = no_id;
  return true;
}

Femtoseconds ActorModule::start_of(const Firing& firing) {
  Femtoseconds input = free_;
  bool memory = false;
  for (const Rate& rate : graph_.inputs(firing)) {
    const Link& link = fabric_.links[rate.channel];
    const Femtoseconds at = link.fifo.tiles_at(rate.tiles);
    if (at > input) {
      input = at;
      memory = link.from_memory;
    }
  }
  Femtoseconds output = input;
  bool memory_full = false;
  for (const Rate& rate : graph_.outputs(firing)) {
    const Link& link = fabric_.links[rate.channel];
    // Results reach the channel after the pipeline's depth; until then its registers hold them.
    const Femtoseconds at = link.fifo.places_at(rate.tiles) - firing.latency * fabric_.period;
    if (at > output) {
      output = at;
      memory_full = link.to_memory;
    }
  }
  // The last to come is the cause of the whole wait on that side.
  (memory ? activity_.on_memory : activity_.on_input) += input - free_;
  (memory_full ? activity_.on_memory : activity_.on_output) += output - input;
  return output;
}

void ActorModule::publish(ChannelId channel, std::int64_t tiles, Femtoseconds at) {
  Link& link = fabric_.links[channel];
  link.fifo.publish(tiles, at);
  if (link.wanted_tiles > 0 && link.fifo.tiles() >= link.wanted_tiles) {
    link.wanted_tiles = 0;
    link.consumer->wake();
  }
}

void ActorModule::release(ChannelId channel, std::int64_t tiles, Femtoseconds at) {
  Link& link = fabric_.links[channel];
  link.fifo.release(tiles, at);
  if (link.wanted_places > 0 && link.fifo.places() >= link.wanted_places) {
    link.wanted_places = 0;
    link.producer->wake();
  }
}

void ActorModule::report(FiringId firing, Femtoseconds start, Femtoseconds end, Femtoseconds visible) {
  if (fabric_.observer != nullptr) fabric_.observer->fired(id_, firing, start, end, visible);
}

void ActorModule::run() {
  for (; !cursor_.done(); cursor_.next()) {
    const FiringId id = cursor_.firing();
    const Firing& firing = graph_.firings[id];
    if (!ready(firing)) return;
    const Femtoseconds start = start_of(firing);
    const Femtoseconds busy = firing.busy * fabric_.period;
    const Femtoseconds end = start + busy;
    const Femtoseconds visible = end + firing.latency * fabric_.period;
    activity_.busy += busy;
    ++activity_.firings;
    free_ = end;
    activity_.last = std::max(activity_.last, visible);
    report(id, start, end, visible);
    for (const Rate& rate : graph_.outputs(firing))
      fabric_.links[rate.channel].fifo.claim(rate.tiles, start + (visible - end));
    for (const Rate& rate : graph_.inputs(firing)) {
      fabric_.links[rate.channel].fifo.take(rate.tiles);
      release(rate.channel, rate.tiles, end);
    }
    for (const Rate& rate : graph_.outputs(firing)) publish(rate.channel, rate.tiles, visible);
  }
}

}  // namespace statelane
