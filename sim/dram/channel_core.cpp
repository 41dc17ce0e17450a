// SPDX-License-Identifier: Apache-2.0
#include "sim/dram/channel_core.h"

#include <algorithm>
#include <bit>
#include <cmath>

namespace statelane {

using dram::bit;
using dram::never;
using dram::read;
using dram::write;

DramChannel::Core::Core(const DramSpec& s, const DramOptions& o)
    : spec(s),
      options(o),
      map_(s.controller.map, s.geometry),
      timing_(s),
      timers_(timing_, s.geometry.bank_groups),
      queue_{dram::BurstQueue(map_, s.controller.read_queue, timing_.column_s),
             dram::BurstQueue(map_, s.controller.write_queue, timing_.column_s)},
      account_(timing_, stats, o.latency_detail),
      drain_high_(static_cast<std::int64_t>(
          std::floor(s.controller.drain_high * static_cast<double>(s.controller.write_queue)))),
      drain_low_(static_cast<std::int64_t>(
          std::ceil(s.controller.drain_low * static_cast<double>(s.controller.write_queue)))),
      refresh_due_(s.controller.refresh ? timing_.refresh_interval : never) {
  find_train_step();
}

// Everything a command needs is called from here and small; inlined, it keeps its state in registers.
[[gnu::flatten]] void DramChannel::Core::run(Clock until, bool stop_when_served) {
  for (;;) {
    // Most commands are followed by a burst entering one clock later: no need to look for a command before.
    if (settle_at_ < until && settle_at_ <= next_start_bound()) {
      settle(settle_at_);
      continue;
    }
    const Choice choice = choose();
    const Clock due = refresh_pending_ ? never : refresh_due_;
    if (settle_at_ <= std::min(choice.start, due)) {
      if (settle_at_ >= until) break;
      settle(settle_at_);
    } else if (due <= choice.start) {
      if (due >= until) break;
      refresh_pending_ = true;
      now_ = std::max(now_, due);
    } else {
      if (choice.start >= until) break;
      issue(choice, until);
      if (stop_when_served && served()) {
        committed = std::max(committed, choice.start + 1);
        return;
      }
    }
  }
  committed = std::max(committed, until);
}

dram::Clock DramChannel::Core::next_start_bound() const {
  const bool row_known = precharge_.valid && activate_.valid && !refresh_pending_;
  const Clock ready = std::min(precharge_.ready, activate_.ready);
  const Clock row = row_known ? std::max(ready, row_bus_) : row_bus_;
  return std::max(now_, std::min(column_bus_, row));
}

DramChannel::Core::Choice DramChannel::Core::choose() {
  Choice column = best_column();
  if (refresh_pending_) {
    const Choice step = refresh_step();
    return column.start <= step.start ? column : step;
  }
  const Clock ready = earliest_row();
  if (ready == never) return column;
  const Clock start = std::max({ready, row_bus_, now_});
  return column.start <= start ? column : oldest_row(start);
}

void DramChannel::Core::consider_columns(BankMask banks, int direction, Choice& best) const {
  const dram::BurstQueue& q = queue_[direction];
  const Clock floor = std::max({column_bus_, now_, timers_.channel_column(direction)});
  for (const std::uint8_t hit : q.hits_by_age()) {
    const std::int32_t b = hit;
    if ((banks & bit(b)) == 0) continue;
    const Clock start =
        std::max({floor, timers_.bank_column(b, direction), timers_.group_column(b, direction)});
    if (start >= best.start) continue;
    best = {start, Kind::column, static_cast<std::uint8_t>(direction), b, q.hit(b)};
    if (start == floor) return;  // none can be earlier, and the others are younger
  }
}

DramChannel::Core::Choice DramChannel::Core::best_column() const {
  Choice best;
  const BankMask owed_other = mode_ == read ? owed_ & owed_write_ : owed_ & ~owed_write_;
  consider_columns(refresh_pending_ ? owed_ : ~BankMask{0}, mode_, best);
  if (owed_other != 0) consider_columns(owed_other, 1 - mode_, best);
  return best;
}

DramChannel::Core::Choice DramChannel::Core::refresh_step() const {
  Choice c;
  // A row opened for somebody serves at least that one before it is closed.
  if (owed_ != 0) return c;
  const bool open = rows_.open != 0;
  c.kind = open ? Kind::precharge_all : Kind::refresh;
  c.start = std::max({open ? timers_.precharge_all(rows_.open) : timers_.refresh(), row_bus_, now_});
  return c;
}

void DramChannel::Core::issue(const Choice& choice, Clock until) {
  now_ = choice.start;
  switch (choice.kind) {
    case Kind::column:
      if (train_step_ == 0 || !issue_train(choice, until)) issue_column(choice);
      break;
    case Kind::activate:
      issue_activate(choice);
      break;
    case Kind::precharge:
      issue_precharge(choice);
      break;
    case Kind::precharge_all:
      issue_precharge_all(choice.start);
      break;
    case Kind::refresh:
      issue_refresh(choice.start);
      break;
    case Kind::none:
      break;
  }
}

void DramChannel::Core::issue_column(const Choice& choice) {
  const int d = choice.direction;
  const std::int32_t b = choice.bank;
  const Clock c = choice.start;
  dram::BurstQueue& q = queue_[d];
  dram::BankNotes& notes = timers_.notes(b);
  const Clock prepared = timers_.bank_column(b, d);
  account_.column(d, c, {prepared, timers_.group_column(b, d), timers_.channel_column(d), notes.cause});
  const bool owed = (owed_ & bit(b)) != 0;
  const dram::Run& run = q.run(choice.run);
  account_.served(d, q.accepted(run.age), c, owed ? notes.preparing_since : -1, prepared);
  if (owed) {
    ++stats.row_misses;
    owed_ &= ~bit(b);
    notes.preparing_since = -1;
  }
  if (options.log != nullptr) log(d == read ? DramCommand::read : DramCommand::write, b, run.row, c);
  ++(d == read ? stats.read_bursts : stats.write_bursts);
  --waiting_bursts;
  timers_.on_column(b, d, c);
  take_column_bus(c);
  serve_transaction(d, run.transaction, 1, c, c);
  q.serve(choice.run, rows_);
  row_wanted(b);
  if (queue_[0].size() + queue_[1].size() == 0) account_.queues_empty(c);
  settle_at_ = std::min(settle_at_, c + 1);
}

void DramChannel::Core::serve_transaction(int direction, std::int64_t transaction, std::int64_t bursts,
                                          Clock first, Clock last) {
  dram::TransactionRing& ring = queue_[direction].transactions();
  dram::Transaction& t = ring[transaction];
  if (t.first_data < 0) t.first_data = first + timing_.data_start[direction];
  t.unserved -= bursts;
  stats.last_data = std::max(stats.last_data, Cycles(last + timing_.data_end(direction)));
  if (t.unserved != 0) return;
  const Clock end = last + timing_.data_end(direction);
  done[direction].push({t.id, direction == write, Cycles(t.first_data), Cycles(end)});
  stats.transaction_latency += Cycles(end - t.arrival);
  if (transaction == ring.front()) ring.drop_served();
}

void DramChannel::Core::issue_activate(const Choice& choice) {
  const std::int32_t b = choice.bank;
  const Clock c = choice.start;
  dram::BankNotes& notes = timers_.notes(b);
  if (notes.preparing_since < 0) notes.preparing_since = c;
  const dram::Run& run = queue_[mode_].run(choice.run);
  const Clock otherwise = std::max(timers_.bank_activate(b), queue_[mode_].accepted(run.age));
  notes.cause =
      timers_.activate_limit(b) > otherwise ? dram::ActivateCause::window : dram::ActivateCause::bank;
  const std::int32_t row = run.row;
  rows_.open |= bit(b);
  rows_.row[static_cast<std::size_t>(b)] = row;
  owed_ |= bit(b);
  owed_write_ = mode_ == write ? owed_write_ | bit(b) : owed_write_ & ~bit(b);
  timers_.on_activate(b, c);
  queue_[read].on_open(b, row);
  queue_[write].on_open(b, row);
  take_row_bus(c, timing_.len_act);
  ++stats.activates;
  activate_.valid = false;
  log(DramCommand::activate, b, row, c);
}

void DramChannel::Core::issue_precharge(const Choice& choice) {
  const std::int32_t b = choice.bank;
  if (choice.run >= 0) timers_.notes(b).preparing_since = choice.start;
  rows_.open &= ~bit(b);
  queue_[read].on_close(bit(b));
  queue_[write].on_close(bit(b));
  timers_.on_precharge(b, choice.start);
  take_row_bus(choice.start, timing_.len_pre);
  ++stats.precharges;
  precharge_.valid = false;
  row_wanted(b);
  log(DramCommand::precharge, b, -1, choice.start);
}

void DramChannel::Core::issue_precharge_all(Clock c) {
  queue_[read].on_close(rows_.open);
  queue_[write].on_close(rows_.open);
  rows_.open = 0;
  timers_.on_precharge_all(c);
  take_row_bus(c, timing_.len_pre);
  ++stats.precharges_all;
  forget_rows();
  log(DramCommand::precharge_all, -1, -1, c);
}

void DramChannel::Core::issue_refresh(Clock c) {
  timers_.on_refresh(c);
  take_row_bus(c, timing_.len_ref);
  account_.refreshed(refresh_due_, c + timing_.ref_to_act);
  refresh_due_ += timing_.refresh_interval;
  refresh_pending_ = false;
  ++stats.refreshes;
  forget_rows();
  log(DramCommand::refresh, -1, -1, c);
}

void DramChannel::Core::take_column_bus(Clock c) {
  column_bus_ = c + timing_.len_column;
  if (!timing_.separate_buses) row_bus_ = column_bus_;
}

void DramChannel::Core::take_row_bus(Clock c, Clock length) {
  row_bus_ = c + length;
  if (!timing_.separate_buses) column_bus_ = row_bus_;
}

void DramChannel::Core::log(DramCommand command, std::int32_t bank, std::int32_t row, Clock c) const {
  if (options.log != nullptr) options.log->push_back({command, bank, row, Cycles(c)});
}

}  // namespace statelane
