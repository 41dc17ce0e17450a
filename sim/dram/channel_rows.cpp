// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <bit>

#include "sim/dram/channel_core.h"

// Which row command is next. The earliest precharge and the earliest activate are remembered: most commands
// and arrivals add at most one candidate, and only what takes one away makes a new search necessary.
namespace statelane {

using dram::bit;
using dram::Clock;
using dram::never;

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

void DramChannel::Core::forget_rows() {
  precharge_.valid = activate_.valid = false;
}

// Of equally early ones the oldest is first.
void DramChannel::Core::consider_row(Candidate& best, std::int32_t b, Clock ready) const {
  const std::int64_t age = queue_[mode_].oldest_age(b);
  const bool better = ready < best.ready || (ready == best.ready && age < best.age);
  if (better) best = {ready, age, b, true};
}

void DramChannel::Core::row_wanted(std::int32_t b) {
  if (spec.controller.rows == RowPolicy::closed) return forget_rows();
  const dram::BurstQueue& q = queue_[mode_];
  if ((q.waiting() & ~q.hits() & bit(b)) == 0) return;
  if ((rows_.open & bit(b)) == 0) {
    if (activate_.valid) consider_row(activate_, b, timers_.activate(b));
  } else if ((owed_ & bit(b)) == 0) {
    if (precharge_.valid) consider_row(precharge_, b, timers_.precharge(b));
  }
}

namespace {

// Earliest of `banks`, of equally early ones the oldest. Which of two banks it is is a matter of chance, so
// that a branch would be guessed wrong half the time: clock, age and bank are packed into one number, and the
// smallest taken. Ages count from the oldest alive, of which the queue sees to it that they fit.
template <class Candidate, class Ready>
Candidate earliest_of(dram::BankMask banks, const dram::BurstQueue& q, Ready ready_at) {
  constexpr int bank_bits = 6, age_bits = 12;
  static_assert(dram::max_banks <= std::size_t{1} << bank_bits);
  static_assert(dram::BurstQueue::span_limit < std::int64_t{1} << age_bits);
  if (banks == 0) return {never, never, -1, true};
  const std::int64_t base = q.oldest_alive();
  std::int64_t best = INT64_MAX;
  for (; banks != 0; banks &= banks - 1) {
    const std::int32_t b = std::countr_zero(banks);
    const std::int64_t age = std::min(q.oldest_age(b) - base, dram::BurstQueue::span_limit);
    best = std::min(best, (ready_at(b) << (age_bits + bank_bits)) + (age << bank_bits) + b);
  }
  const auto b = static_cast<std::int32_t>(best & ((1 << bank_bits) - 1));
  return {best >> (age_bits + bank_bits), q.oldest_age(b), b, true};
}

}  // namespace

dram::Clock DramChannel::Core::earliest_row() {
  const dram::BurstQueue& q = queue_[mode_];
  if (!precharge_.valid) {
    const Clock channel = timers_.channel_precharge();
    precharge_ = earliest_of<Candidate>(precharge_candidates(), q, [this, channel](std::int32_t b) {
      return std::max(channel, timers_.bank_precharge(b));
    });
  }
  if (!activate_.valid) {
    const Clock channel = timers_.channel_activate();
    activate_ = earliest_of<Candidate>(activate_candidates(), q, [this, channel](std::int32_t b) {
      return std::max(channel, timers_.own_activate(b));
    });
  }
  return std::min(precharge_.ready, activate_.ready);
}

DramChannel::Core::Choice DramChannel::Core::oldest_row(Clock start) const {
  const dram::BurstQueue& q = queue_[mode_];
  // All that are ready by then count alike.
  const auto oldest = [&](BankMask banks, const Candidate& earliest, auto own) -> Candidate {
    if (earliest.ready > start) return {};
    if (earliest.ready == start) return earliest;
    return earliest_of<Candidate>(banks, q, [&](std::int32_t b) { return std::max(start, own(b)); });
  };
  const Candidate precharge = oldest(precharge_candidates(), precharge_,
                                     [this](std::int32_t b) { return timers_.bank_precharge(b); });
  const Candidate activate =
      oldest(activate_candidates(), activate_, [this](std::int32_t b) { return timers_.own_activate(b); });
  const bool closes = precharge.age < activate.age;
  const Candidate& best = closes ? precharge : activate;
  if (best.bank < 0) return {};
  return {start, closes ? Kind::precharge : Kind::activate, static_cast<std::uint8_t>(mode_), best.bank,
          q.oldest(best.bank)};
}

}  // namespace statelane
