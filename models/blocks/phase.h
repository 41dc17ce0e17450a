// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

namespace statelane {

enum class PhaseKind : std::uint8_t {
  decode,   ///< `length` tokens, one after the other, for each of `batch` sequences
  prefill,  ///< a prompt of `length` tokens
};

/// What the network is asked to do.
struct Phase {
  PhaseKind kind = PhaseKind::decode;
  std::int64_t length = 1;
  std::int64_t batch = 1;

  [[nodiscard]] std::int64_t tokens() const { return length * batch; }
  bool operator==(const Phase&) const = default;
};

}  // namespace statelane
