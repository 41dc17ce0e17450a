// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstdint>

#include "models/memory/dram_stats.h"
#include "sim/dram/bank_timers.h"
#include "sim/dram/command_timing.h"

namespace statelane::dram {

/// Keeps the books of a channel: what every clock of the data bus went to, and the latency of every burst.
class TimeAccount {
 public:
  TimeAccount(const CommandTiming& timing, DramStats& stats, bool latency_detail)
      : t_(&timing), stats_(&stats), detail_(latency_detail) {
    stats.read_latency.transfer = Cycles(timing.data_end(read));
    stats.write_latency.transfer = Cycles(timing.data_end(write));
  }

  /// The queues became empty with the command at `c`.
  void queues_empty(Clock c) { idle_from_ = c + 1; }
  /// Bursts entered empty queues at `c`.
  void queues_filled(Clock c) {
    if (idle_from_ >= 0) idle_ += std::max<Clock>(0, c - idle_from_);
    idle_from_ = -1;
  }
  /// Refresh kept everything waiting.
  void refreshed(Clock due, Clock until) {
    refresh_ += until - std::max(due, last_column_);
    refresh_begin_ = due;
    refresh_end_ = until;
  }

  /// What a column command at its clock waited for, before its own effect on the timers.
  struct Waited {
    Clock bank = 0;     ///< clock the bank allowed
    Clock group = 0;    ///< its bank group
    Clock channel = 0;  ///< the channel
    ActivateCause cause = ActivateCause::bank;
  };
  /// A burst moves: charges the data bus's clocks since the last one.
  void column(int direction, Clock c, const Waited& waited) {
    const Clock start = c + t_->data_start[direction];
    if (start != data_end_) charge_gap(start - data_end_, c, direction, waited);
    idle_ = refresh_ = 0;
    data_end_ = start + t_->burst;
    stats_->time.bus += Cycles(t_->burst);
    last_column_ = c;
    last_direction_ = direction;
  }
  /// `n` bursts `step` clocks apart move, the first at `c` already charged by column().
  void columns_after(int direction, Clock c, std::int64_t n, Clock step) {
    stats_->time.bus += Cycles(t_->burst * (n - 1));
    stats_->time.bank_group += Cycles((step - t_->burst) * (n - 1));
    last_column_ = c + (n - 1) * step;
    data_end_ = last_column_ + t_->data_end(direction);
  }

  /// A burst accepted at `accept` has its column command at `c`; its bank was prepared from `prepare` (-1:
  /// no) until `prepared`.
  void served(int direction, Clock accept, Clock c, Clock prepare, Clock prepared) {
    if (!detail_) return;
    if (prepare < 0 && accept >= refresh_end_) {
      latency(direction).undisturbed.add(c + t_->data_end(direction) - accept);
    } else {
      disturbed(direction, accept, c, prepare, prepared);
    }
  }
  /// `n` bursts, none disturbed, with one latency.
  void served_alike(int direction, Clock clocks, std::int64_t n) {
    if (detail_) latency(direction).undisturbed.add(clocks, n);
  }
  [[nodiscard]] bool detail() const { return detail_; }
  /// Bursts accepted from this clock on have met no refresh yet.
  [[nodiscard]] Clock refresh_end() const { return refresh_end_; }

 private:
  [[nodiscard]] BurstLatency& latency(int direction) {
    return direction == read ? stats_->read_latency : stats_->write_latency;
  }
  void charge_gap(Clock gap, Clock c, int direction, const Waited& waited);
  void disturbed(int direction, Clock accept, Clock c, Clock prepare, Clock prepared);

  const CommandTiming* t_;
  DramStats* stats_;
  bool detail_;
  Clock data_end_ = 0;
  Clock last_column_ = 0;
  int last_direction_ = -1;
  Clock idle_from_ = 0;
  Clock idle_ = 0;     ///< since the last burst
  Clock refresh_ = 0;  ///< since the last burst
  Clock refresh_begin_ = -1;
  Clock refresh_end_ = -1;
};

}  // namespace statelane::dram
