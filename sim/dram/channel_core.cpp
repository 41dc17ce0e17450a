// SPDX-License-Identifier: Apache-2.0
#include "sim/dram/channel_core.h"

#include <algorithm>
#include <bit>
#include <cmath>

namespace ssmscope {

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

void DramChannel::Core::run(Clock until, bool stop_when_served) {
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
  const bool row_known = row_valid_ && !refresh_pending_;
  const Clock row = row_known ? std::max(row_ready_, row_bus_) : row_bus_;
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

DramChannel::Core::Choice DramChannel::Core::best_column() const {
  Choice best;
  std::int64_t best_age = 0;
  const auto consider = [&](BankMask banks, int direction) {
    const dram::BurstQueue& q = queue_[direction];
    const Clock floor = std::max({column_bus_, now_, timers_.channel_column(direction)});
    for (; banks != 0; banks &= banks - 1) {
      const std::int32_t b = std::countr_zero(banks);
      const Clock start =
          std::max({floor, timers_.bank_column(b, direction), timers_.group_column(b, direction)});
      const std::int64_t age = q.hit_age(b);
      if (start < best.start || (start == best.start && best.direction == direction && age < best_age)) {
        best.start = start;
        best.direction = static_cast<std::uint8_t>(direction);
        best.bank = b;
        best_age = age;
      }
    }
  };
  const BankMask owed_other = mode_ == read ? owed_ & owed_write_ : owed_ & ~owed_write_;
  consider(queue_[mode_].hits() & (refresh_pending_ ? owed_ : ~BankMask{0}), mode_);
  if (owed_other != 0) consider(owed_other & queue_[1 - mode_].hits(), 1 - mode_);
  if (best.bank >= 0) {
    best.kind = Kind::column;
    best.run = queue_[best.direction].hit(best.bank);
  }
  return best;
}

DramChannel::Core::BankMask DramChannel::Core::precharge_candidates() const {
  const dram::BurstQueue& q = queue_[mode_];
  const BankMask blocked = owed_ | q.hits();
  BankMask m = q.waiting() & rows_.open & ~blocked;
  if (spec.controller.rows == RowPolicy::closed) m |= rows_.open & ~blocked & ~queue_[1 - mode_].hits();
  return m;
}

DramChannel::Core::BankMask DramChannel::Core::activate_candidates() const {
  return queue_[mode_].waiting() & ~rows_.open;
}

dram::Clock DramChannel::Core::earliest_row() {
  if (row_valid_) return row_ready_;
  precharges_ = precharge_candidates();
  activates_ = activate_candidates();
  row_ready_ = never;
  for (BankMask m = precharges_; m != 0; m &= m - 1) {
    row_ready_ = std::min(row_ready_, timers_.precharge(std::countr_zero(m)));
  }
  Clock activate = never;
  for (BankMask m = activates_; m != 0; m &= m - 1) {
    activate = std::min(activate, timers_.activate(std::countr_zero(m)));
  }
  row_ready_ = std::min(row_ready_, activate);
  row_valid_ = true;
  return row_ready_;
}

DramChannel::Core::Choice DramChannel::Core::oldest_row(Clock start) const {
  Choice best;
  std::int64_t best_age = never;
  const dram::BurstQueue& q = queue_[mode_];
  for (BankMask m = precharges_; m != 0; m &= m - 1) {
    const std::int32_t b = std::countr_zero(m);
    if (timers_.precharge(b) > start) continue;
    const bool wanted = (q.waiting() & bit(b)) != 0;  // else closed by policy, after everything else
    const std::int64_t age = wanted ? q.run(q.oldest(b)).age : never - 1;
    if (age < best_age) {
      best_age = age;
      best = {start, Kind::precharge, static_cast<std::uint8_t>(mode_), b, wanted ? q.oldest(b) : -1};
    }
  }
  if (timers_.channel_activate() > start) return best;
  for (BankMask m = activates_; m != 0; m &= m - 1) {
    const std::int32_t b = std::countr_zero(m);
    const std::int64_t age = q.run(q.oldest(b)).age;
    if (age >= best_age || timers_.activate(b) > start) continue;
    best_age = age;
    best = {start, Kind::activate, static_cast<std::uint8_t>(mode_), b, q.oldest(b)};
  }
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
  const BankMask hits = q.hits();
  q.serve(choice.run, rows_);
  const bool must_close = q.hits() != hits && (q.waiting() & bit(b)) != 0;
  if (owed || must_close || spec.controller.rows == RowPolicy::closed) row_valid_ = false;
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
  row_valid_ = false;
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
  row_valid_ = false;
  log(DramCommand::precharge, b, -1, choice.start);
}

void DramChannel::Core::issue_precharge_all(Clock c) {
  queue_[read].on_close(rows_.open);
  queue_[write].on_close(rows_.open);
  rows_.open = 0;
  timers_.on_precharge_all(c);
  take_row_bus(c, timing_.len_pre);
  ++stats.precharges_all;
  row_valid_ = false;
  log(DramCommand::precharge_all, -1, -1, c);
}

void DramChannel::Core::issue_refresh(Clock c) {
  timers_.on_refresh(c);
  take_row_bus(c, timing_.len_ref);
  account_.refreshed(refresh_due_, c + timing_.ref_to_act);
  refresh_due_ += timing_.refresh_interval;
  refresh_pending_ = false;
  ++stats.refreshes;
  row_valid_ = false;
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

}  // namespace ssmscope
