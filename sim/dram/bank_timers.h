// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>

#include "sim/dram/burst_queue.h"
#include "sim/dram/command_timing.h"

namespace statelane::dram {

/// What held an ACT back, remembered for the burst that waits for it.
enum class ActivateCause : std::uint8_t { bank, window };

/// What a bank remembers of the row it opened last.
struct BankNotes {
  Clock preparing_since = -1;  ///< first command towards the row being opened; -1: none
  ActivateCause cause = ActivateCause::bank;
};

/// Earliest clock of every command, from the commands issued so far. Clocks are those at which a command
/// starts on its bus; the buses themselves are not in here.
class Timers {
 public:
  Timers(const CommandTiming& timing, std::int64_t bank_groups)
      : t_(&timing), group_mask_(static_cast<std::int32_t>(bank_groups - 1)) {}

  [[nodiscard]] BankNotes& notes(std::int32_t b) { return notes_[index(b)]; }
  [[nodiscard]] std::int32_t group(std::int32_t b) const { return b & group_mask_; }

  [[nodiscard]] Clock column(std::int32_t b, int direction) const {
    return std::max({bank_column(b, direction), group_column(b, direction), column_[direction]});
  }
  /// The parts of column(): by the bank (tRCD), by tCCD and turnaround of its group, and of the channel.
  [[nodiscard]] Clock bank_column(std::int32_t b, int direction) const {
    return bank_column_[direction][index(b)];
  }
  [[nodiscard]] Clock group_column(std::int32_t b, int direction) const {
    return group_column_[direction][index(group(b))];
  }
  [[nodiscard]] Clock channel_column(int direction) const { return column_[direction]; }

  [[nodiscard]] Clock activate(std::int32_t b) const { return std::max(bank_activate(b), activate_limit(b)); }
  /// The parts of activate(): by the bank, by tRRD and tFAW of its group and the channel, of the channel
  /// alone.
  [[nodiscard]] Clock bank_activate(std::int32_t b) const { return bank_activate_[index(b)]; }
  [[nodiscard]] Clock own_activate(std::int32_t b) const {
    return std::max(bank_activate(b), group_activate_[index(group(b))]);
  }
  [[nodiscard]] Clock activate_limit(std::int32_t b) const {
    return std::max(group_activate_[index(group(b))], channel_activate());
  }
  [[nodiscard]] Clock channel_activate() const { return std::max(activate_, window_[oldest_act_]); }

  [[nodiscard]] Clock precharge(std::int32_t b) const { return std::max(bank_precharge(b), precharge_); }
  /// The parts of precharge(): by the bank, and of the channel.
  [[nodiscard]] Clock bank_precharge(std::int32_t b) const { return bank_precharge_[index(b)]; }
  [[nodiscard]] Clock channel_precharge() const { return precharge_; }
  [[nodiscard]] Clock precharge_all(BankMask open) const {
    Clock c = precharge_;
    for (; open != 0; open &= open - 1) c = std::max(c, bank_precharge_[index(std::countr_zero(open))]);
    return c;
  }
  [[nodiscard]] Clock refresh() const { return refresh_; }

  void on_activate(std::int32_t b, Clock c) {
    const std::size_t i = index(b);
    bank_column_[read][i] = c + t_->act_to_column[read];
    bank_column_[write][i] = c + t_->act_to_column[write];
    bank_precharge_[i] = std::max(bank_precharge_[i], c + t_->act_to_pre);
    bank_activate_[i] = c + t_->act_to_act;
    activate_ = c + t_->act_to_act_s;
    group_activate_[index(group(b))] = c + t_->act_to_act_l;
    window_[oldest_act_] = c + t_->act_window;
    oldest_act_ = (oldest_act_ + 1) & 3;
    refresh_ = std::max(refresh_, c + t_->act_to_ref);
  }
  void on_precharge(std::int32_t b, Clock c) {
    bank_activate_[index(b)] = std::max(bank_activate_[index(b)], c + t_->pre_to_act);
    precharge_ = c + t_->pre_to_pre;
    refresh_ = std::max(refresh_, c + t_->pre_to_ref);
  }
  void on_precharge_all(Clock c) {
    for (Clock& a : bank_activate_) a = std::max(a, c + t_->pre_all_to_act);
    precharge_ = c + t_->pre_to_pre;
    refresh_ = std::max(refresh_, c + t_->pre_all_to_ref);
  }
  void on_refresh(Clock c) {
    for (Clock& a : bank_activate_) a = std::max(a, c + t_->ref_to_act);
    refresh_ = c + t_->ref_to_act;
  }
  /// A read or write of one bank; the last of several to this bank is enough.
  void on_column(std::int32_t b, int direction, Clock c) {
    const int other = 1 - direction;
    Clock& precharge = bank_precharge_[index(b)];
    precharge = std::max(precharge, c + t_->column_to_pre[direction]);
    const std::size_t g = index(group(b));
    raise(group_column_[direction][g], c + t_->column_l);
    raise(group_column_[other][g], c + t_->turn_l[direction]);
    raise(column_[direction], c + t_->column_s);
    raise(column_[other], c + t_->turn_s[direction]);
  }

 private:
  static std::size_t index(std::int32_t b) { return static_cast<std::size_t>(b); }
  static void raise(Clock& c, Clock to) { c = std::max(c, to); }

  const CommandTiming* t_;
  std::int32_t group_mask_;
  // One array a command, so that a search over banks reads few cache lines.
  std::array<Clock, max_banks> bank_activate_{};
  std::array<Clock, max_banks> bank_precharge_{};
  std::array<Clock, max_banks> bank_column_[2]{};
  std::array<Clock, max_banks> group_column_[2]{};
  std::array<Clock, max_banks> group_activate_{};
  std::array<BankNotes, max_banks> notes_{};
  Clock column_[2] = {0, 0};
  Clock activate_ = 0;
  std::array<Clock, 4> window_{};  ///< when each of the last four ACTs leaves the tFAW window
  std::size_t oldest_act_ = 0;
  Clock precharge_ = 0;
  Clock refresh_ = 0;
};

}  // namespace statelane::dram
