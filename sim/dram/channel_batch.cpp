// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <bit>

#include "sim/dram/channel_core.h"

// While bursts of one stretch follow each other at a constant distance and nothing else can happen in
// between, n column commands are one addition. Everything here only decides how large n may be, so that the
// result is that of n single steps.
namespace ssmscope {

using dram::bit;
using dram::never;
using dram::read;
using dram::write;

void DramChannel::Core::find_batch_step() {
  batch_step_ = 0;
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
    batch_step_ = timing_.column_l;
    batch_exclusive_ = timing_.column_l > timing_.column_s;
  } else if (timing_.column_l <= cycle * timing_.column_s) {
    batch_step_ = timing_.column_s;
  }
}

bool DramChannel::Core::lanes_in_step(const Choice& choice) const {
  const dram::BurstQueue& q = queue_[choice.direction];
  const std::int32_t lanes = q.lanes();
  const std::int32_t block = q.block_of(choice.run);
  const std::int32_t lane = q.lane_of(choice.run);
  const std::int64_t age = q.run(choice.run).age;
  for (std::int32_t i = 0; i < lanes; ++i) {
    const std::int32_t r = q.run_at(block, (lane + i) & (lanes - 1));
    const dram::Run& run = q.run(r);
    if (run.queued == 0 || run.age != age + i) return false;
    if ((q.hits() & ~owed_ & bit(run.bank)) == 0 || q.hit(run.bank) != r) return false;
    // The channel's own distance is the step, so only the bank and its group can be late.
    const Clock c = choice.start + i * batch_step_;
    if (timers_.bank(run.bank).column[choice.direction] > c) return false;
    if (timers_.group_column(run.bank, choice.direction) > c) return false;
  }
  return true;
}

std::int64_t DramChannel::Core::limit_by_others(const Choice& choice, Clock until) const {
  const int d = choice.direction;
  const dram::BurstQueue& q = queue_[d];
  // Every column command of the batch starts before this clock.
  Clock before = std::min({until, settle_at_, refresh_due_});
  const std::int32_t block = q.block_of(choice.run);
  const std::int64_t age = q.run(choice.run).age;
  for (BankMask m = q.hits(); m != 0; m &= m - 1) {
    const std::int32_t b = std::countr_zero(m);
    const std::int32_t r = q.hit(b);
    if (q.block_of(r) == block) continue;
    const bool older = q.run(r).age < age;
    const bool fits_between = batch_exclusive_ && timers_.group(b) != timers_.group(choice.bank);
    if (older || fits_between) before = std::min(before, timers_.column(b, d));
  }
  // A row command goes first as soon as it may start before the next column command.
  const bool row_fits_between = timing_.separate_buses || batch_step_ > timing_.len_column;
  if (row_ready_ != never && row_fits_between) {
    before = std::min(before, std::max(row_ready_, row_bus_) + 1);
  }
  if (before <= choice.start) return 0;
  return ceil_div(before - choice.start, batch_step_);
}

std::int64_t DramChannel::Core::limit_by_intake(const Choice& choice, std::int64_t n,
                                                std::int64_t& admitted) const {
  const int d = choice.direction;
  const dram::BurstQueue& q = queue_[d];
  const std::int32_t lanes = q.lanes();
  const std::int32_t block = q.block_of(choice.run);
  std::int64_t available = 0;
  for (std::int32_t lane = 0; lane < lanes; ++lane) available += q.run(q.run_at(block, lane)).queued;

  // Does the slot each command frees take a burst one clock later?
  Clock arrival = never;
  if (q.full() && q.pending() && spec.controller.intake == IntakeOrder::in_order) {
    const dram::BurstQueue& other = queue_[1 - d];
    const bool blocked = other.pending() && other.next_transaction().order < q.next_transaction().order;
    if (!blocked) arrival = q.next_arrival();
  } else if (q.full()) {
    arrival = q.next_arrival();
  }
  admitted = 0;
  if (q.span_exhausted()) return 0;
  if (arrival > choice.start && arrival != never) {  // the queue only empties until then
    n = std::min(n, ceil_div(arrival - choice.start, batch_step_));
    arrival = never;
  }
  if (arrival == never) {
    if (d == write && queue_[read].size() != 0) n = std::min(n, q.size() - drain_low_ + 1);
    return std::min(n, available);
  }
  if (q.next_transaction().pace != 0 || q.intake_block() < 0) return 0;
  n = std::min(n, q.intake_left());
  if (q.intake_block() == block) {
    n = std::min(n, available + q.intake_left());
  } else {
    n = std::min(n, available);
    for (std::int64_t i = 0; i < std::min<std::int64_t>(n, lanes); ++i) {
      const auto lane = static_cast<std::int32_t>((q.intake_lane() + i) & (lanes - 1));
      if (q.run(q.run_at(q.intake_block(), lane)).queued == 0) return 0;
    }
  }
  admitted = n;
  return n;
}

