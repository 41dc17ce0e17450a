// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/units/unit.h"

namespace statelane {

/// The processor beside the fabric that computes final norm and LM head (LightMamba's public code leaves
/// embedding, final norm and LM head to the ARM host in fp16). The matrix-vector product streams its weights
/// once: time is bytes over the host's memory bandwidth.
class HostProcessor final : public UnitKind<HostProcessor> {
 public:
  static constexpr std::string_view kind_name = "host_processor";

  BytesPerSecond bandwidth{10e9};
  Bits weight{16};

  bool operator==(const HostProcessor&) const = default;
  [[nodiscard]] bool executes(const Arithmetic& a) const override {
    return a.kind == ArithmeticKind::matrix_product && a.behind_blocks;
  }
  [[nodiscard]] FiringTime time(const Work& work, Hertz clock) const override;
  [[nodiscard]] std::int64_t row_lanes() const override { return 1; }
  void circuit(const CircuitInputs& inputs, Circuit& circuit) const override;
};

template <>
struct Describe<HostProcessor> {
  static const Table<HostProcessor>& table();
};

}  // namespace statelane
