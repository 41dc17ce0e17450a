// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace statelane {

inline constexpr std::size_t max_objectives = 8;

/// A point of a space in its objectives, all to be made small. Entries beyond the objectives are 0.
struct Contender {
  std::uint64_t index = 0;
  std::array<double, max_objectives> value{};
  bool operator==(const Contender&) const = default;
};

/// Whether `a` is nowhere worse than `b`.
[[nodiscard]] inline bool covers(const Contender& a, const Contender& b, std::size_t objectives) {
  for (std::size_t i = 0; i < objectives; ++i) {
    if (a.value[i] > b.value[i]) return false;
  }
  return true;
}

/// Whether `a` makes `b` superfluous: nowhere worse and somewhere better, or equal everywhere with a smaller
/// index. With this tie-break the front of a set does not depend on the order it is met in.
[[nodiscard]] inline bool beats(const Contender& a, const Contender& b, std::size_t objectives) {
  if (!covers(a, b, objectives)) return false;
  return a.value != b.value || a.index < b.index;
}

}  // namespace statelane
