// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <vector>

#include "explore/space/contender.h"

namespace statelane {

/// The candidates that none of those added beats. What is asked for most moves to the front of the list, so
/// that a dominated candidate is found out after a few comparisons.
class Archive {
 public:
  explicit Archive(std::size_t objectives) : objectives_(objectives) {}

  /// Whether a member beats `c`.
  bool beaten(const Contender& c) {
    for (std::size_t i = 0; i < members_.size(); ++i) {
      if (!beats(members_[i], c, objectives_)) continue;
      if (i > 0) std::swap(members_[i], members_[i / 2]);
      return true;
    }
    return false;
  }
  /// Adds `c` unless it is beaten or there, and removes what it beats. True if it was added.
  bool add(const Contender& c) {
    for (std::size_t i = 0; i < members_.size(); ++i) {
      if (!beats(members_[i], c, objectives_) && !(members_[i] == c)) continue;
      if (i > 0) std::swap(members_[i], members_[i / 2]);
      return false;
    }
    std::erase_if(members_, [&](const Contender& m) { return beats(c, m, objectives_); });
    members_.push_back(c);
    return true;
  }
  [[nodiscard]] const std::vector<Contender>& members() const { return members_; }
  [[nodiscard]] std::size_t size() const { return members_.size(); }
  /// The members by index.
  [[nodiscard]] std::vector<Contender> sorted() const {
    std::vector<Contender> out = members_;
    std::sort(out.begin(), out.end(),
              [](const Contender& a, const Contender& b) { return a.index < b.index; });
    return out;
  }

 private:
  std::size_t objectives_;
  std::vector<Contender> members_;
};

}  // namespace statelane
