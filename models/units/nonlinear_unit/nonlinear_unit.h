// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/units/approximation.h"
#include "models/units/multiplier.h"
#include "models/units/unit.h"

namespace statelane {

/// Lanes of a scalar function: softplus, exp or SiLU by table, by straight pieces, or in floating point;
/// operators that multiply first (delta * A) bring their multiplier along.
class NonlinearUnit final : public UnitKind<NonlinearUnit> {
 public:
  static constexpr std::string_view kind_name = "nonlinear_unit";

  std::int64_t lanes = 8;
  Approximation method = Approximation::table;
  std::int64_t segments = 8;    ///< of a piecewise-linear function
  std::int64_t entries = 4096;  ///< of a table
  Multiplier multiplier = Multiplier::dsp;
  std::int64_t ii = 1;
  Cycles latency{8};

  bool operator==(const NonlinearUnit&) const = default;
  [[nodiscard]] bool executes(const Arithmetic& a) const override {
    return a.kind == ArithmeticKind::nonlinear;
  }
  [[nodiscard]] FiringTime time(const Work& work, Hertz clock) const override;
  [[nodiscard]] std::int64_t row_lanes() const override { return lanes; }
  void circuit(const CircuitInputs& inputs, Circuit& circuit) const override;
  [[nodiscard]] HlsView hls_view(const Arithmetic& arithmetic) const override;
};

template <>
struct Describe<NonlinearUnit> {
  static const Table<NonlinearUnit>& table();
};

}  // namespace statelane
