// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/units/unit.h"

namespace statelane {

/// Hadamard transform as a product with a fixed matrix of +-1: every result adds `points` inputs, `adders` of
/// them a beat in each of `lanes` results (LightMamba's 40-point stage, and its matrix-multiply alternative
/// to the FHT). As the second stage of a Kronecker product it takes the order the first stage leaves: 5120 /
/// 128 = 40, 4096 / 128 = 32.
class HadamardMatrix final : public UnitKind<HadamardMatrix> {
 public:
  static constexpr std::string_view kind_name = "hadamard_matrix";

  std::int64_t points = 40;  ///< order, where `within` is 0; otherwise the largest order it is built for
  std::int64_t within = 0;   ///< points of the stage before; the order is then the vector's length over this
  std::int64_t lanes = 8;
  std::int64_t adders = 40;  ///< inputs added to one result a beat
  std::int64_t ii = 1;
  Cycles latency{8};

  bool operator==(const HadamardMatrix&) const = default;
  [[nodiscard]] bool executes(const Arithmetic& a) const override {
    return a.kind == ArithmeticKind::transform;
  }
  [[nodiscard]] FiringTime time(const Work& work, Hertz clock) const override;
  [[nodiscard]] std::int64_t row_lanes() const override { return lanes; }
  void circuit(const CircuitInputs& inputs, Circuit& circuit) const override;
  [[nodiscard]] HlsView hls_view(const Arithmetic& arithmetic) const override;
  [[nodiscard]] std::string refuses(const Work& work) const override;
  [[nodiscard]] std::int64_t transform_points(std::int64_t rows) const override {
    return within > 0 ? rows / within : points;
  }
};

template <>
struct Describe<HadamardMatrix> {
  static const Table<HadamardMatrix>& table();
};

}  // namespace statelane
