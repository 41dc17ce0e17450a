// SPDX-License-Identifier: Apache-2.0
#include "sim/dram/burst_queue.h"

#include <algorithm>
#include <bit>

namespace statelane::dram {

BurstQueue::BurstQueue(const AddressMap& map, std::int64_t capacity, Clock step)
    : map_(&map),
      capacity_(capacity),
      lane_bits_(map.lane_bits()),
      stretch_bits_(map.stretch_bits()),
      lanes_(std::int32_t{1} << map.lane_bits()),
      accepted_(static_cast<std::size_t>(span)),
      even_step_(step) {
  oldest_age_.fill(no_age);
  for (std::int32_t lane = 0; lane < lanes_; ++lane) {
    lane_bank_.push_back(map.bank(static_cast<std::uint64_t>(lane)));
  }
  // Every queued burst may have a block of its own, and one more is being filled.
  const auto blocks = static_cast<std::size_t>(capacity_ + 2);
  runs_.resize(blocks << lane_bits_);
  block_left_.resize(blocks);
  for (std::size_t b = blocks; b-- > 0;) free_blocks_.push_back(static_cast<std::int32_t>(b));
}

Clock BurstQueue::next_arrival() const {
  if (!pending()) return never;
  const Transaction& t = ring_[next_];
  return t.arrival + t.pace * next_offset_;
}

void BurstQueue::begin_stretch() {
  const Transaction& t = ring_[next_];
  next_burst_ = t.burst + static_cast<std::uint64_t>(next_offset_);
  const std::uint64_t stretch = std::uint64_t{1} << stretch_bits_;
  const auto to_end = static_cast<std::int64_t>(stretch - (next_burst_ & (stretch - 1)));
  stretch_left_ = std::min(to_end, t.bursts - next_offset_);
  if (free_blocks_.empty()) {  // a train admits before it serves, so there is no fixed limit
    free_blocks_.push_back(static_cast<std::int32_t>(block_left_.size()));
    block_left_.push_back(0);
    runs_.resize(runs_.size() + static_cast<std::size_t>(lanes_));
  }
  block_ = free_blocks_.back();
  free_blocks_.pop_back();
  block_left_[static_cast<std::size_t>(block_)] = stretch_left_;
  base_bank_ = map_->bank(next_burst_ & ~static_cast<std::uint64_t>(lanes_ - 1));
  base_row_ = map_->row(next_burst_);
}

void BurstQueue::end_transaction() {
  if (next_offset_ == ring_[next_].bursts) {
    ++next_;
    next_offset_ = 0;
  }
}

void BurstQueue::keep_accepted(std::int64_t n, Clock first, Clock step) {
  const bool continues = step == even_step_ || n == 1;
  if (admitted_ > even_from_ && continues && accepted(admitted_) == first) return;
  if (admitted_ - even_from_ > 64) update_oldest_alive();  // of the older ones nobody will ask
  for (std::int64_t a = std::max(even_from_, oldest_alive_); a < admitted_; ++a) {
    accepted_[slot(a)] = even_clock_ + (a - even_from_) * even_step_;
  }
  even_from_ = admitted_;
  even_clock_ = first;
  if (n > 1) even_step_ = step;
}

void BurstQueue::fill_run(std::int32_t lane, std::int64_t age, std::int32_t count, const OpenRows& rows) {
  const std::int32_t r = run_at(block_, lane);
  Run& run = runs_[static_cast<std::size_t>(r)];
  if (run.queued == 0) {
    run.age = age;
    run.transaction = next_;
    run.row = base_row_;
    run.bank = bank_of_lane(lane);
    append(r, rows);
  }
  run.queued += count;
}

void BurstQueue::admit(Clock c, const OpenRows& rows) {
  if (stretch_left_ == 0) begin_stretch();
  keep_accepted(1, c, even_step_);
  fill_run(intake_lane(), admitted_, 1, rows);
  ++admitted_;
  ++size_;
  ++next_burst_;
  ++next_offset_;
  --stretch_left_;
  end_transaction();
}

// Puts a bank where its age belongs, the places before `from` being free to move up from.
void BurstQueue::place_by_age(std::int32_t bank, std::size_t from, std::int64_t age) {
  std::size_t i = from;
  for (; i + 1 < hit_count_ && hit_age_[by_age_[i + 1]] < age; ++i) by_age_[i] = by_age_[i + 1];
  by_age_[i] = static_cast<std::uint8_t>(bank);
  hit_age_[index(bank)] = age;
}

void BurstQueue::set_hit(std::int32_t bank, std::int32_t r) {
  const std::int64_t age = runs_[static_cast<std::size_t>(r)].age;
  lists_[index(bank)].hit = r;
  if ((hits_ & bit(bank)) != 0) return age_hit(bank, age);
  hits_ |= bit(bank);
  // New hits are mostly the youngest: look for their place from the end.
  std::size_t i = hit_count_++;
  for (; i > 0 && hit_age_[by_age_[i - 1]] > age; --i) by_age_[i] = by_age_[i - 1];
  by_age_[i] = static_cast<std::uint8_t>(bank);
  hit_age_[index(bank)] = age;
}

void BurstQueue::age_hit(std::int32_t bank, std::int64_t age) {
  std::size_t i = 0;
  while (by_age_[i] != bank) ++i;
  place_by_age(bank, i, age);
}

void BurstQueue::drop_hit(std::int32_t bank) {
  if ((hits_ & bit(bank)) == 0) return;
  hits_ &= ~bit(bank);
  std::size_t i = 0;
  while (by_age_[i] != bank) ++i;
  for (--hit_count_; i < hit_count_; ++i) by_age_[i] = by_age_[i + 1];
}

// The first burst of a run, a hit, has been served.
void BurstQueue::grow_older(const Run& run) {
  age_hit(run.bank, run.age);
  if (run.older < 0) oldest_age_[index(run.bank)] = run.age;
}

void BurstQueue::on_close(BankMask banks) {
  for (BankMask m = banks & hits_; m != 0; m &= m - 1) drop_hit(std::countr_zero(m));
}

void BurstQueue::append(std::int32_t r, const OpenRows& rows) {
  Run& run = runs_[static_cast<std::size_t>(r)];
  List& list = lists_[index(run.bank)];
  run.older = list.youngest;
  run.younger = -1;
  if (list.youngest >= 0) {
    runs_[static_cast<std::size_t>(list.youngest)].younger = r;
  } else {
    list.oldest = r;
    oldest_age_[index(run.bank)] = run.age;
  }
  list.youngest = r;
  waiting_ |= bit(run.bank);
  if ((hits_ & bit(run.bank)) == 0 && rows.is(run.bank, run.row)) set_hit(run.bank, r);
}

void BurstQueue::unlink(std::int32_t r, const OpenRows& rows) {
  const Run& run = runs_[static_cast<std::size_t>(r)];
  List& list = lists_[index(run.bank)];
  if (run.older >= 0) {
    runs_[static_cast<std::size_t>(run.older)].younger = run.younger;
  } else {
    list.oldest = run.younger;
    oldest_age_[index(run.bank)] =
        run.younger >= 0 ? runs_[static_cast<std::size_t>(run.younger)].age : no_age;
  }
  (run.younger >= 0 ? runs_[static_cast<std::size_t>(run.younger)].older : list.youngest) = run.older;
  if (list.oldest < 0) {
    waiting_ &= ~bit(run.bank);
    return drop_hit(run.bank);
  }
  if (list.hit != r || (hits_ & bit(run.bank)) == 0) return;
  // Older runs of this bank want other rows, or they would have been the hit.
  for (std::int32_t i = run.younger; i >= 0; i = runs_[static_cast<std::size_t>(i)].younger) {
    if (rows.is(run.bank, runs_[static_cast<std::size_t>(i)].row)) return set_hit(run.bank, i);
  }
  drop_hit(run.bank);
}

void BurstQueue::serve(std::int32_t r, const OpenRows& rows) {
  Run& run = runs_[static_cast<std::size_t>(r)];
  run.age += lanes_;
  --size_;
  if (--run.queued == 0) {
    unlink(r, rows);
  } else {
    grow_older(run);
  }
  const std::int32_t block = block_of(r);
  if (--block_left_[static_cast<std::size_t>(block)] == 0) free_blocks_.push_back(block);
}

void BurstQueue::on_open(std::int32_t bank, std::int32_t row) {
  List& list = lists_[index(bank)];
  for (std::int32_t i = list.oldest; i >= 0; i = runs_[static_cast<std::size_t>(i)].younger) {
    if (runs_[static_cast<std::size_t>(i)].row == row) return set_hit(bank, i);
  }
}

bool BurstQueue::has_other_row(std::int32_t bank, std::int32_t row) const {
  const List& list = lists_[index(bank)];
  for (std::int32_t i = list.oldest; i >= 0; i = runs_[static_cast<std::size_t>(i)].younger) {
    if (runs_[static_cast<std::size_t>(i)].row != row) return true;
  }
  return false;
}

void BurstQueue::update_oldest_alive() {
  oldest_alive_ = admitted_;
  for (BankMask m = waiting_; m != 0; m &= m - 1) {
    oldest_alive_ = std::min(oldest_alive_, oldest_age(std::countr_zero(m)));
  }
}

BurstQueue::Arrived BurstQueue::arrived(std::int64_t n, Clock c, std::int64_t before) const {
  std::int64_t count = -next_offset_;
  Clock next = never;
  for (std::int64_t t = next_; t < ring_.end() && count < n; ++t) {
    const Transaction& x = ring_[t];
    if (x.order > before) break;
    if (x.arrival > c || x.pace != 0) {
      next = t == next_ ? next_arrival() : x.arrival;
      break;
    }
    count += x.bursts;
  }
  return {std::clamp<std::int64_t>(count, 0, n), next};
}

std::int64_t BurstQueue::quiet(std::int64_t n, const OpenRows& rows, std::int32_t own) {
  if (stretch_left_ == 0) begin_stretch();
  const std::int64_t most = std::min(n, stretch_left_);
  for (std::int64_t i = 0; i < std::min<std::int64_t>(most, lanes_); ++i) {
    const auto lane = static_cast<std::int32_t>((next_burst_ + static_cast<std::uint64_t>(i)) &
                                                static_cast<std::uint64_t>(lanes_ - 1));
    if (runs_[static_cast<std::size_t>(run_at(block_, lane))].queued > 0) continue;
    if (own >= 0 && block_ != own) return i;
    const std::int32_t bank = bank_of_lane(lane);
    const bool begins = !rows.is(bank, base_row_);
    const bool stops = (waiting_ & ~hits_ & bit(bank)) != 0;
    if (begins || stops) return i;
  }
  return most;
}

void BurstQueue::admit_evenly(std::int64_t n, Clock first, Clock step, const OpenRows& rows) {
  const std::int32_t lane = intake_lane();
  const auto each = static_cast<std::int32_t>(n >> lane_bits_);
  const auto rest = static_cast<std::int32_t>(n & (lanes_ - 1));
  keep_accepted(n, first, step);
  for (std::int32_t i = 0; i < lanes_; ++i) {
    const std::int32_t count = each + (i < rest ? 1 : 0);
    if (count == 0) break;
    fill_run((lane + i) & (lanes_ - 1), admitted_ + i, count, rows);
  }
  admitted_ += n;
  size_ += n;
  next_burst_ += static_cast<std::uint64_t>(n);
  next_offset_ += n;
  stretch_left_ -= n;
  end_transaction();
}

void BurstQueue::serve_evenly(std::int32_t r, std::int64_t n, const OpenRows& rows) {
  const std::int32_t block = block_of(r);
  const std::int32_t lane = lane_of(r);
  const auto each = static_cast<std::int32_t>(n >> lane_bits_);
  const auto rest = static_cast<std::int32_t>(n & (lanes_ - 1));
  for (std::int32_t i = 0; i < lanes_; ++i) {
    const std::int32_t count = each + (i < rest ? 1 : 0);
    if (count == 0) break;
    const std::int32_t s = run_at(block, (lane + i) & (lanes_ - 1));
    Run& run = runs_[static_cast<std::size_t>(s)];
    run.age += std::int64_t{count} << lane_bits_;
    run.queued -= count;
    if (run.queued == 0) {
      unlink(s, rows);
    } else {
      grow_older(run);
    }
  }
  size_ -= n;
  std::int64_t& left = block_left_[static_cast<std::size_t>(block)];
  left -= n;
  if (left == 0) free_blocks_.push_back(block);
}

}  // namespace statelane::dram
