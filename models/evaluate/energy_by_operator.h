// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "models/evaluate/energy.h"

namespace statelane {

/// A run's energy by the operators of a layer; they and `rest` add up to the report's total.
struct OperatorEnergies {
  struct Row {
    Operator op = Operator::norm;
    EnergyKinds energy;
  };
  std::vector<Row> operators;  ///< in data-flow order, those that spend any
  EnergyKinds rest;            ///< static power, and what is there once for all
};

/// Who a part works for is read off the graph: a unit's energy goes to its firings' operators by their busy
/// cycles, a channel's to those of its producer by their tiles, that of a DMA, of ports, pins and memory
/// devices to those whose data pass, by bytes. Operators fused into one pipeline stand under the one that
/// names the firing.
[[nodiscard]] OperatorEnergies energy_by_operator(const EnergyReport& report, const Graph& graph);

}  // namespace statelane
