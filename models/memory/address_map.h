// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "models/base/units.h"
#include "models/memory/dram_spec.h"

namespace statelane {

/// Where an address lies in a channel.
struct DramLocation {
  std::int32_t bank = 0;  ///< bank group + bank_groups * bank in the group
  std::int32_t row = 0;
  std::int32_t column = 0;  ///< in bursts
  bool operator==(const DramLocation&) const = default;
};

/// A map's name, its fields from bit 0 up, and whose it is.
struct NamedMap {
  std::string_view name;
  std::string_view fields;
  std::string_view doc;
};

/// How the bits of a burst's number (address / burst bytes) select bank group (bg), bank (ba), column (co)
/// and row (ro). A map is a name of names() or a list of fields from bit 0 up, "bo,bg(1),co,bg(1),ba,ro": a
/// field with a count takes that many bits of its kind, without one all that are left. "bo", the offset
/// inside a burst, comes first and may be left out. Addresses beyond the capacity wrap.
class AddressMap {
 public:
  /// Throws std::invalid_argument (the text says what is wrong) if the text is not a map or does not cover
  /// exactly the bits `geometry` has, i.e. its capacity.
  AddressMap(std::string_view text, const DramGeometry& geometry);

  /// The maps known by name: rbc, bgil, vbgo, rcb, brc, rgbcg.
  [[nodiscard]] static const std::vector<NamedMap>& names();

  /// Location of a burst.
  [[nodiscard]] DramLocation locate(std::uint64_t burst) const {
    return {gather(bank_, burst), gather(row_, burst), gather(column_, burst)};
  }
  [[nodiscard]] std::int32_t bank(std::uint64_t burst) const { return gather(bank_, burst); }
  [[nodiscard]] std::int32_t row(std::uint64_t burst) const { return gather(row_, burst); }
  /// Number of the burst at a location; the inverse of locate().
  [[nodiscard]] std::uint64_t burst_at(const DramLocation& location) const;

  /// log2 of the banks that consecutive bursts cycle over: the bank bits below all column bits.
  [[nodiscard]] int lane_bits() const { return lane_bits_; }
  /// log2 of the bursts of an aligned stretch inside which only those bank bits and the column change.
  [[nodiscard]] int stretch_bits() const { return stretch_bits_; }
  /// log2 of the bursts of the channel.
  [[nodiscard]] int burst_bits() const { return burst_bits_; }

 private:
  struct Piece {
    int shift = 0;           ///< in the burst's number
    std::uint64_t mask = 0;  ///< width, as a mask from bit 0
    int to = 0;              ///< in the result
  };
  /// A kind's bits come from at most four places.
  struct Pieces {
    std::array<Piece, 4> piece;
    int count = 0;
  };
  static std::int32_t gather(const Pieces& p, std::uint64_t burst) {
    std::uint64_t v = 0;
    for (int i = 0; i < p.count; ++i) {
      const Piece& q = p.piece[static_cast<std::size_t>(i)];
      v |= ((burst >> q.shift) & q.mask) << q.to;
    }
    return static_cast<std::int32_t>(v);
  }
  static void scatter(const Pieces& p, std::int32_t value, std::uint64_t& burst);
  static void append(Pieces& p, int shift, int width, int to);

  Pieces bank_, row_, column_;
  int lane_bits_ = 0;
  int stretch_bits_ = 0;
  int burst_bits_ = 0;
};

/// Addresses spread over several channels in granules, round robin.
struct Interleave {
  struct Place {
    std::int64_t channel = 0;
    std::uint64_t address = 0;  ///< in the channel
    bool operator==(const Place&) const = default;
  };
  std::int64_t channels = 1;
  Bytes granule{4096};  ///< consecutive bytes in one channel

  [[nodiscard]] constexpr Place locate(std::uint64_t address) const {
    const auto g = static_cast<std::uint64_t>(granule.count());
    const auto n = static_cast<std::uint64_t>(channels);
    const std::uint64_t index = address / g;
    return {static_cast<std::int64_t>(index % n), index / n * g + address % g};
  }
  /// The inverse of locate().
  [[nodiscard]] constexpr std::uint64_t address(const Place& place) const {
    const auto g = static_cast<std::uint64_t>(granule.count());
    const std::uint64_t index =
        place.address / g * static_cast<std::uint64_t>(channels) + static_cast<std::uint64_t>(place.channel);
    return index * g + place.address % g;
  }
};

}  // namespace statelane
