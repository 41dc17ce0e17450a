// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/units/multiplier.h"
#include "models/units/unit.h"

namespace statelane {

/// Causal depthwise convolution: `lanes` channels in `ii` cycles, all taps in parallel.
class ConvUnit final : public UnitKind<ConvUnit> {
 public:
  static constexpr std::string_view kind_name = "conv_unit";

  std::int64_t lanes = 8;
  std::int64_t taps = 4;
  Multiplier multiplier = Multiplier::dsp;
  std::int64_t ii = 1;
  Cycles latency{6};

  bool operator==(const ConvUnit&) const = default;
  [[nodiscard]] bool executes(const Arithmetic& a) const override {
    return a.kind == ArithmeticKind::convolution;
  }
  [[nodiscard]] FiringTime time(const Work& work, Hertz clock) const override;
  [[nodiscard]] std::int64_t row_lanes() const override { return lanes; }
  void circuit(const CircuitInputs& inputs, Circuit& circuit) const override;
  [[nodiscard]] HlsView hls_view(const Arithmetic& arithmetic) const override;
};

template <>
struct Describe<ConvUnit> {
  static const Table<ConvUnit>& table();
};

}  // namespace statelane
