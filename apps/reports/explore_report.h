// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <string>

#include "explore/search/explorer.h"

namespace statelane {

/// Tells how far an exploration is: a line that is rewritten on a terminal, JSON lines for machines, or
/// nothing.
class ProgressLine {
 public:
  enum class Form { none, terminal, json };
  explicit ProgressLine(Form form) : form_(form) {}
  ProgressLine(const ProgressLine&) = delete;
  ProgressLine& operator=(const ProgressLine&) = delete;
  ~ProgressLine();
  void show(const ExploreProgress& progress);

 private:
  using Clock = std::chrono::steady_clock;
  Form form_;
  std::string phase_;
  Clock::time_point phase_start_ = Clock::now();
  Clock::time_point last_;
  std::uint64_t done_ = 0;
  std::size_t width_ = 0;
};

/// What an exploration came to, for people.
[[nodiscard]] std::string explore_text(const std::string& sweep, const ExploreResult& result, double seconds);

}  // namespace statelane
