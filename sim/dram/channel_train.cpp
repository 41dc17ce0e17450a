// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <bit>

#include "sim/dram/channel_core.h"

// A train: n column commands of one stretch at a constant distance, done in one go. It is what n single steps
// would do as long as no other column command can come in between and nothing delays one of its own. Row
// commands for other banks and bursts entering the queue happen beside it and are done one by one in their
// order, since they only prepare what comes after the train. Everything here decides how large n may be.
namespace statelane {

using dram::bit;
using dram::never;
using dram::read;
using dram::write;

void DramChannel::Core::find_train_step() {
  train_step_ = 0;
  if (!options.batch || spec.controller.rows == RowPolicy::closed) return;
  // Lanes must go round distinct bank groups: 0 1 2 3 0 1 2 3, or all in one.
  const std::int32_t lanes = queue_[read].lanes();
  const auto group = [&](std::int32_t lane) {
    return timers_.group(map_.bank(static_cast<std::uint64_t>(lane)));
  };
  std::int32_t cycle = 1;
  while (cycle < lanes && group(cycle) != group(0)) ++cycle;
  for (std::int32_t lane = 0; lane < lanes; ++lane) {
    for (std::int32_t other = 0; other < lane; ++other) {
      if ((group(lane) == group(other)) != (lane % cycle == other % cycle)) return;
    }
  }
  if (cycle == 1) {
    train_step_ = timing_.column_l;
    train_exclusive_ = timing_.column_l > timing_.column_s;
  } else if (timing_.column_l <= cycle * timing_.column_s) {
    train_step_ = timing_.column_s;
  }
}

bool DramChannel::Core::lanes_in_step(const Train& t) const {
  const dram::BurstQueue& q = queue_[t.direction];
  const std::int32_t lanes = q.lanes();
  const std::int32_t lane = q.lane_of(t.run);
  const std::int64_t age = q.run(t.run).age;
  for (std::int32_t i = 1; i < lanes; ++i) {
    const std::int32_t r = q.run_at(t.block, (lane + i) & (lanes - 1));
    const dram::Run& run = q.run(r);
    if (run.queued == 0 || run.age != age + i) return false;
    if ((q.hits() & bit(run.bank)) == 0 || q.hit(run.bank) != r) return false;
    // The channel's own distance is the step, so only the bank and its group can be late.
    const Clock c = t.first + i * train_step_;
    if (timers_.bank_column(run.bank, t.direction) > c) return false;
    if (timers_.group_column(run.bank, t.direction) > c) return false;
  }
  return true;
}

std::int64_t DramChannel::Core::limit_by_others(const Train& t, Clock until) const {
  const dram::BurstQueue& q = queue_[t.direction];
  // Every column command of the train starts before this clock.
  Clock before = std::min({until, settle_at_, refresh_due_});
  const dram::Run& own = q.run(t.run);
  const std::int32_t group = timers_.group(own.bank);
  for (const std::uint8_t hit : q.hits_by_age()) {
    const std::int32_t b = hit;
    const bool older = q.hit_age(b) < own.age;
    if (!older && !train_exclusive_) break;
    // Younger bursts win only where the train leaves them room.
    if ((older || timers_.group(b) != group) && q.block_of(q.hit(b)) != t.block) {
      before = std::min(before, timers_.column(b, t.direction));
    }
  }
  return before <= t.first ? 0 : ceil_div(before - t.first, train_step_);
}

bool DramChannel::Core::limit_by_intake(Train& t) const {
  const dram::BurstQueue& q = queue_[t.direction];
  const std::int32_t lanes = q.lanes();
  std::int64_t available = 0;
  for (std::int32_t lane = 0; lane < lanes; ++lane) available += q.run(q.run_at(t.block, lane)).queued;
  t.entering = 0;
  if (q.pending() && q.span_left() < 2) return false;
  if (q.full() && q.pending()) {
    t.n = std::min(t.n, q.span_left());
    const dram::BurstQueue& other = queue_[1 - t.direction];
    const bool ordered = spec.controller.intake == IntakeOrder::in_order && other.pending();
    const auto [arrived, next] = q.arrived(t.n, t.first, ordered ? other.next_transaction().order : never);
    t.entering = arrived;
    if (arrived == 0 && next <= t.first) return false;
    // Those that follow arrive later, or are paced: until then the queue empties. In order, what enters lets
    // the other direction's bursts go next.
    const Clock until_next = next == never ? t.n : ceil_div(next - t.first, train_step_);
    if (arrived == 0 || !ordered) t.n = std::min(t.n, std::max(arrived, until_next));
    if (arrived > 0 && ordered) t.n = std::min(t.n, arrived);
  }
  if (t.direction == write && queue_[read].size() != 0) {
    t.n = std::min(t.n, t.entering + q.size() - drain_low_ + 1);
  }
  const bool refilled = t.entering > 0 && q.intake_block() == t.block;
  t.n = std::min(t.n, available + (refilled ? t.entering : 0));
  return t.n >= 2;
}

std::int64_t DramChannel::Core::limit_by_conflicts(const Train& t) const {
  // A bank whose open row is used up may be closed for another row at once: that ends the regular stretch.
  const dram::BurstQueue& q = queue_[t.direction];
  const std::int32_t lanes = q.lanes();
  std::int64_t n = t.n;
  for (std::int32_t lane = 0; lane < lanes; ++lane) {
    const dram::Run& run = q.run(q.run_at(t.block, lane));
    if (q.has_other_row(run.bank, run.row)) n = std::min(n, std::int64_t{run.queued - 1} * lanes + 1);
  }
  return n;
}

bool DramChannel::Core::issue_train(const Choice& choice, Clock until) {
  const dram::BurstQueue& q = queue_[choice.direction];
  const std::int32_t block = q.block_of(choice.run);
  if (q.unserved(block) <= q.lanes() || refresh_pending_ || choice.direction != mode_) return false;
  if ((mode_ == read ? owed_ & owed_write_ : owed_ & ~owed_write_) != 0) return false;
  Train t{choice.direction, choice.run, block, choice.start, 0, 0, 0};
  if (!lanes_in_step(t)) return false;
  t.n = std::min(q.unserved(block), limit_by_others(t, until));
  if (t.n < 2 || !limit_by_intake(t)) return false;
  t.n = limit_by_conflicts(t);
  if (t.n < 2) return false;
  run_beside(t);
  finish_train(t);
  return true;
}

// Does what happens beside the train in its order; may shorten it. The burst that follows the last command
// enters after the train, as after any command.
void DramChannel::Core::run_beside(Train& t) {
  dram::BurstQueue& q = queue_[t.direction];
  const std::int32_t own = train_exclusive_ ? t.block : -1;
  Clock floor = t.first;
  std::int64_t quiet = -1;  // of the next bursts, how many change nothing for the row commands
  for (;;) {
    const std::int64_t left = std::min(t.n - 1, t.entering) - t.entered;
    if (quiet < 0) quiet = left > 0 ? q.quiet(left, rows_, own) : 0;
    const Clock entry = quiet < left ? t.first + (t.entered + quiet) * train_step_ + 1 : never;
    const bool enters_first = entry < never && entry <= std::max({earliest_row(), row_bus_, floor});
    const Choice row = enters_first ? Choice{} : row_beside(t, floor);
    if (!enters_first && row.kind == Kind::none && (entry == never || t.entered + quiet >= t.n - 1)) break;
    if (entry <= row.start) {
      if (quiet > 0) {
        enter_quiet(t, quiet);
        quiet = q.quiet(left - quiet, rows_, own);
        if (quiet > 0) continue;
      }
      if (!enter_unquiet(t)) break;
      floor = std::max(floor, entry);
      quiet = -1;
      continue;
    }
    floor = row.start;
    if (row.kind == Kind::precharge) {
      issue_precharge(row);
      continue;
    }
    issue_activate(row);
    // Its bursts may now be served; older ones, or those that fit in between, end the train in time.
    if ((q.hits() & bit(row.bank)) == 0) continue;
    const bool older = q.run(q.hit(row.bank)).age < q.run(t.run).age;
    const bool fits = train_exclusive_ && timers_.group(row.bank) != timers_.group(q.run(t.run).bank);
    if (older || fits) {
      t.n = std::min(t.n, ceil_div(timers_.column(row.bank, t.direction) - t.first, train_step_));
    }
  }
  for (std::int64_t k = 1; t.entered < std::min(t.n - 1, t.entering); enter_quiet(t, k)) {
    k = q.quiet(std::min(t.n - 1, t.entering) - t.entered, rows_, -1);
  }
}

void DramChannel::Core::enter_quiet(Train& t, std::int64_t k) {
  if (k == 0) return;
  queue_[t.direction].admit_evenly(k, t.first + t.entered * train_step_ + 1, train_step_, rows_);
  t.entered += k;
}

// The next burst enters and changes what row commands are wanted. False if it is for a bank of the train, or
// able to go in between: then the train ends with the command that makes room for it.
bool DramChannel::Core::enter_unquiet(Train& t) {
  dram::BurstQueue& q = queue_[t.direction];
  const std::int32_t bank = q.next_bank();
  bool ends = train_exclusive_ && rows_.is(bank, q.next_row());
  for (std::int32_t lane = 0; lane < q.lanes(); ++lane) {
    ends = ends || q.run(q.run_at(t.block, lane)).bank == bank;
  }
  if (ends) {
    t.n = std::min(t.n, t.entered + 1);
    return false;
  }
  admit(t.direction, 1, t.first + t.entered * train_step_ + 1);
  ++t.entered;
  return true;
}

// The next row command beside the train, none if it would come after it. Lowers n where a column command
// would have to wait for it.
DramChannel::Core::Choice DramChannel::Core::row_beside(Train& t, Clock floor) {
  const Clock last = t.first + (t.n - 1) * train_step_;
  const Clock ready = earliest_row();
  Clock start = std::max({ready, row_bus_, floor});
  if (ready == never || start > last) return {};
  if (timing_.separate_buses) return oldest_row(start);
  const std::int64_t before = (start - t.first) / train_step_ + 1;  // column commands at or before
  start = std::max(start, t.first + (before - 1) * train_step_ + timing_.len_column);
  const Clock next = t.first + before * train_step_;
  if (start > last || start >= next) return {};
  const Choice row = oldest_row(start);
  const Clock length = row.kind == Kind::activate ? timing_.len_act : timing_.len_pre;
  if (start + length <= next) return row;
  t.n = before;
  return {};
}

void DramChannel::Core::account_train(const Train& t) {
  dram::BurstQueue& q = queue_[t.direction];
  const int d = t.direction;
  const std::int32_t lanes = q.lanes();
  const std::int64_t age = q.run(t.run).age;
  const Clock step = train_step_;
  const std::int32_t bank = q.run(t.run).bank;
  account_.column(d, t.first,
                  {timers_.bank_column(bank, d), timers_.group_column(bank, d), timers_.channel_column(d),
                   timers_.notes(bank).cause});
  account_.columns_after(d, t.first, t.n, step);
  std::int64_t i = 0;
  for (; i < std::min<std::int64_t>(t.n, lanes); ++i) {  // the first of a lane may have opened its row
    const auto lane = static_cast<std::int32_t>((q.lane_of(t.run) + i) & (lanes - 1));
    const std::int32_t b = q.run(q.run_at(t.block, lane)).bank;
    const bool owed = (owed_ & bit(b)) != 0;
    account_.served(d, q.accepted(age + i), t.first + i * step, owed ? timers_.notes(b).preparing_since : -1,
                    timers_.bank_column(b, d));
    if (!owed) continue;
    ++stats.row_misses;
    owed_ &= ~bit(b);
    timers_.notes(b).preparing_since = -1;
  }
  if (!account_.detail()) return;
  while (i < t.n) {
    // Where bursts were accepted in the train's own step, all wait equally long.
    const Clock accepted = q.accepted(age + i);
    const bool even = age + i >= q.even_from() && q.even_step() == step && accepted >= account_.refresh_end();
    if (even) return account_.served_alike(d, t.first + i * step + timing_.data_end(d) - accepted, t.n - i);
    account_.served(d, accepted, t.first + i * step, -1, -1);
    ++i;
  }
}

void DramChannel::Core::finish_train(const Train& t) {
  dram::BurstQueue& q = queue_[t.direction];
  const int d = t.direction;
  const std::int32_t lanes = q.lanes();
  const Clock last = t.first + (t.n - 1) * train_step_;
  const std::int64_t transaction = q.run(t.run).transaction;
  const std::int64_t involved = std::min<std::int64_t>(t.n, lanes);
  account_train(t);
  if (options.log != nullptr) {
    for (std::int64_t i = 0; i < t.n; ++i) {
      const auto lane = static_cast<std::int32_t>((q.lane_of(t.run) + i) & (lanes - 1));
      const dram::Run& run = q.run(q.run_at(t.block, lane));
      log(d == read ? DramCommand::read : DramCommand::write, run.bank, run.row, t.first + i * train_step_);
    }
  }
  for (std::int64_t i = t.n - involved; i < t.n; ++i) {  // the last command of each lane is enough
    const auto lane = static_cast<std::int32_t>((q.lane_of(t.run) + i) & (lanes - 1));
    timers_.on_column(q.run(q.run_at(t.block, lane)).bank, d, t.first + i * train_step_);
  }
  now_ = last;
  const Clock row_bus = row_bus_, column_bus = column_bus_;
  take_column_bus(last);
  row_bus_ = std::max(row_bus_, row_bus);
  column_bus_ = std::max(column_bus_, column_bus);
  (d == read ? stats.read_bursts : stats.write_bursts) += t.n;
  waiting_bursts -= t.n;
  serve_transaction(d, transaction, t.n, t.first, last);
  const BankMask hits = q.hits();
  q.serve_evenly(t.run, t.n, rows_);
  for (BankMask m = hits & ~q.hits(); m != 0; m &= m - 1) row_wanted(std::countr_zero(m));
  if (queue_[0].size() + queue_[1].size() == 0) account_.queues_empty(last);
  settle_at_ = std::min(settle_at_, last + 1);
}

}  // namespace statelane
