// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace statelane::dram {

/// Clocks inside the core; Cycles at its surface.
using Clock = std::int64_t;
/// Later than any clock.
inline constexpr Clock never = INT64_MAX / 4;

/// A transaction in the channel.
struct Transaction {
  std::uint64_t id = 0;
  std::uint64_t burst = 0;    ///< number of its first burst
  std::int64_t bursts = 0;    ///< all
  std::int64_t unserved = 0;  ///< without a column command yet
  std::int64_t order = 0;     ///< of arrival, over both directions
  Clock arrival = 0;
  Clock pace = 0;
  Clock first_data = -1;
};

/// Transactions of one direction in order of arrival, named by a counter that never repeats. Those at the
/// front that are served leave; the storage grows when full and is never given back.
class TransactionRing {
 public:
  TransactionRing() : slots_(64) {}
  [[nodiscard]] std::int64_t front() const { return front_; }
  [[nodiscard]] std::int64_t end() const { return end_; }
  [[nodiscard]] Transaction& operator[](std::int64_t n) { return slots_[slot(n)]; }
  [[nodiscard]] const Transaction& operator[](std::int64_t n) const { return slots_[slot(n)]; }

  void push(const Transaction& t) {
    if (end_ - front_ == static_cast<std::int64_t>(slots_.size())) grow();
    slots_[slot(end_++)] = t;
  }
  /// Drops served transactions from the front.
  void drop_served() {
    while (front_ < end_ && slots_[slot(front_)].unserved == 0) ++front_;
  }

 private:
  [[nodiscard]] std::size_t slot(std::int64_t n) const {
    return static_cast<std::size_t>(n) & (slots_.size() - 1);
  }
  void grow() {
    std::vector<Transaction> larger(slots_.size() * 2);
    for (std::int64_t n = front_; n < end_; ++n) {
      larger[static_cast<std::size_t>(n) & (larger.size() - 1)] = slots_[slot(n)];
    }
    slots_.swap(larger);
  }

  std::vector<Transaction> slots_;  ///< a power of two of them
  std::int64_t front_ = 0;
  std::int64_t end_ = 0;
};

/// A first-in first-out queue of values without allocation once it has grown.
template <class T>
class Fifo {
 public:
  Fifo() : slots_(64) {}
  [[nodiscard]] bool empty() const { return front_ == end_; }
  [[nodiscard]] const T& front() const { return slots_[front_ & (slots_.size() - 1)]; }
  void pop() { ++front_; }
  void push(const T& value) {
    if (end_ - front_ == slots_.size()) grow();
    slots_[end_++ & (slots_.size() - 1)] = value;
  }

 private:
  void grow() {
    std::vector<T> larger(slots_.size() * 2);
    for (std::size_t n = front_; n != end_; ++n) {
      larger[n & (larger.size() - 1)] = slots_[n & (slots_.size() - 1)];
    }
    slots_.swap(larger);
  }
  std::vector<T> slots_;
  std::size_t front_ = 0;
  std::size_t end_ = 0;
};

}  // namespace statelane::dram
