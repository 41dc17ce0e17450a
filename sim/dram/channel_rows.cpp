// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <bit>

#include "sim/dram/channel_core.h"

// Which row command is next. The earliest precharge and the earliest activate are remembered: most commands
// and arrivals add at most one candidate, and only what takes one away makes a new search necessary.
namespace ssmscope {

using dram::bit;
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

void DramChannel::Core::consider_row(Candidate& best, std::int32_t b, Clock ready, Kind kind) const {
  const dram::BurstQueue& q = queue_[mode_];
  if (ready > best.choice.start) return;
  const bool wanted = (q.waiting() & bit(b)) != 0;  // else closed by policy, after everything else
  const std::int64_t age = wanted ? q.oldest_age(b) : never - 1;
  if (ready == best.choice.start && age >= best.age) return;
  best.choice = {ready, kind, static_cast<std::uint8_t>(mode_), b, wanted ? q.oldest(b) : -1};
  best.age = age;
}

void DramChannel::Core::row_wanted(std::int32_t b) {
  if (spec.controller.rows == RowPolicy::closed) return forget_rows();
  const dram::BurstQueue& q = queue_[mode_];
  if ((q.waiting() & ~q.hits() & bit(b)) == 0) return;
  if ((rows_.open & bit(b)) == 0) {
    if (activate_.valid) consider_row(activate_, b, timers_.activate(b), Kind::activate);
  } else if ((owed_ & bit(b)) == 0) {
    if (precharge_.valid) consider_row(precharge_, b, timers_.precharge(b), Kind::precharge);
  }
}

dram::Clock DramChannel::Core::earliest_row() {
  if (!precharge_.valid) {
    precharge_ = {};
    precharge_.valid = true;
    for (BankMask m = precharge_candidates(); m != 0; m &= m - 1) {
      const std::int32_t b = std::countr_zero(m);
      consider_row(precharge_, b, timers_.precharge(b), Kind::precharge);
    }
  }
  if (!activate_.valid) {
    activate_ = {};
    activate_.valid = true;
    for (BankMask m = activate_candidates(); m != 0; m &= m - 1) {
      const std::int32_t b = std::countr_zero(m);
      consider_row(activate_, b, timers_.activate(b), Kind::activate);
    }
  }
  return std::min(precharge_.choice.start, activate_.choice.start);
}

DramChannel::Core::Choice DramChannel::Core::oldest_row(Clock start) const {
  Candidate best;
  const dram::BurstQueue& q = queue_[mode_];
  // All that are ready by then count alike.
  const auto consider = [&](BankMask banks, Kind kind, const Candidate& earliest, auto ready) {
    if (earliest.choice.start > start) return;
    if (earliest.choice.start == start) {
      if (earliest.age >= best.age) return;
      best = earliest;
      return;
    }
    for (; banks != 0; banks &= banks - 1) {
      const std::int32_t b = std::countr_zero(banks);
      const bool wanted = (q.waiting() & bit(b)) != 0;
      const std::int64_t age = wanted ? q.oldest_age(b) : never - 1;
      if (age >= best.age || ready(b) > start) continue;
      best.age = age;
      best.choice = {start, kind, static_cast<std::uint8_t>(mode_), b, wanted ? q.oldest(b) : -1};
    }
  };
  consider(precharge_candidates(), Kind::precharge, precharge_,
           [this](std::int32_t b) { return timers_.precharge(b); });
  consider(activate_candidates(), Kind::activate, activate_,
           [this](std::int32_t b) { return timers_.activate(b); });
  return best.choice;
}

}  // namespace ssmscope
