// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>

#include "sim/dram/burst_queue.h"
#include "sim/dram/command_timing.h"

namespace ssmscope::dram {

/// What held an ACT back, remembered for the burst that waits for it.
enum class ActivateCause : std::uint8_t { bank, window };

/// Earliest clocks of one bank.
struct BankTimers {
  Clock activate = 0;
  Clock precharge = 0;
  Clock column[2] = {0, 0};
  Clock preparing_since = -1;  ///< first command towards the row being opened; -1: none
  ActivateCause cause = ActivateCause::bank;
};

/// Earliest clock of every command, from the commands issued so far. Clocks are those at which a command
/// starts on its bus; the buses themselves are not in here.
class Timers {
 public:
  Timers(const CommandTiming& timing, std::int64_t bank_groups)
      : t_(&timing), group_mask_(static_cast<std::int32_t>(bank_groups - 1)) {}

  [[nodiscard]] const BankTimers& bank(std::int32_t b) const { return banks_[static_cast<std::size_t>(b)]; }
  [[nodiscard]] BankTimers& bank(std::int32_t b) { return banks_[static_cast<std::size_t>(b)]; }
  [[nodiscard]] std::int32_t group(std::int32_t b) const { return b & group_mask_; }

  [[nodiscard]] Clock column(std::int32_t b, int direction) const {
    return std::max({bank(b).column[direction], group_column(b, direction), column_[direction]});
  }
  [[nodiscard]] Clock activate(std::int32_t b) const { return std::max(bank(b).activate, activate_limit(b)); }
  [[nodiscard]] Clock precharge(std::int32_t b) const { return std::max(bank(b).precharge, precharge_); }
  [[nodiscard]] Clock precharge_all(BankMask open) const {
    Clock c = precharge_;
    for (; open != 0; open &= open - 1) c = std::max(c, bank(std::countr_zero(open)).precharge);
    return c;
  }
  [[nodiscard]] Clock refresh() const { return refresh_; }
  /// By tRRD and tFAW alone.
  [[nodiscard]] Clock activate_limit(std::int32_t b) const {
    return std::max({groups_[group_index(b)].activate, activate_, window_[oldest_act_]});
  }
  /// By tCCD and turnaround of the bank's group, and of the channel.
  [[nodiscard]] Clock group_column(std::int32_t b, int direction) const {
    return groups_[group_index(b)].column[direction];
  }
  [[nodiscard]] Clock channel_column(int direction) const { return column_[direction]; }

  void on_activate(std::int32_t b, Clock c) {
    BankTimers& own = bank(b);
    own.column[read] = c + t_->act_to_column[read];
    own.column[write] = c + t_->act_to_column[write];
    own.precharge = std::max(own.precharge, c + t_->act_to_pre);
    own.activate = c + t_->act_to_act;
    activate_ = c + t_->act_to_act_s;
    groups_[group_index(b)].activate = c + t_->act_to_act_l;
    window_[oldest_act_] = c + t_->act_window;
    oldest_act_ = (oldest_act_ + 1) & 3;
    refresh_ = std::max(refresh_, c + t_->act_to_ref);
  }
  void on_precharge(std::int32_t b, Clock c) {
    bank(b).activate = std::max(bank(b).activate, c + t_->pre_to_act);
    precharge_ = c + t_->pre_to_pre;
    refresh_ = std::max(refresh_, c + t_->pre_to_ref);
  }
  void on_precharge_all(Clock c) {
    for (BankTimers& b : banks_) b.activate = std::max(b.activate, c + t_->pre_all_to_act);
    precharge_ = c + t_->pre_to_pre;
    refresh_ = std::max(refresh_, c + t_->pre_all_to_ref);
  }
  void on_refresh(Clock c) {
    for (BankTimers& b : banks_) b.activate = std::max(b.activate, c + t_->ref_to_act);
    refresh_ = c + t_->ref_to_act;
  }
  /// A read or write of one bank; the last of several to this bank is enough.
  void on_column(std::int32_t b, int direction, Clock c) {
    BankTimers& own = bank(b);
    own.precharge = std::max(own.precharge, c + t_->column_to_pre[direction]);
    GroupTimers& g = groups_[group_index(b)];
    g.column[direction] = std::max(g.column[direction], c + t_->column_l);
    g.column[1 - direction] = std::max(g.column[1 - direction], c + t_->turn_l[direction]);
    column_[direction] = std::max(column_[direction], c + t_->column_s);
    column_[1 - direction] = std::max(column_[1 - direction], c + t_->turn_s[direction]);
  }

 private:
  struct GroupTimers {
    Clock column[2] = {0, 0};
    Clock activate = 0;
  };
  [[nodiscard]] std::size_t group_index(std::int32_t b) const { return static_cast<std::size_t>(group(b)); }

  const CommandTiming* t_;
  std::int32_t group_mask_;
  std::array<BankTimers, max_banks> banks_{};
  std::array<GroupTimers, max_banks> groups_{};
  Clock column_[2] = {0, 0};
  Clock activate_ = 0;
  std::array<Clock, 4> window_{};  ///< when each of the last four ACTs leaves the tFAW window
  std::size_t oldest_act_ = 0;
  Clock precharge_ = 0;
  Clock refresh_ = 0;
};

}  // namespace ssmscope::dram
