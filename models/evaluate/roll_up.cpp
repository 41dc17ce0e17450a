// SPDX-License-Identifier: Apache-2.0
#include "models/evaluate/roll_up.h"

namespace statelane::cost {

void dequantise(const Precision& p, std::int64_t lanes, std::int64_t width, bool floating, Circuit& c) {
  if (floating) {
    c.floating(lanes, FloatOperation::convert, FloatWidth::single);
    c.floating(lanes, FloatOperation::multiply, FloatWidth::single);
    return;
  }
  const std::int64_t scale = p.weight_scale.count();
  if (p.weight_group > 0 && scale <= 8) {
    c.shift(2 * lanes, width, (scale + 1) / 2);
    c.add(2 * lanes, p.ssm_product.count());
  } else if (scale > 0) {
    c.multiply(lanes, width, scale, Multiplier::dsp);
    if (p.weight_group > 0) c.add(lanes, p.ssm_product.count());
  }
  // A power-of-two scale of activations moves the sum once more.
  c.shift(lanes, p.ssm_product.count(), static_cast<std::int64_t>(c.costs().static_shift_bits));
}

UnitSummary summarise(const Unit& unit, const Precision& precision, const Mamba2Shape& shape,
                      OperatorSet design, const FabricCosts& costs) {
  Circuit circuit(costs);
  unit.model().circuit({precision, shape, unit.operators(), design}, circuit);
  UnitSummary s;
  if (circuit.on_fabric()) s.resources = circuit.total() + costs.unit_control;
  s.stored = circuit.stored();
  s.lanes_in = circuit.lanes_in();
  s.lanes_out = circuit.lanes_out();
  s.stream = circuit.stream().count();
  s.results = circuit.result_lanes();
  s.result_width = circuit.result_width();
  s.floating = circuit.is_floating();
  return s;
}

Dequantiser dequantiser_of(const Precision& precision, UnitSummaries units, const FabricCosts& costs) {
  Dequantiser d;
  std::int64_t most = 0;
  for (std::size_t i = 0; i < units.size(); ++i) {
    d.converts = d.converts || units[i].floating;
    if (units[i].results > most) {
      most = units[i].results;
      d.unit = i;
    }
  }
  if (most == 0) return {};
  Circuit circuit(costs);
  dequantise(precision, most, units[d.unit].result_width, d.converts, circuit);
  d.resources = circuit.total();
  return d;
}

std::int64_t soft_controllers(const Design& design, const Board& board) {
  const BoardMemory* memory = board.memory(design.memory.memory);
  if (memory == nullptr || memory->controller == MemoryController::hard) return 0;
  const MemoryConfig& m = design.memory;
  std::int64_t used = 0;
  for (const Placement* p : {&m.weights, &m.state, &m.conv})
    used = std::max(used, p->first_channel + p->channels);
  return std::min(used, memory->channels);
}

bool has_group_scales(const Actor& dma, const Graph& graph, const Precision& p) {
  switch (graph.streams[dma.stream].kind) {
    case StreamKind::weights:
      break;
    case StreamKind::history:
      return p.conv_group > 0;
    case StreamKind::state:
      return p.state_group > 0;
  }
  return p.weight_group > 0;
}

std::int64_t copies_used(const Stream& stream, const MemoryPort& port) {
  return std::min<std::int64_t>(port.copies, stream.channels);
}

bool on_host(const Channel& channel, const Graph& graph) {
  const auto host = [&](ActorId id) { return id != no_id && graph.actors[id].kind == ActorKind::host; };
  // A channel without a producer holds the embeddings of a prompt, which the host has looked up before the
  // run.
  return channel.producer == no_id || host(channel.producer) || host(channel.consumer);
}

std::int64_t channel_width(const Channel& channel, const Graph& graph, UnitSummaries units) {
  const auto unit = [&](ActorId id) -> const UnitSummary* {
    if (id == no_id || graph.actors[id].unit == no_id) return nullptr;
    return &units[graph.actors[id].unit];
  };
  const UnitSummary* from = unit(channel.producer);
  const UnitSummary* to = unit(channel.consumer);
  // Weights and convolution data arrive as bytes and are taken as the unit's own words.
  const bool raw = channel.producer != no_id &&
                   graph.actors[channel.producer].kind == ActorKind::memory_read &&
                   channel.element == Bits{8} && to != nullptr && to->stream > 0;
  if (raw && channel.word.count() == 0) return std::min(to->stream, channel.tile_bits().count());
  return word_bits(channel,
                   std::max(from != nullptr ? from->lanes_out : 1, to != nullptr ? to->lanes_in : 1));
}

Resources dma_resources(const Actor& actor, const Design& design, const Graph& graph,
                        const FabricCosts& costs) {
  Resources dma = costs.dma_control;
  if (has_group_scales(actor, graph, design.precision)) {
    const Stream& stream = graph.streams[actor.stream];
    const MemoryPort& port = design.memory.ports[stream.port];
    dma += static_cast<double>(port.width.count() * copies_used(stream, port)) * costs.repack_bit;
  }
  return dma;
}

}  // namespace statelane::cost
