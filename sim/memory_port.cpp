// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "sim/memory_system.h"

namespace statelane {

MemoryPortModule::MemoryPortModule(sc_core::sc_module_name name, MemoryFabric& memory, std::uint16_t index,
                                   const MemoryPort& port, Hertz fabric)
    : sc_module(name),
      memory_(memory),
      index_(index),
      port_(port),
      femtoseconds_a_byte_(femtoseconds_a_second / port.peak(fabric).count()),
      half_latency_(one_way_latency(port)),
      copies_(static_cast<std::size_t>(port.copies)),
      by_actor_(memory.graph->actors.size()) {
  SC_HAS_PROCESS(MemoryPortModule);
  SC_METHOD(run);
  sensitive << wake_;
  dont_initialize();
  for (Copy& copy : copies_) {
    for (auto& slots : copy.slots) {
      for (std::int64_t i = 0; i < port.outstanding; ++i) slots.push(Femtoseconds{0});
    }
  }
}

void MemoryPortModule::submit(const MemoryRequest& request) {
  pending_.push({request, order_++});
  arm();
}

void MemoryPortModule::arm() {
  if (pending_.empty()) return;
  const Femtoseconds at = std::max(pending_.top().request.at, now());
  if (next_wake_ >= now() && next_wake_ <= at) return;
  next_wake_ = at;
  // A request of this very moment waits one delta cycle, so that others of the same time are sorted with it.
  wake_.notify(to_sc(at - now()));
}

void MemoryPortModule::run() {
  next_wake_ = Femtoseconds{-1};
  while (!pending_.empty() && pending_.top().request.at <= now()) {
    accept(pending_.top().request);
    pending_.pop();
  }
  arm();
}

void MemoryPortModule::accept(const MemoryRequest& request) {
  const Stream& stream = memory_.graph->streams[request.stream];
  std::uint32_t slot = 0;
  if (free_active_.empty()) {
    slot = static_cast<std::uint32_t>(active_.size());
    active_.emplace_back();
  } else {
    slot = free_active_.back();
    free_active_.pop_back();
  }
  active_[slot] = Active{request, 0, Femtoseconds{-1}, Femtoseconds{0}, Femtoseconds{0}};
  by_actor_[request.actor].push_back(slot);
  const std::int64_t stripe = stream.stripe.count();
  std::int64_t left = request.bytes.count();
  std::int64_t offset = request.offset.count();
  while (left > 0) {
    const std::int64_t index = offset / stripe;
    const std::int64_t within = offset % stripe;
    // With one channel consecutive stripes are contiguous: one piece for all of them.
    const std::int64_t length = stream.channels == 1 ? left : std::min(left, stripe - within);
    const auto channel = static_cast<std::uint16_t>(stream.first_channel + index % stream.channels);
    const Bytes address = stream.base + Bytes(index / stream.channels * stripe + within);
    const auto copy = static_cast<std::uint16_t>(channel % copies_.size());
    const std::int64_t burst = port_.burst.count();
    // Bursts end at multiples of the burst length, as AXI's address boundaries ask.
    const std::int64_t bursts = ceil_div(address.count() % burst + length, burst);
    active_[slot].left += bursts;
    copies_[copy].waiting[lane(request.write)].push_back(
        {slot, channel, address, Bytes(length), request.write});
    left -= length;
    offset += length;
  }
  for (std::size_t copy = 0; copy < copies_.size(); ++copy) {
    issue(static_cast<std::uint16_t>(copy), lane(request.write), request.at);
  }
}

void MemoryPortModule::issue(std::uint16_t copy_index, int direction, Femtoseconds at) {
  Copy& copy = copies_[copy_index];
  auto& waiting = copy.waiting[direction];
  auto& slots = copy.slots[direction];
  for (; !waiting.empty() && !slots.empty(); slots.pop()) {
    Piece& piece = waiting.front();
    const Femtoseconds from = std::max(at, slots.front());
    const std::int64_t burst_bytes = port_.burst.count();
    const std::int64_t room = burst_bytes - piece.address.count() % burst_bytes;
    const Bytes bytes(std::min(room, piece.bytes.count()));
    std::uint32_t id = 0;
    if (free_bursts_.empty()) {
      id = static_cast<std::uint32_t>(bursts_.size());
      bursts_.emplace_back();
    } else {
      id = free_bursts_.back();
      free_bursts_.pop_back();
    }
    Burst& burst = bursts_[id];
    burst = Burst{piece.active, copy_index, bytes, piece.write, from};
    Femtoseconds arrival = from + half_latency_;
    if (piece.write) {  // the data crosses the bus before the memory sees it
      const Femtoseconds start = std::max(from, copy.bus_free[direction]);
      const Femtoseconds end = start + transfer_time(bytes);
      copy.bus_free[direction] = end;
      burst.bus_start = start;
      arrival = end + half_latency_;
    }
    ++stats_.bursts;
    const std::uint16_t channel = piece.channel;
    const Bytes address = piece.address;
    const bool write = piece.write;
    piece.address += bytes;
    piece.bytes -= bytes;
    if (piece.bytes.count() == 0) waiting.pop_front();
    memory_.channels[channel]->request((static_cast<std::uint64_t>(index_) << 32) | id, address, bytes, write,
                                       arrival);
  }
}

void MemoryPortModule::served(std::uint64_t id, Femtoseconds first_data, Femtoseconds last_data) {
  const Burst burst = bursts_[id];
  free_bursts_.push_back(static_cast<std::uint32_t>(id));
  Copy& copy = copies_[burst.copy];
  const int direction = lane(burst.write);
  Active& active = active_[burst.active];
  const Femtoseconds transfer = transfer_time(burst.bytes);
  Femtoseconds finish = last_data + half_latency_;
  Femtoseconds start = burst.bus_start;
  if (!burst.write) {
    start = std::max(first_data + half_latency_, copy.bus_free[direction]);
    finish = std::max(finish, start + transfer);
    copy.bus_free[direction] = finish;
    stats_.read_busy += transfer;
    stats_.read += burst.bytes;
  } else {
    stats_.write_busy += transfer;
    stats_.written += burst.bytes;
  }
  if (active.first < Femtoseconds{0} || start < active.first) active.first = start;
  active.last = std::max(active.last, finish);
  active.bus += transfer;
  --active.left;
  copy.slots[direction].push(finish);
  const ActorId actor = active.request.actor;
  if (active.left == 0) finish_requests(actor);
  issue(burst.copy, direction, Femtoseconds{0});
}

void MemoryPortModule::finish_requests(ActorId actor) {
  auto& open = by_actor_[actor];
  while (!open.empty() && active_[open.front()].left == 0) {
    const std::uint32_t slot = open.front();
    open.pop_front();
    const Active done = active_[slot];
    free_active_.push_back(slot);
    memory_.clients[actor]->completed(done.first, done.bus, done.last);
  }
}

}  // namespace statelane
