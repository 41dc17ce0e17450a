// SPDX-License-Identifier: Apache-2.0
#include "sim/dram/dram_channel.h"

#include <algorithm>

#include "models/memory/dram_check.h"
#include "sim/dram/channel_core.h"

namespace statelane {

DramChannel::DramChannel(const DramSpec& spec, const DramOptions& options) {
  require_valid(spec);
  core_ = std::make_unique<Core>(spec, options);
}
DramChannel::~DramChannel() = default;
DramChannel::DramChannel(DramChannel&&) noexcept = default;
DramChannel& DramChannel::operator=(DramChannel&&) noexcept = default;

void DramChannel::enqueue(const DramTransaction& transaction) {
  core_->enqueue(transaction);
}

void DramChannel::advance(Cycles until, Cycles due, std::vector<DramCompletion>& completed) {
  if (until.count() > core_->committed) core_->run(until.count(), false);
  core_->report(due.count(), completed);
}

std::optional<Cycles> DramChannel::next_event() const {
  return core_->next_event();
}

Cycles DramChannel::finish(std::vector<DramCompletion>& completed) {
  if (!core_->served()) core_->run(dram::never - 1, true);
  Cycles end(core_->committed);
  if (core_->stats.bursts() > 0) end = core_->stats.last_data;
  core_->report(dram::never, completed);
  return end;
}

bool DramChannel::idle() const {
  return core_->served() && core_->done[0].empty() && core_->done[1].empty();
}
Cycles DramChannel::committed() const {
  return Cycles(core_->committed);
}
std::int64_t DramChannel::waiting_bursts() const {
  return core_->waiting_bursts;
}
const DramStats& DramChannel::stats() const {
  return core_->stats;
}
const DramSpec& DramChannel::spec() const {
  return core_->spec;
}

void DramChannel::Core::report(dram::Clock until, std::vector<DramCompletion>& completed) {
  for (;;) {
    const DramCompletion* next = nullptr;
    int from = 0;
    for (int d = 0; d < 2; ++d) {
      if (done[d].empty()) continue;
      const DramCompletion& c = done[d].front();
      const bool earlier = next == nullptr || c.last_data < next->last_data ||
                           (c.last_data == next->last_data && c.id < next->id);
      if (earlier) {
        next = &c;
        from = d;
      }
    }
    if (next == nullptr || next->last_data.count() > until) return;
    completed.push_back(*next);
    ++stats.transactions;
    done[from].pop();
  }
}

std::optional<Cycles> DramChannel::Core::next_event() const {
  Clock best = dram::never;
  for (const auto& queue : done) {
    if (!queue.empty()) best = std::min(best, queue.front().last_data.count());
  }
  for (int d = 0; d < 2; ++d) best = std::min(best, completion_bound(d));
  if (best == dram::never) return std::nullopt;
  return Cycles(best);
}

// No column command of this burst, still to enter, before this clock, if nothing else is in the channel: its
// row may have to be opened (and another may be closed before it comes, for a refresh).
dram::Clock DramChannel::Core::column_bound(int direction, std::uint64_t burst, Clock arrival) const {
  const std::int32_t b = map_.bank(burst);
  if (rows_.is(b, map_.row(burst))) return std::max(arrival, timers_.column(b, direction));
  const bool open = (rows_.open & dram::bit(b)) != 0;
  const Clock activate = open ? timers_.precharge(b) + timing_.pre_to_act : timers_.activate(b);
  return std::max(arrival, activate) + timing_.act_to_column[direction];
}

// The same for the last burst of the stretch that enters next.
dram::Clock DramChannel::Core::stretch_bound(int direction) const {
  const dram::BurstQueue& q = queue_[direction];
  const dram::Transaction& t = q.next_transaction();
  const std::uint64_t stretch = std::uint64_t{1} << map_.stretch_bits();
  const std::uint64_t first = q.next_burst();
  const auto to_end = static_cast<std::int64_t>(stretch - (first & (stretch - 1)));
  const std::int64_t bursts = std::min(to_end, t.unserved);
  const Clock arrival = std::max(committed, q.next_arrival());
  Clock earliest = dram::never;
  for (std::int64_t i = 0; i < std::min<std::int64_t>(bursts, q.lanes()); ++i) {
    earliest = std::min(earliest, column_bound(direction, first + static_cast<std::uint64_t>(i), arrival));
  }
  return earliest + (bursts - 1) * timing_.column_s;
}

dram::Clock DramChannel::Core::completion_bound(int direction) const {
  const dram::BurstQueue& q = queue_[direction];
  const dram::TransactionRing& ring = q.transactions();
  if (q.size() == 0 && !q.pending()) return dram::never;
  const dram::BurstQueue& other = queue_[1 - direction];
  const bool alone = q.size() + other.size() == 0 && !other.pending();
  // No column command before this clock.
  Clock column = std::max(committed, timers_.channel_column(direction));
  if (q.size() == 0) column = std::max(column, q.next_arrival());
  // The earliest end of any transaction: it has bursts in the queue, or gets there after those before it have
  // left room.
  Clock best = dram::never;
  std::int64_t ahead = 0;
  for (std::int64_t n = ring.front(); n < ring.end(); ++n) {
    const dram::Transaction& t = ring[n];
    if (t.unserved == 0) continue;
    const Clock room = column + (ahead - q.capacity()) * timing_.column_s;
    if (room >= best) break;
    Clock own = column;
    if (n > q.next_index() || (n == q.next_index() && t.unserved == t.bursts)) own = std::max(own, t.arrival);
    Clock last = std::max(own, room) + (t.unserved - 1) * timing_.column_s;
    if (n == q.next_index() && alone) last = std::max(last, stretch_bound(direction));
    best = std::min(best, last);
    ahead += t.unserved;
  }
  return best + timing_.data_end(direction);
}

}  // namespace statelane
