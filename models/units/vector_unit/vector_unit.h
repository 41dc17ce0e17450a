// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/units/multiplier.h"
#include "models/units/unit.h"

namespace statelane {

/// Element-wise pipeline: `lanes` elements a beat, with an adder tree where the operator reduces (h C over
/// d_state). LightMamba's EMUs and FastMamba's PMU, PMA and MAT groups.
class VectorUnit final : public UnitKind<VectorUnit> {
 public:
  static constexpr std::string_view kind_name = "vector_unit";

  std::int64_t lanes = 8;
  Multiplier multiplier = Multiplier::dsp;
  std::int64_t ii = 1;
  Cycles latency{6};
  bool requantise = true;  ///< results are brought back to the operand width (shift for power-of-two scales)
  Bits operand_a{0};       ///< width of one multiplier operand; 0: that of SSM operands
  Bits operand_b{0};       ///< width of the other

  bool operator==(const VectorUnit&) const = default;
  [[nodiscard]] bool executes(const Arithmetic& a) const override {
    return a.kind == ArithmeticKind::elementwise;
  }
  [[nodiscard]] FiringTime time(const Work& work, Hertz clock) const override;
  [[nodiscard]] std::int64_t row_lanes() const override { return lanes; }
  void circuit(const CircuitInputs& inputs, Circuit& circuit) const override;
  [[nodiscard]] HlsView hls_view(const Arithmetic& arithmetic) const override;
};

template <>
struct Describe<VectorUnit> {
  static const Table<VectorUnit>& table();
};

}  // namespace statelane
