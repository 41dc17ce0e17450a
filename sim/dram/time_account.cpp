// SPDX-License-Identifier: Apache-2.0
#include "sim/dram/time_account.h"

namespace statelane::dram {

void TimeAccount::charge_gap(Clock gap, Clock c, int direction, const Waited& waited) {
  DramTimeUse& use = stats_->time;
  Clock left = gap;
  const auto charge = [&left](Cycles& to, Clock clocks) {
    const Clock part = std::min(left, clocks);
    to += Cycles(part);
    left -= part;
  };
  // The first burst also waits for the empty pipe: that is nobody's fault but the missing requests'.
  if (last_direction_ < 0) charge(use.idle, t_->data_start[direction]);
  charge(use.idle, idle_);
  charge(use.refresh, refresh_);
  if (left == 0) return;
  const Clock latest = std::max({waited.bank, waited.group, waited.channel});
  const bool turned = last_direction_ >= 0 && last_direction_ != direction;
  if (turned && std::max(waited.group, waited.channel) >= waited.bank) {
    use.turnaround += Cycles(left);
  } else if (latest < c) {
    use.command_bus += Cycles(left);
  } else if (waited.bank > std::max(waited.group, waited.channel)) {
    (waited.cause == ActivateCause::window ? use.activate_window : use.bank_conflict) += Cycles(left);
  } else {
    use.bank_group += Cycles(left);
  }
}

void TimeAccount::disturbed(int direction, Clock accept, Clock c, Clock prepare, Clock prepared) {
  const Clock total = c + t_->data_end(direction) - accept;
  const Clock refresh = std::max<Clock>(0, std::min(c, refresh_end_) - std::max(accept, refresh_begin_));
  Clock preparation = 0;
  if (prepare >= 0) {
    const Clock from = std::max(prepare, accept);
    const bool overlaps = refresh > 0 && from < refresh_end_;
    preparation = std::max<Clock>(0, std::min(prepared, c) - (overlaps ? refresh_end_ : from));
  }
  BurstLatency& l = latency(direction);
  l.disturbed.add(total);
  l.refresh.add(refresh);
  l.preparation.add(preparation);
  l.queueing.add(total - t_->data_end(direction) - refresh - preparation);
}

}  // namespace statelane::dram
