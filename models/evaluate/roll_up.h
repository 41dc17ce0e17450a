// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <span>
#include <string_view>
#include <vector>

#include "models/design/design.h"
#include "models/units/fabric/circuit.h"
#include "models/units/fabric/fabric_constants.h"
#include "models/units/fabric/memory_mapping.h"

/// The walk over everything a design is built of; resources and energy are two visitors of it.
namespace statelane::cost {

/// What a unit comes to, with what its channels need to know of it.
struct UnitSummary {
  Resources resources;
  Resources stored;  ///< parameters kept on chip
  std::int64_t lanes_in = 1;
  std::int64_t lanes_out = 1;
  std::int64_t stream = 0;        ///< bits a beat of a raw memory stream
  std::int64_t results = 0;       ///< accumulators of a linear layer, to be scaled
  std::int64_t result_width = 0;  ///< bits of one
  bool floating = false;
};
using UnitSummaries = std::span<const UnitSummary>;

/// `design` are the operators of all units.
[[nodiscard]] UnitSummary summarise(const Unit& unit, const Precision& precision, const Mamba2Shape& shape,
                                    OperatorSet design, const FabricCosts& costs);

/// What stands behind the matrix unit's accumulators, the most there are in one unit.
struct Dequantiser {
  std::size_t unit = 0;
  Resources resources;
  bool converts = false;  ///< into floating point, reported on its own; otherwise it is part of the unit
};
[[nodiscard]] Dequantiser dequantiser_of(const Precision& precision, UnitSummaries units,
                                         const FabricCosts& costs);

/// What a design has besides its units and channels; `index` is that of a unit (parameters, conversion),
/// actor (dma) or port.
enum class Infrastructure : std::uint8_t { parameters, conversion, dma, port, controller, control };

/// Dequantisers behind a matrix unit's `lanes` accumulators of `width` bits:
///  - into a floating-point group: conversion and one product with the scales' product (FastMamba III:
///  multiplied by
///    s_X s_W m/d);
///  - group scales of up to 8 bits: a sum of two powers of two, so two shifters and an adder, and the sum
///  over groups
///    (LightMamba's public code: 2^s1 + 2^s2 of 3 bits each);
///  - otherwise one product.
void dequantise(const Precision& p, std::int64_t lanes, std::int64_t width, bool floating, Circuit& circuit);

/// DRAM channels the design uses whose controller is built in the fabric.
[[nodiscard]] std::int64_t soft_controllers(const Design& design, const Board& board);

/// Whether a DMA's values come with scales of groups, which do not end where bus words do.
[[nodiscard]] bool has_group_scales(const Actor& dma, const Graph& graph, const Precision& p);

/// Copies of its port that a stream moves through.
[[nodiscard]] std::int64_t copies_used(const Stream& stream, const MemoryPort& port);

/// Lanes of the wider end of a channel, or the bits of a raw memory stream as `width`.
[[nodiscard]] std::int64_t channel_width(const Channel& channel, const Graph& graph, UnitSummaries units);

/// Host memory, not the fabric, holds what a host sends or receives.
[[nodiscard]] bool on_host(const Channel& channel, const Graph& graph);

/// A DMA, and what repacks words whose groups' scales do not end where they do.
[[nodiscard]] Resources dma_resources(const Actor& actor, const Design& design, const Graph& graph,
                                      const FabricCosts& costs);

/// visitor.channel(index, mapping) for every channel in the fabric.
template <class Visitor>
void visit_channels(const Graph& graph, UnitSummaries units, const FabricCosts& costs, Visitor&& visitor) {
  for (std::size_t i = 0; i < graph.channels.size(); ++i) {
    const Channel& channel = graph.channels[i];
    if (on_host(channel, graph)) continue;
    visitor.channel(i, map_channel(channel, channel_width(channel, graph, units), costs));
  }
}

/// visitor.infrastructure(kind, index, resources) for DMAs, ports and memory controllers.
template <class Visitor>
void visit_paths(const Design& design, const Graph& graph, const Board& board, const FabricCosts& costs,
                 Visitor&& visitor) {
  for (std::size_t i = 0; i < graph.actors.size(); ++i) {
    if (graph.actors[i].stream == no_id) continue;
    visitor.infrastructure(Infrastructure::dma, i, dma_resources(graph.actors[i], design, graph, costs));
  }
  for (std::size_t i = 0; i < design.memory.ports.size(); ++i) {
    const MemoryPort& port = design.memory.ports[i];
    visitor.infrastructure(Infrastructure::port, i,
                           static_cast<double>(port.width.count() * port.copies) * costs.port_bit);
  }
  visitor.infrastructure(Infrastructure::controller, 0,
                         static_cast<double>(soft_controllers(design, board)) * costs.soft_controller);
}

/// Visitor: unit(index, resources), and those above.
template <class Visitor>
void visit(const Design& design, const Mamba2Shape& shape, const Graph& graph, const Board& board,
           const FabricCosts& costs, Visitor&& visitor) {
  OperatorSet all;
  for (const Unit& unit : design.units) all.insert(unit.operators());
  std::vector<UnitSummary> units;
  for (const Unit& unit : design.units) units.push_back(summarise(unit, design.precision, shape, all, costs));
  const Dequantiser behind = dequantiser_of(design.precision, units, costs);
  if (behind.converts) visitor.infrastructure(Infrastructure::conversion, behind.unit, behind.resources);
  for (std::size_t i = 0; i < units.size(); ++i) {
    const bool with = !behind.converts && i == behind.unit;
    visitor.unit(i, with ? units[i].resources + behind.resources : units[i].resources);
    if (units[i].stored.bram18 + units[i].stored.lut > 0)
      visitor.infrastructure(Infrastructure::parameters, i, units[i].stored);
  }
  visit_channels(graph, units, costs, visitor);
  visit_paths(design, graph, board, costs, visitor);
  visitor.infrastructure(Infrastructure::control, 0, costs.design_control);
}

}  // namespace statelane::cost
