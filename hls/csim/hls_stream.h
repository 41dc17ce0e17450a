// SPDX-License-Identifier: Apache-2.0
// hls::stream for C simulation, with the depth it will have: a write to a full stream and a read from an
// empty one let the other functions of the dataflow region run (csim_tasks.h) until there is room or data. If
// nobody can go on, the simulation stops and says who waits for what: the deadlock the hardware would have.
#pragma once

#include <cstddef>
#include <deque>
#include <string>

#include "csim_tasks.h"

#define STATELANE_CSIM_STREAM 1

namespace hls {

template <class T, int DEPTH = 0>
class stream;

template <class T>
class stream<T, 0> {
 public:
  using value_type = T;
  stream() = default;
  explicit stream(const char* name) : name_(name) {}
  stream(const stream&) = delete;
  stream& operator=(const stream&) = delete;

  /// Words the stream holds; 0: without bound. The second template argument sets it.
  void csim_depth(std::size_t depth) { depth_ = depth; }
  [[nodiscard]] std::size_t csim_peak() const { return peak_; }

  T read() {
    csim::wait([this] { return !queue_.empty(); }, name_, "data of");
    T v = queue_.front();
    queue_.pop_front();
    return v;
  }
  void read(T& v) { v = read(); }
  bool read_nb(T& v) {
    if (queue_.empty()) return false;
    v = read();
    return true;
  }
  void write(const T& v) {
    csim::wait([this] { return depth_ == 0 || queue_.size() < depth_; }, name_, "room in");
    queue_.push_back(v);
    if (queue_.size() > peak_) peak_ = queue_.size();
  }
  bool write_nb(const T& v) {
    if (full()) return false;
    write(v);
    return true;
  }
  stream& operator<<(const T& v) {
    write(v);
    return *this;
  }
  stream& operator>>(T& v) {
    read(v);
    return *this;
  }
  [[nodiscard]] bool empty() const { return queue_.empty(); }
  [[nodiscard]] bool full() const { return depth_ != 0 && queue_.size() >= depth_; }
  [[nodiscard]] std::size_t size() const { return queue_.size(); }
  [[nodiscard]] std::size_t capacity() const { return depth_; }

 private:
  std::string name_ = "stream";
  std::size_t depth_ = 0;
  std::size_t peak_ = 0;
  std::deque<T> queue_;
};

template <class T, int DEPTH>
class stream : public stream<T, 0> {
 public:
  stream() { this->csim_depth(static_cast<std::size_t>(DEPTH)); }
  explicit stream(const char* name) : stream<T, 0>(name) {
    this->csim_depth(static_cast<std::size_t>(DEPTH));
  }
};

}  // namespace hls
