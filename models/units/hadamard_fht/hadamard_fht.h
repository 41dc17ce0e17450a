// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/units/unit.h"

namespace statelane {

/// Streaming fast Hadamard transform of `points` points: log2(points) butterfly stages, each one core and two
/// FIFOs, a vector of `lanes` elements a beat (LightMamba's 128-point HTU stage).
class HadamardFht final : public UnitKind<HadamardFht> {
 public:
  static constexpr std::string_view kind_name = "hadamard_fht";

  std::int64_t points = 128;
  std::int64_t lanes = 8;
  std::int64_t ii = 1;
  Cycles stage_latency{2};  ///< register stages of one butterfly

  [[nodiscard]] std::int64_t transform_points(std::int64_t /*rows*/) const override { return points; }
  bool operator==(const HadamardFht&) const = default;
  [[nodiscard]] bool executes(const Arithmetic& a) const override {
    return a.kind == ArithmeticKind::transform;
  }
  [[nodiscard]] FiringTime time(const Work& work, Hertz clock) const override;
  [[nodiscard]] std::int64_t row_lanes() const override { return lanes; }
  void circuit(const CircuitInputs& inputs, Circuit& circuit) const override;
  [[nodiscard]] HlsView hls_view(const Arithmetic& arithmetic) const override;
  [[nodiscard]] std::string refuses(const Work& work) const override;
};

template <>
struct Describe<HadamardFht> {
  static const Table<HadamardFht>& table();
};

}  // namespace statelane
