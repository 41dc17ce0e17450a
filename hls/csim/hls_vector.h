// SPDX-License-Identifier: Apache-2.0
// hls::vector for C simulation: N elements that move together.
#pragma once

#include <cstddef>

namespace hls {

template <class T, std::size_t N>
class vector {
 public:
  using value_type = T;
  vector() = default;
  explicit vector(const T& all) {
    for (std::size_t i = 0; i < N; ++i) at_[i] = all;
  }
  static constexpr std::size_t size() { return N; }
  T& operator[](std::size_t i) { return at_[i]; }
  const T& operator[](std::size_t i) const { return at_[i]; }
  bool operator==(const vector& o) const {
    for (std::size_t i = 0; i < N; ++i) {
      if (!(at_[i] == o.at_[i])) return false;
    }
    return true;
  }
  bool operator!=(const vector& o) const { return !(*this == o); }

 private:
  T at_[N] = {};
};

}  // namespace hls
