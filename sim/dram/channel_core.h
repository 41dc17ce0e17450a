// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

#include "models/memory/address_map.h"
#include "sim/dram/bank_timers.h"
#include "sim/dram/burst_queue.h"
#include "sim/dram/command_timing.h"
#include "sim/dram/dram_channel.h"
#include "sim/dram/time_account.h"

namespace statelane {

/// The controller. One clock goes: bursts enter the queues; refresh may fall due; reads or writes are chosen;
/// then one command starts (one per bus). run() visits only the clocks at which one of these can happen.
///
/// Which command: of all that may start earliest, a column command before a row command, and among equals the
/// one whose request is oldest. A bank's next command is a column command if a queued burst hits its open
/// row, else a precharge (open) or activate (closed) for its oldest burst. A row that was opened serves at
/// least one burst before it is closed again, whatever falls due in between.
class DramChannel::Core {
 public:
  Core(const DramSpec& spec, const DramOptions& options);

  void enqueue(const DramTransaction& transaction);
  void run(dram::Clock until, bool stop_when_served);
  void report(dram::Clock until, std::vector<DramCompletion>& completed);
  [[nodiscard]] std::optional<Cycles> next_event() const;
  [[nodiscard]] dram::Clock completion_bound(int direction) const;
  [[nodiscard]] dram::Clock column_bound(int direction, std::uint64_t burst, dram::Clock arrival) const;
  [[nodiscard]] dram::Clock stretch_bound(int direction) const;
  [[nodiscard]] bool served() const {
    return queue_[0].size() + queue_[1].size() == 0 && !queue_[0].pending() && !queue_[1].pending();
  }

  DramSpec spec;
  DramOptions options;
  DramStats stats;
  dram::Clock committed = 0;
  std::int64_t waiting_bursts = 0;
  dram::Fifo<DramCompletion> done[2];  ///< not reported yet, by direction

 private:
  using Clock = dram::Clock;
  using BankMask = dram::BankMask;

  enum class Kind : std::uint8_t { none, column, activate, precharge, precharge_all, refresh };
  struct Choice {
    Clock start = dram::never;
    Kind kind = Kind::none;
    std::uint8_t direction = 0;
    std::int32_t bank = -1;
    std::int32_t run = -1;
  };

  /// The earliest row command of a kind, of several the one for the oldest burst.
  struct Candidate {
    Clock ready = dram::never;  ///< by its bank and the timers; the command bus may be later
    std::int64_t age = dram::never;
    std::int32_t bank = -1;  ///< -1: none
    bool valid = false;      ///< known
  };

  // Intake and mode (channel_intake.cpp).
  void settle(Clock c);
  Clock take_in(int direction, Clock c);
  void admit(int direction, std::int64_t n, Clock c);
  [[nodiscard]] std::int64_t entering_together(int direction, Clock c);
  [[nodiscard]] Clock next_intake(int direction) const;
  void update_mode();

  // Choice of the next command.
  [[nodiscard]] Clock next_start_bound() const;
  [[nodiscard]] Choice choose();
  [[nodiscard]] Choice best_column() const;
  void consider_columns(BankMask banks, int direction, Choice& best) const;
  [[nodiscard]] Choice refresh_step() const;

  // Row commands (channel_rows.cpp).
  [[nodiscard]] Clock earliest_row();
  [[nodiscard]] Choice oldest_row(Clock start) const;
  void row_wanted(std::int32_t bank);
  void forget_rows();
  void consider_row(Candidate& best, std::int32_t bank, Clock ready) const;
  [[nodiscard]] BankMask precharge_candidates() const;
  [[nodiscard]] BankMask activate_candidates() const;

  // Effects.
  void issue(const Choice& choice, Clock until);
  void issue_column(const Choice& choice);
  void issue_activate(const Choice& choice);
  void issue_precharge(const Choice& choice);
  void issue_precharge_all(Clock c);
  void issue_refresh(Clock c);
  void take_column_bus(Clock c);
  void take_row_bus(Clock c, Clock length);
  void serve_transaction(int direction, std::int64_t transaction, std::int64_t bursts, Clock first,
                         Clock last);
  void log(DramCommand command, std::int32_t bank, std::int32_t row, Clock c) const;

  // Regular stretches (channel_train.cpp).
  struct Train {
    int direction;
    std::int32_t run;  ///< of the first burst
    std::int32_t block;
    Clock first;            ///< start of the first column command
    std::int64_t n;         ///< column commands; only ever lowered
    std::int64_t entering;  ///< bursts that take the slots set free, the first ones in order
    std::int64_t entered;   ///< of those, already in the queue
  };
  bool issue_train(const Choice& choice, Clock until);
  [[nodiscard]] bool lanes_in_step(const Train& t) const;
  [[nodiscard]] std::int64_t limit_by_others(const Train& t, Clock until) const;
  [[nodiscard]] bool limit_by_intake(Train& t) const;
  [[nodiscard]] std::int64_t limit_by_conflicts(const Train& t) const;
  void run_beside(Train& t);
  void enter_quiet(Train& t, std::int64_t k);
  bool enter_unquiet(Train& t);
  [[nodiscard]] Choice row_beside(Train& t, Clock floor);
  void account_train(const Train& t);
  void finish_train(const Train& t);
  void find_train_step();

  AddressMap map_;
  dram::CommandTiming timing_;
  dram::Timers timers_;
  dram::BurstQueue queue_[2];
  dram::OpenRows rows_;
  dram::TimeAccount account_;

  std::int64_t drain_high_;  ///< more writes than this: serve writes
  std::int64_t drain_low_;   ///< fewer writes than this: back to reads
  int mode_ = dram::read;    ///< direction being served
  BankMask owed_ = 0;        ///< opened for a burst that is not served yet ...
  BankMask owed_write_ = 0;  ///< ... which is a write
  bool refresh_pending_ = false;
  Clock refresh_due_;
  Clock settle_at_ = 0;   ///< next clock at which bursts enter or the mode may change
  Clock now_ = 0;         ///< no command starts before
  Clock column_bus_ = 0;  ///< free from
  Clock row_bus_ = 0;
  std::int64_t orders_ = 0;
  Candidate precharge_;  ///< earliest precharge and activate, the oldest of several
  Candidate activate_;
  std::int64_t train_step_ = 0;   ///< clocks between bursts of a regular stretch; 0: no trains
  bool train_exclusive_ = false;  ///< train_step_ leaves room for bursts of other bank groups in between
};

}  // namespace statelane
