// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "models/memory/address_map.h"
#include "sim/dram/transaction_ring.h"

namespace statelane::dram {

inline constexpr std::size_t max_banks = 64;
using BankMask = std::uint64_t;
constexpr BankMask bit(std::int32_t bank) {
  return BankMask{1} << bank;
}

/// Which row each bank has open.
struct OpenRows {
  BankMask open = 0;
  std::array<std::int32_t, max_banks> row{};
  [[nodiscard]] bool is(std::int32_t bank, std::int32_t r) const {
    return (open & bit(bank)) != 0 && row[static_cast<std::size_t>(bank)] == r;
  }
};

/// Bursts of one transaction in one row of one bank. Only as many as are in the queue are `queued`; they are
/// served in order, so the next one's age says it all. Consecutive bursts of a stretch lie in 2^lane_bits
/// banks in turn: the runs of these lanes form a block, and ages in a run go up by the number of lanes.
struct Run {
  std::int64_t age = 0;  ///< of the next burst to serve
  std::int64_t transaction = 0;
  std::int32_t queued = 0;
  std::int32_t row = 0;
  std::int32_t bank = 0;
  std::int32_t older = -1;  ///< neighbours in the bank's list
  std::int32_t younger = -1;
};

/// The queue of one direction and the transactions waiting to enter it. Entries are device bursts; they are
/// kept as runs, so that a long transfer costs a handful of numbers. Ages count the bursts admitted; a bank's
/// list of runs is in order of age.
class BurstQueue {
 public:
  /// `step`: the usual distance of acceptances, in clocks (a hint for storing them).
  BurstQueue(const AddressMap& map, std::int64_t capacity, Clock step);

  [[nodiscard]] TransactionRing& transactions() { return ring_; }
  [[nodiscard]] const TransactionRing& transactions() const { return ring_; }
  [[nodiscard]] std::int64_t size() const { return size_; }
  [[nodiscard]] std::int64_t capacity() const { return capacity_; }
  [[nodiscard]] bool full() const { return size_ >= capacity_; }

  /// A burst is left to admit (now or later).
  [[nodiscard]] bool pending() const { return next_ < ring_.end(); }
  /// The transaction the next burst to admit belongs to; pending() holds.
  [[nodiscard]] const Transaction& next_transaction() const { return ring_[next_]; }
  [[nodiscard]] std::int64_t next_index() const { return next_; }
  [[nodiscard]] std::uint64_t next_burst() const {
    return ring_[next_].burst + static_cast<std::uint64_t>(next_offset_);
  }
  /// First clock at which the next burst may enter; `never` if there is none.
  [[nodiscard]] Clock next_arrival() const;
  /// The ages alive span too many to number: a burst has been overtaken that often.
  static constexpr std::int64_t span_limit = 4095;
  [[nodiscard]] bool span_exhausted() const { return admitted_ - oldest_alive_ >= span_limit; }
  void update_oldest_alive();
  /// No queued burst is older; none is span_limit younger.
  [[nodiscard]] std::int64_t oldest_alive() const { return oldest_alive_; }

  /// Takes the next burst in at clock `c`.
  void admit(Clock c, const OpenRows& rows);
  /// The next burst of a run has been served.
  void serve(std::int32_t run, const OpenRows& rows);

  void on_open(std::int32_t bank, std::int32_t row);
  void on_close(BankMask banks);

  /// Banks with queued bursts, and those whose open row one of them wants.
  [[nodiscard]] BankMask waiting() const { return waiting_; }
  [[nodiscard]] BankMask hits() const { return hits_; }
  /// Oldest run of a bank in waiting(), and the oldest one that hits of a bank in hits().
  /// Of other banks -1.
  [[nodiscard]] std::int32_t oldest(std::int32_t bank) const { return lists_[index(bank)].oldest; }
  /// Age of its oldest burst; later than any for other banks.
  [[nodiscard]] std::int64_t oldest_age(std::int32_t bank) const { return oldest_age_[index(bank)]; }
  [[nodiscard]] std::int32_t hit(std::int32_t bank) const { return lists_[index(bank)].hit; }
  [[nodiscard]] std::int64_t hit_age(std::int32_t bank) const { return hit_age_[index(bank)]; }
  /// The banks of hits(), that of the oldest burst first.
  [[nodiscard]] std::span<const std::uint8_t> hits_by_age() const { return {by_age_.data(), hit_count_}; }
  [[nodiscard]] const Run& run(std::int32_t r) const { return runs_[static_cast<std::size_t>(r)]; }
  [[nodiscard]] Clock accepted(std::int64_t age) const {
    return age >= even_from_ ? even_clock_ + (age - even_from_) * even_step_ : accepted_[slot(age)];
  }
  /// From this age on, bursts were accepted `even_step()` clocks apart.
  [[nodiscard]] std::int64_t even_from() const { return even_from_; }
  [[nodiscard]] Clock even_step() const { return even_step_; }
  [[nodiscard]] std::int64_t admitted() const { return admitted_; }
  /// Some queued burst of the bank wants another row than `row`.
  [[nodiscard]] bool has_other_row(std::int32_t bank, std::int32_t row) const;

