// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>

#include "models/base/units.h"

namespace statelane {

/// Bytes of one access of a trace or pattern.
inline constexpr Bytes access_bytes{64};

/// One 64-byte access.
struct Access {
  std::uint64_t address = 0;  ///< in bytes; rounded down to a multiple of 64
  bool write = false;
  bool operator==(const Access&) const = default;
};

/// A sequence of accesses of any length, read piece by piece in constant memory.
class AccessSource {
 public:
  virtual ~AccessSource() = default;
  /// Fills the front of `out` with the next accesses; fewer than asked only at the end, then 0. May throw
  /// InputError.
  virtual std::size_t fill(std::span<Access> out) = 0;
};

struct PatternOptions {
  std::uint64_t count = 1'000'000;      ///< accesses
  Bytes region{std::int64_t{1} << 28};  ///< addresses stay below it
  double write_share = 0;               ///< share of accesses that are writes, evenly spread
  std::uint64_t seed = 1;               ///< of `random`
};

/// A pattern by its text:
///   stream          consecutive addresses
///   stride:N        one access every N bytes; after the region's end the next 64 bytes of each
///   random          uniformly random addresses
///   tiles:RxC       a row-major matrix with rows of 8 KiB, read tile by tile: R rows of C bytes each, tiles
///                   from left to right, then the next R rows
///   tiles:RxCxP     the same with rows of P bytes
/// Sizes are multiples of 64 bytes. Throws InputError for anything else.
[[nodiscard]] std::unique_ptr<AccessSource> make_pattern(std::string_view text,
                                                         const PatternOptions& options);

}  // namespace statelane
