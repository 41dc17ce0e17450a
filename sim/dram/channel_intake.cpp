// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <bit>

#include "sim/dram/channel_core.h"

namespace statelane {

using dram::never;
using dram::read;
using dram::write;

void DramChannel::Core::enqueue(const DramTransaction& t) {
  const auto burst_bytes = static_cast<std::uint64_t>(spec.geometry.burst.count());
  const std::uint64_t first = t.address / burst_bytes;
  const auto bytes = static_cast<std::uint64_t>(std::max<std::int64_t>(1, t.bytes.count()));
  const std::uint64_t last = (t.address + bytes - 1) / burst_bytes;
  dram::Transaction x;
  x.id = t.id;
  x.burst = first & ((std::uint64_t{1} << map_.burst_bits()) - 1);
  x.bursts = x.unserved = static_cast<std::int64_t>(last - first + 1);
  x.order = orders_++;
  x.arrival = std::max(t.arrival.count(), committed);
  x.pace = t.pace.count();
  waiting_bursts += x.bursts;
  const int direction = t.write ? write : read;
  queue_[direction].transactions().push(x);
  // Only a transaction that is next in its line can enter by itself; the others follow from settle().
  settle_at_ = std::min(settle_at_, std::max(next_intake(direction), committed));
}

dram::Clock DramChannel::Core::next_intake(int direction) const {
  const dram::BurstQueue& q = queue_[direction];
  if (!q.pending() || q.full() || q.span_exhausted()) return never;
  if (spec.controller.intake == IntakeOrder::in_order) {
    const dram::BurstQueue& other = queue_[1 - direction];
    if (other.pending() && other.next_transaction().order < q.next_transaction().order) return never;
  }
  return q.next_arrival();
}

void DramChannel::Core::admit(int direction, std::int64_t n, Clock c) {
  dram::BurstQueue& q = queue_[direction];
  if (queue_[read].size() + queue_[write].size() == 0) account_.queues_filled(c);
  const BankMask hits = q.hits(), waiting = q.waiting();
  n == 1 ? q.admit(c, rows_) : q.admit_evenly(n, c, 0, rows_);
  if (spec.controller.rows == RowPolicy::closed) return forget_rows();
  // A bank that waited for a precharge waits no longer once a burst hits its row.
  if ((q.hits() & ~hits & waiting) != 0) precharge_.valid = false;
  for (BankMask m = q.waiting() & ~waiting; m != 0; m &= m - 1) row_wanted(std::countr_zero(m));
}

// How many bursts of one stretch enter together at `c`, when the next one does.
std::int64_t DramChannel::Core::entering_together(int direction, Clock c) {
  dram::BurstQueue& q = queue_[direction];
  const dram::BurstQueue& other = queue_[1 - direction];
  const bool ordered = spec.controller.intake == IntakeOrder::in_order && other.pending();
  const std::int64_t room = std::min(q.capacity() - q.size(), q.span_left());
  if (room < 2) return 1;
  const std::int64_t arrived = q.arrived(room, c, ordered ? other.next_transaction().order : never).bursts;
  return arrived < 2 ? 1 : std::min(arrived, q.left_of_stretch());
}

// Takes in what enters a queue at `c`; returns when the next burst after that may.
dram::Clock DramChannel::Core::take_in(int direction, Clock c) {
  dram::BurstQueue& q = queue_[direction];
  for (;;) {
    if (q.span_exhausted()) q.update_oldest_alive();
    const Clock next = next_intake(direction);
    if (next > c) return next;
    admit(direction, entering_together(direction, c), c);
  }
}

void DramChannel::Core::settle(Clock c) {
  now_ = std::max(now_, c);
  Clock next_read = take_in(read, c), next_write = never;
  for (;;) {
    const std::int64_t writes = queue_[write].size();
    next_write = take_in(write, c);
    // In order, reads may have waited for a write that now is in.
    const bool again = spec.controller.intake == IntakeOrder::in_order && queue_[write].size() != writes;
    if (!again || !queue_[read].pending()) break;
    next_read = take_in(read, c);
  }
  update_mode();
  settle_at_ = std::min(next_read, next_write);
}

void DramChannel::Core::update_mode() {
  const std::int64_t reads = queue_[read].size();
  const std::int64_t writes = queue_[write].size();
  const int before = mode_;
  if (mode_ == read) {
    if (writes > drain_high_ || reads == 0) mode_ = write;
  } else if (writes < drain_low_ && reads != 0) {
    mode_ = read;
  }
  if (mode_ != before) forget_rows();
}

}  // namespace statelane
