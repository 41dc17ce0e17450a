// SPDX-License-Identifier: Apache-2.0
#include "sim/dma_module.h"

#include <algorithm>

namespace statelane {

DmaModule::DmaModule(sc_core::sc_module_name name, Fabric& fabric, MemoryFabric& memory, ActorId id)
    : ActorModule(name, fabric, id),
      memory_(memory),
      stream_(fabric.graph->actors[id].stream),
      write_(fabric.graph->actors[id].kind == ActorKind::memory_write) {}

void DmaModule::run() {
  const Stream& stream = graph_.streams[stream_];
  for (; !cursor_.done(); cursor_.next()) {
    const FiringId id = cursor_.firing();
    const Firing& firing = graph_.firings[id];
    if (!ready(firing)) return;
    Femtoseconds start = last_issue_;
    for (const Rate& rate : graph_.inputs(firing)) {
      start = std::max(start, fabric_.links[rate.channel].fifo.tiles_at(rate.tiles));
    }
    for (const Rate& rate : graph_.outputs(firing)) {
      start = std::max(start, fabric_.links[rate.channel].fifo.places_at(rate.tiles));
    }
    last_issue_ = start;
    for (const Rate& rate : graph_.inputs(firing)) fabric_.links[rate.channel].fifo.take(rate.tiles);
    for (const Rate& rate : graph_.outputs(firing)) fabric_.links[rate.channel].fifo.claim(rate.tiles, start);
    in_flight_.push_back({id, start});
    memory_.ports[stream.port]->submit({id_, stream_, cursor_bytes_, firing.bytes, write_, start});
    cursor_bytes_ += firing.bytes;
    if (cursor_bytes_ >= stream.size) cursor_bytes_ = Bytes{0};
  }
}

void DmaModule::completed(Femtoseconds first, Femtoseconds bus, Femtoseconds at) {
  const InFlight request = in_flight_.front();
  in_flight_.pop_front();
  const Firing& firing = graph_.firings[request.firing];
  // Seen from the fabric the transfer ends with the next clock edge. Between the end of the one before and
  // this one's end the actor had nothing to do until `issued`, then waited for memory, except while its data
  // crossed the bus.
  const Femtoseconds end = std::max(edge_at(at, fabric_.period), free_);
  const Femtoseconds idle_until = std::clamp(request.issued, free_, end);
  const Femtoseconds busy = std::min(bus, end - idle_until);
  (write_ ? activity_.on_input : activity_.on_output) += idle_until - free_;
  activity_.busy += busy;
  activity_.on_memory += end - idle_until - busy;
  ++activity_.firings;
  free_ = end;
  activity_.last = end;
  report(request.firing, std::max(first, request.issued), end, end);
  for (const Rate& rate : graph_.inputs(firing)) release(rate.channel, rate.tiles, end);
  for (const Rate& rate : graph_.outputs(firing)) publish(rate.channel, rate.tiles, end);
}

}  // namespace statelane