  /// For regular stretches (see Core's trains).
  [[nodiscard]] std::int32_t lanes() const { return lanes_; }
  [[nodiscard]] std::int32_t block_of(std::int32_t run) const { return run >> lane_bits_; }
  [[nodiscard]] std::int32_t lane_of(std::int32_t run) const { return run & (lanes_ - 1); }
  [[nodiscard]] std::int32_t run_at(std::int32_t block, std::int32_t lane) const {
    return (block << lane_bits_) + lane;
  }
  /// Bursts of a block not yet served, and the block being filled (-1: none).
  [[nodiscard]] std::int64_t unserved(std::int32_t block) const {
    return block_left_[static_cast<std::size_t>(block)];
  }
  [[nodiscard]] std::int32_t intake_block() const { return stretch_left_ > 0 ? block_ : -1; }
  /// How many of the next `n` bursts could enter at `c` if there were room: they have arrived, are not paced,
  /// and come before transaction order `before`. If fewer than n, `next` is when the one after them arrives
  /// (`never` if there is none, or its order keeps it).
  struct Arrived {
    std::int64_t bursts = 0;
    Clock next = never;
  };
  [[nodiscard]] Arrived arrived(std::int64_t n, Clock c, std::int64_t before) const;
  /// How many of the next `n` bursts enter without any bank beginning or ceasing to wait for a row command,
  /// and, if `own` names a block, without a new run outside that.
  [[nodiscard]] std::int64_t quiet(std::int64_t n, const OpenRows& rows, std::int32_t own);
  /// Bank and row of the next burst to enter, after quiet() has been asked.
  [[nodiscard]] std::int32_t next_bank() const { return bank_of_lane(intake_lane()); }
  [[nodiscard]] std::int32_t next_row() const { return base_row_; }
  /// Bursts of the stretch of the next one, it included, still to enter.
  [[nodiscard]] std::int64_t left_of_stretch() {
    if (stretch_left_ == 0) begin_stretch();
    return stretch_left_;
  }
  /// The next n <= left_of_stretch() bursts enter, one every `step` clocks from `first` on.
  void admit_evenly(std::int64_t n, Clock first, Clock step, const OpenRows& rows);
  /// `n` bursts of a block, from `run` on in turn over its lanes, have been served.
  void serve_evenly(std::int32_t run, std::int64_t n, const OpenRows& rows);
  /// How many more ages can be given before the oldest alive must be looked for.
  [[nodiscard]] std::int64_t span_left() const { return span_limit - (admitted_ - oldest_alive_); }

 private:
  struct List {
    std::int32_t oldest = -1;
    std::int32_t youngest = -1;
    std::int32_t hit = -1;
  };
  static constexpr std::int64_t no_age = never - 1;
  static constexpr std::int64_t span = 4096;  ///< ages that have an acceptance clock
  static std::size_t index(std::int32_t bank) { return static_cast<std::size_t>(bank); }
  static std::size_t slot(std::int64_t age) { return static_cast<std::size_t>(age & (span - 1)); }

  void begin_stretch();
  void end_transaction();
  void keep_accepted(std::int64_t n, Clock first, Clock step);
  [[nodiscard]] std::int32_t intake_lane() const {
    return static_cast<std::int32_t>(next_burst_ & static_cast<std::uint64_t>(lanes_ - 1));
  }
  [[nodiscard]] std::int32_t bank_of_lane(std::int32_t lane) const {
    return base_bank_ | lane_bank_[static_cast<std::size_t>(lane)];
  }
  void fill_run(std::int32_t lane, std::int64_t age, std::int32_t count, const OpenRows& rows);
  void set_hit(std::int32_t bank, std::int32_t r);
  void drop_hit(std::int32_t bank);
  void place_by_age(std::int32_t bank, std::size_t from, std::int64_t age);
  void age_hit(std::int32_t bank, std::int64_t age);
  void grow_older(const Run& run);
  void append(std::int32_t r, const OpenRows& rows);
  void unlink(std::int32_t r, const OpenRows& rows);

  const AddressMap* map_;
  std::int64_t capacity_;
  int lane_bits_;
  int stretch_bits_;
  std::int32_t lanes_;
  std::vector<std::int32_t> lane_bank_;  ///< bank bits of a lane

  TransactionRing ring_;
  std::int64_t next_ = 0;          ///< transaction being taken in
  std::int64_t next_offset_ = 0;   ///< its bursts taken in so far
  std::uint64_t next_burst_ = 0;   ///< number of its next burst
  std::int64_t stretch_left_ = 0;  ///< bursts of the stretch begun, not yet taken in
  std::int32_t block_ = -1;
  std::int32_t base_bank_ = 0;
  std::int32_t base_row_ = 0;

  std::int64_t size_ = 0;
  std::int64_t admitted_ = 0;
  std::int64_t oldest_alive_ = 0;  ///< no burst in the queue is older
  BankMask waiting_ = 0;
  BankMask hits_ = 0;
  std::array<List, max_banks> lists_{};
  std::array<std::uint8_t, max_banks> by_age_{};
  std::size_t hit_count_ = 0;
  std::array<std::int64_t, max_banks> oldest_age_;
  std::array<std::int64_t, max_banks> hit_age_{};  ///< age of the next burst of each bank's hit
  std::vector<Run> runs_;
  std::vector<std::int64_t> block_left_;  ///< bursts of a block not yet served, admitted or not
  std::vector<std::int32_t> free_blocks_;
  /// Clocks of acceptance: those of ages from even_from_ on follow from the first, the others are stored.
  std::vector<Clock> accepted_;
  std::int64_t even_from_ = 0;
  Clock even_clock_ = 0;
  Clock even_step_;
};

}  // namespace statelane::dram
