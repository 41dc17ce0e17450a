// SPDX-License-Identifier: Apache-2.0
#include "sim/memory_system.h"

namespace statelane {

MemoryChannelModule::MemoryChannelModule(sc_core::sc_module_name name, MemoryFabric& memory,
                                         const DramSpec& spec, const MemoryChannelOptions& options)
    : sc_module(name),
      memory_(memory),
      options_(options),
      period_(to_femtoseconds(spec.clock_period)),
      core_(spec, DramOptions{.latency_detail = options.latencies}) {
  SC_HAS_PROCESS(MemoryChannelModule);
  SC_METHOD(run);
  sensitive << wake_;
  dont_initialize();
}

void MemoryChannelModule::request(std::uint64_t id, Bytes address, Bytes bytes, bool write,
                                  Femtoseconds arrival) {
  DramTransaction t;
  t.id = id;
  t.address = static_cast<std::uint64_t>(address.count());
  t.bytes = bytes;
  t.write = write;
  t.arrival = cycles_up(arrival, period_);
  if (options_.exclusive) {
    core_.enqueue(t);
  } else {
    arrivals_.push({t.arrival, order_++, t});
  }
  // Nothing comes earlier for it than it arrives itself.
  const bool late = next_wake_ >= now() && next_wake_ <= arrival;
  if (!running_ && !late) schedule_next();
}

void MemoryChannelModule::schedule_next() {
  std::optional<Cycles> next = core_.next_event();
  if (!arrivals_.empty() && (!next || arrivals_.top().at < *next)) next = arrivals_.top().at;
  if (!next) return;
  const Femtoseconds at = std::max(*next * period_, now());
  if (next_wake_ == at) return;
  // An earlier notification overrides; a later one must cancel first, since the kernel keeps the earliest.
  if (next_wake_ >= now() && at > next_wake_) wake_.cancel();
  next_wake_ = at;
  wake_.notify(to_sc(at - now()));
}

void MemoryChannelModule::run() {
  for (MemoryChannelModule* other : before_) {
    if (other->next_wake_ == now()) other->run();
  }
  next_wake_ = Femtoseconds{-1};
  running_ = true;
  const Cycles due(now().count() / period_.count());
  const Cycles until((now() + options_.lookahead).count() / period_.count());
  while (!arrivals_.empty() && arrivals_.top().at <= until) {
    core_.enqueue(arrivals_.top().transaction);
    arrivals_.pop();
  }
  done_.clear();
  core_.advance(until, options_.private_copy ? Cycles(dram::never) : due, done_);
  for (const DramCompletion& c : done_) {
    memory_.ports[static_cast<std::size_t>(c.id >> 32)]->served(c.id & 0xFFFFFFFFu, c.first_data * period_,
                                                                c.last_data * period_);
  }
  running_ = false;
  schedule_next();
}

}  // namespace statelane
