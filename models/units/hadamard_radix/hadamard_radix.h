// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/units/unit.h"

namespace statelane {

/// Hadamard transform in passes of a radix-`radix` butterfly: FastMamba's HAT adders of n inputs, 4 side by
/// side, are one radix-4 butterfly a beat and group; a block of 2^k points takes ceil(k / 2) passes. The
/// block is the largest power of two that divides the vector, bounded by `largest_block`.
class HadamardRadix final : public UnitKind<HadamardRadix> {
 public:
  static constexpr std::string_view kind_name = "hadamard_radix";

  std::int64_t radix = 4;
  std::int64_t groups = 6;  ///< butterflies side by side
  std::int64_t largest_block = 65536;
  std::int64_t ii = 1;
  Cycles latency{4};  ///< of one pass

  /// Points of one block for a vector of `rows`.
  [[nodiscard]] std::int64_t block(std::int64_t rows) const;

  [[nodiscard]] std::int64_t transform_points(std::int64_t rows) const override { return block(rows); }
  bool operator==(const HadamardRadix&) const = default;
  [[nodiscard]] bool executes(const Arithmetic& a) const override {
    return a.kind == ArithmeticKind::transform && !a.across_blocks;
  }
  [[nodiscard]] FiringTime time(const Work& work, Hertz clock) const override;
  [[nodiscard]] std::int64_t row_lanes() const override { return radix * groups; }
  void circuit(const CircuitInputs& inputs, Circuit& circuit) const override;
  [[nodiscard]] HlsView hls_view(const Arithmetic& arithmetic) const override;
};

template <>
struct Describe<HadamardRadix> {
  static const Table<HadamardRadix>& table();
};

}  // namespace statelane