std::int64_t DramChannel::Core::limit_by_conflicts(const Choice& choice, std::int64_t n) const {
  // A bank whose open row is used up may be closed for another row at once: that ends the regular stretch.
  const dram::BurstQueue& q = queue_[choice.direction];
  const std::int32_t lanes = q.lanes();
  const std::int32_t block = q.block_of(choice.run);
  for (std::int32_t lane = 0; lane < lanes; ++lane) {
    const dram::Run& run = q.run(q.run_at(block, lane));
    if (!q.has_other_row(run.bank, run.row)) continue;
    n = std::min(n, std::int64_t{run.queued - 1} * lanes + 1);
  }
  return n;
}

bool DramChannel::Core::issue_batch(const Choice& choice, Clock until) {
  if (refresh_pending_ || choice.direction != mode_ || !row_valid_) return false;
  const bool owed_other = (mode_ == read ? owed_ & owed_write_ : owed_ & ~owed_write_) != 0;
  if (owed_other || !lanes_in_step(choice)) return false;
  std::int64_t n = limit_by_others(choice, until);
  if (n < 2) return false;
  std::int64_t admitted = 0;
  n = limit_by_intake(choice, n, admitted);
  if (n < 2) return false;
  n = limit_by_conflicts(choice, n);
  if (n < 2) return false;
  apply_batch(choice, n, std::min(admitted, n));
  return true;
}

void DramChannel::Core::apply_batch(const Choice& choice, std::int64_t n, std::int64_t admitted) {
  const int d = choice.direction;
  const Clock step = batch_step_;
  const Clock first = choice.start;
  const Clock last = first + (n - 1) * step;
  dram::BurstQueue& q = queue_[d];
  const std::int32_t lanes = q.lanes();
  const std::int32_t block = q.block_of(choice.run);
  const std::int64_t age = q.run(choice.run).age;
  const std::int64_t transaction = q.run(choice.run).transaction;
  const dram::BankTimers& bank = timers_.bank(choice.bank);
  account_.column(
      d, first,
      {bank.column[d], timers_.group_column(choice.bank, d), timers_.channel_column(d), bank.cause});
  account_.columns_after(d, first, n, step);
  if (options.log != nullptr) {
    for (std::int64_t i = 0; i < n; ++i) {
      const auto lane = static_cast<std::int32_t>((q.lane_of(choice.run) + i) & (lanes - 1));
      const dram::Run& run = q.run(q.run_at(block, lane));
      log(d == read ? DramCommand::read : DramCommand::write, run.bank, run.row, first + i * step);
    }
  }
  const std::int64_t involved = std::min<std::int64_t>(n, lanes);
  for (std::int64_t i = n - involved; i < n; ++i) {  // the last command of each lane is enough
    const auto lane = static_cast<std::int32_t>((q.lane_of(choice.run) + i) & (lanes - 1));
    timers_.on_column(q.run(q.run_at(block, lane)).bank, d, first + i * step);
  }
  const std::int64_t old = std::min(n, q.admitted() - age);  // the others enter during the batch
  if (account_.detail()) {
    for (std::int64_t i = 0; i < old; ++i) account_.served(d, q.accepted(age + i), first + i * step, -1, -1);
    if (n > old) {
      account_.served_alike(d, (q.admitted() - age) * step - 1 + timing_.data_end(d), n - old);
    }
  }
  now_ = last;
  take_column_bus(last);
  (d == read ? stats.read_bursts : stats.write_bursts) += n;
  waiting_bursts -= n;
  serve_transaction(d, transaction, n, first, last);
  const BankMask hits = q.hits();
  if (admitted > 0) q.admit_regular(admitted, first + 1, step);
  q.serve_regular(choice.run, n, rows_);
  if (q.hits() != hits) row_valid_ = false;
  if (queue_[0].size() + queue_[1].size() == 0) account_.queues_empty(last);
  settle_at_ = std::min(settle_at_, last + 1);
}

}  // namespace ssmscope
