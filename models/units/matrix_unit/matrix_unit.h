// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/units/multiplier.h"
#include "models/units/unit.h"

namespace statelane {

/// Adder-tree matrix unit: `outputs` lanes, each reducing `inputs` products a beat; inputs * outputs MAC a
/// cycle at ii = 1 (LightMamba's MMU d_in x d_out; FastMamba's six groups of 64 MATs of 4 are inputs = 24,
/// outputs = 64).
class MatrixUnit final : public UnitKind<MatrixUnit> {
 public:
  static constexpr std::string_view kind_name = "matrix_unit";

  std::int64_t inputs = 8;
  std::int64_t outputs = 8;
  std::int64_t groups = 1;  ///< adder trees an output's inputs are split over, joined by a last tree
  Multiplier multiplier = Multiplier::dsp_packed;
  std::int64_t ii = 1;
  Cycles latency{8};

  bool operator==(const MatrixUnit&) const = default;
  [[nodiscard]] bool executes(const Arithmetic& a) const override {
    return a.kind == ArithmeticKind::matrix_product;
  }
  [[nodiscard]] FiringTime time(const Work& work, Hertz clock) const override;
  [[nodiscard]] std::int64_t row_lanes() const override { return outputs; }
  void circuit(const CircuitInputs& inputs, Circuit& circuit) const override;
  [[nodiscard]] HlsView hls_view(const Arithmetic& arithmetic) const override;
};

template <>
struct Describe<MatrixUnit> {
  static const Table<MatrixUnit>& table();
};

}  // namespace statelane
