// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <boost/container/small_vector.hpp>
#include <string_view>

#include "models/cost/calibration.h"
#include "models/cost/memory_mapping.h"
#include "models/hardware/design.h"
#include "models/hardware/fabric/circuit.h"

/// The walk over everything a design is built of; resources and energy are two visitors of it.
namespace ssmscope::cost {

/// What the channels and the energy need to know of a unit.
struct UnitSummary {
  Resources resources;
  Resources stored;  ///< parameters kept on chip
  std::int64_t lanes_in = 1;
  std::int64_t lanes_out = 1;
  std::int64_t stream = 0;  ///< bits a beat of a raw memory stream
};
using UnitSummaries = boost::container::small_vector<UnitSummary, 64>;

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

/// DRAM channels the design uses whose controller is built in the fabric: 7 series and UltraScale+ without
/// HBM. HBM controllers, Versal's DDR controllers and the processor system's of Zynq devices are hard blocks.
[[nodiscard]] std::int64_t soft_controllers(const Design& design, const Board& board);

/// Whether a DMA's values come with scales of groups, which do not end where bus words do.
[[nodiscard]] bool has_group_scales(const Actor& dma, const Graph& graph, const Precision& p);

/// Copies of its port that a stream moves through.
[[nodiscard]] std::int64_t copies_used(const Stream& stream, const MemoryPort& port);

/// Lanes of the wider end of a channel, or the bits of a raw memory stream as `width`.
[[nodiscard]] std::int64_t channel_width(const Channel& channel, const Graph& graph,
                                         const UnitSummaries& units);

/// Host memory, not the fabric, holds what a host sends or receives.
[[nodiscard]] bool on_host(const Channel& channel, const Graph& graph);

/// Visitor: unit(index, resources), channel(index, mapping), infrastructure(kind, index, resources).
template <class Visitor>
void visit(const Design& design, const Mamba2Shape& shape, const Graph& graph, const Board& board,
           const FabricCosts& costs, Visitor&& visitor) {
  OperatorSet all;
  for (const Unit& unit : design.units) all.insert(unit.operators());
  UnitSummaries summaries(design.units.size());
  bool floating = false;
  std::int64_t results = 0, result_width = 0;
  std::size_t result_unit = 0;
  for (std::size_t i = 0; i < design.units.size(); ++i) {
    Circuit circuit(costs);
    design.units[i].model().circuit({design.precision, shape, design.units[i].operators(), all}, circuit);
    UnitSummary& s = summaries[i];
    if (circuit.on_fabric()) s.resources = circuit.total() + costs.unit_control;
    s.stored = circuit.stored();
    s.lanes_in = circuit.lanes_in();
    s.lanes_out = circuit.lanes_out();
    s.stream = circuit.stream().count();
    floating = floating || circuit.is_floating();
    if (circuit.result_lanes() > results) {
      results = circuit.result_lanes();
      result_width = circuit.result_width();
      result_unit = i;
    }
  }
  if (results > 0) {
    Circuit circuit(costs);
    dequantise(design.precision, results, result_width, floating, circuit);
    if (floating) {
      visitor.infrastructure(Infrastructure::conversion, result_unit, circuit.total());
    } else {
      summaries[result_unit].resources += circuit.total();
    }
  }
  for (std::size_t i = 0; i < summaries.size(); ++i) {
    visitor.unit(i, summaries[i].resources);
    if (summaries[i].stored.bram18 + summaries[i].stored.lut > 0) {
      visitor.infrastructure(Infrastructure::parameters, i, summaries[i].stored);
    }
  }
  for (std::size_t i = 0; i < graph.channels.size(); ++i) {
    const Channel& channel = graph.channels[i];
    if (on_host(channel, graph)) continue;
    visitor.channel(i, map_channel(channel, channel_width(channel, graph, summaries), costs));
  }
  for (std::size_t i = 0; i < graph.actors.size(); ++i) {
    const Actor& actor = graph.actors[i];
    if (actor.stream == no_id) continue;
    const MemoryPort& port = design.memory.ports[graph.streams[actor.stream].port];
    Resources dma = costs.dma_control;
    if (has_group_scales(actor, graph, design.precision)) {
      dma += static_cast<double>(port.width.count() * copies_used(graph.streams[actor.stream], port)) *
             costs.repack_bit;
    }
    visitor.infrastructure(Infrastructure::dma, i, dma);
  }
  for (std::size_t i = 0; i < design.memory.ports.size(); ++i) {
    const MemoryPort& port = design.memory.ports[i];
    visitor.infrastructure(Infrastructure::port, i,
                           static_cast<double>(port.width.count() * port.copies) * costs.port_bit);
  }
  visitor.infrastructure(Infrastructure::controller, 0,
                         static_cast<double>(soft_controllers(design, board)) * costs.soft_controller);
  visitor.infrastructure(Infrastructure::control, 0, costs.design_control);
}

}  // namespace ssmscope::cost
