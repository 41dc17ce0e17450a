// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/units/multiplier.h"
#include "models/units/unit.h"

namespace statelane {

/// RMSNorm: a pass for the sum of squares and a pass that scales (two passes of C/lanes cycles in
/// LightMamba's public code), then the quantiser of the linear layer behind it.
class NormUnit final : public UnitKind<NormUnit> {
 public:
  static constexpr std::string_view kind_name = "norm_unit";

  std::int64_t lanes = 8;
  std::int64_t passes = 2;
  bool floating = false;  ///< floating-point arithmetic instead of integers and an inverse-root table
  Multiplier multiplier = Multiplier::dsp;
  Bits weight_on_chip{0};  ///< width of a norm weight kept on chip for all layers; 0: none is
  std::int64_t ii = 1;
  Cycles fill{24};  ///< square root between the passes and pipeline refill

  bool operator==(const NormUnit&) const = default;
  [[nodiscard]] bool executes(const Arithmetic& a) const override { return a.kind == ArithmeticKind::norm; }
  [[nodiscard]] FiringTime time(const Work& work, Hertz clock) const override;
  [[nodiscard]] std::int64_t row_lanes() const override { return lanes; }
  void circuit(const CircuitInputs& inputs, Circuit& circuit) const override;
  [[nodiscard]] HlsView hls_view(const Arithmetic& arithmetic) const override;
};

template <>
struct Describe<NormUnit> {
  static const Table<NormUnit>& table();
};

}  // namespace statelane
