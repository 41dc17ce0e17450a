// SPDX-License-Identifier: Apache-2.0
// Memory actors: how tensors lie in off-chip memory and who moves them.
#include <algorithm>
#include <bit>

#include "hls/function_builder.h"

namespace statelane::hls {
namespace {

int container(int bits) {
  return static_cast<int>(std::bit_ceil(static_cast<unsigned>(bits)));
}
int code_bits(const TensorFormat& f) {
  return f.block_bits > 0 ? f.block_bits : f.width;
}

/// The token channel that keeps reads behind the writes of what they read.
std::string order_of(const FunctionBuilder& b, const char* name) {
  return b.wires.has(name) ? name : "";
}

void set_order(FunctionBuilder& b, Values& v, const std::string& order, bool write) {
  if (order.empty()) {
    v.set("order", false);
    return;
  }
  v.set("order", std::vector<Values>(1, Values().set("order", order)));
  (write ? b.f.outputs : b.f.inputs).push_back(order);
}

}  // namespace

ConvLayout conv_layout(const Accelerator& a) {
  ConvLayout l;
  const TensorFormat& past = a.format(Tap::kConvIn);
  const TensorFormat& weight = a.plan.conv_weight;
  const std::int64_t unit = a.channel_unit;
  const ActorId dma = a.memory_actor("conv_dma_in");
  l.port_lanes = dma == no_id ? 1 : std::max<std::int64_t>(1, a.port_bits(dma, false) / 32);
  l.units = a.g.conv_channels / unit;
  l.weight_bits = container(code_bits(weight));
  l.history_bits = container(code_bits(past));
  l.weight_codes = a.g.taps * unit;
  l.sequences = a.sequences();
  l.history_codes = l.sequences * (a.g.taps - 1) * unit;
  if (weight.block_bits > 0)
    l.weight_shifts = ceil_div(l.weight_codes, static_cast<std::int64_t>(weight.block));
  if (past.block_bits > 0)
    l.history_shifts = ceil_div(l.history_codes, static_cast<std::int64_t>(past.block));
  l.weight_code_lanes = ceil_div(l.weight_codes * l.weight_bits, std::int64_t{32});
  l.weight_shift_lanes = ceil_div(l.weight_shifts * 4, std::int64_t{32});
  l.history_code_lanes = ceil_div(l.history_codes * l.history_bits, std::int64_t{32});
  l.history_shift_lanes = ceil_div(l.history_shifts * 4, std::int64_t{32});
  l.weight_beats = ceil_div(l.weight_code_lanes + l.weight_shift_lanes + 2 * unit, l.port_lanes);
  l.history_beats = ceil_div(l.history_code_lanes + l.history_shift_lanes, l.port_lanes);
  return l;
}

StateLayout state_layout(const Accelerator& a, const Wires& wires) {
  StateLayout l;
  const Wire& wire = wires.named("h_out");
  const ActorId dma = a.memory_actor("state_dma_out");
  l.port_lanes = std::max<std::int64_t>(1, a.port_bits(dma) / 32);
  l.code_bits = container(code_bits(a.format(Tap::kState)));
  l.words = wire.words_per_tile * a.g.head_tiles() * a.sequences();
  l.word = wire.word;
  l.shifts = wire.shifts();
  l.lanes_per_word = ceil_div(wire.word * l.code_bits, std::int64_t{32});
  if (l.lanes_per_word >= l.port_lanes) {
    l.beats_per_word = ceil_div(l.lanes_per_word, l.port_lanes);
    l.code_beats = l.words * l.beats_per_word;
  } else {
    l.words_per_beat = l.port_lanes / l.lanes_per_word;
    l.code_beats = ceil_div(l.words, l.words_per_beat);
  }
  l.header_beats = ceil_div(ceil_div(l.words * l.shifts * 4, std::int64_t{32}), l.port_lanes);
  return l;
}

void weight_dma_section(FunctionBuilder& b) {
  const Accelerator& a = b.a;
  const MatrixPlan& m = b.matrix;
  std::vector<std::int64_t> header, beats, words, chunks;
  std::int64_t most_header = 0;
  std::int64_t layer_tiles = 0;
  for (const std::vector<MatrixPlan::Tile>* list : {&m.tiles, &m.head_tiles}) {
    for (const MatrixPlan::Tile& t : *list) {
      if (t.products == 0) continue;
      header.push_back(m.header_beats(t));
      beats.push_back(header.back() + m.code_beats(t));
      words.push_back(m.words(t));
      chunks.push_back(t.kind == MatrixPlan::out ? m.chunks_out : m.chunks_in);
      most_header = std::max(most_header, header.back());
      layer_tiles += list == &m.tiles ? 1 : 0;
    }
  }
  const std::string& ident = b.f.name;
  b.f.tables +=
      "// For every tile of the matrix unit: beats of scales, beats in all, words they hold, words that "
      "share "
      "scales.\n";
  if (!a.fixed()) b.table("std::int32_t", ident + "_header", header);
  b.table("std::int32_t", ident + "_beats", beats);
  b.table("std::int32_t", ident + "_words", words);
  if (!a.fixed()) b.table("std::int32_t", ident + "_chunks", chunks);
  Values v;
  v.set("ident", ident)
      .set("layer_beats", m.beats_per_layer)
      .set("layer_tiles", layer_tiles)
      .set("steps", m.beats_per_layer * a.g.layers * a.g.blocks + m.beats_of_head);
  v.set("scaled", !a.fixed())
      .set("header_lanes", std::max<std::int64_t>(1, most_header * m.port_lanes))
      .set("port_lanes", m.port_lanes);
  v.set("buffer_lanes", std::max(m.beats_per_word * m.port_lanes, m.words_per_beat * m.lanes_per_word));
  v.set("beats_per_word", m.beats_per_word)
      .set("words_per_beat", m.words_per_beat)
      .set("lanes_per_word", m.lanes_per_word);
  v.set("codes", m.inputs * m.outputs)
      .set("code_bits", m.code_bits)
      .set("outputs", m.outputs)
      .set("scale_lanes", m.scale_lanes);
  b.out("weights");
  std::vector<Values> ports;
  for (std::int64_t k = 0; k < m.ports; ++k) {
    const std::string suffix = m.ports > 1 ? "_" + std::to_string(k) : "";
    const std::int64_t size = m.beats_per_layer * a.g.layers + m.beats_of_head;
    b.f.memories.push_back({"weights_memory" + suffix, false, m.port_lanes / m.ports, size, b.f.name + suffix,
                            m.ports > 1 ? k : -1});
    ports.push_back(Values()
                        .set("memory", b.f.memories.back().name)
                        .set("k", k)
                        .set("first", k * m.port_lanes / m.ports));
  }
  v.set("ports", ports).set("lanes_of_port", m.port_lanes / m.ports);
  b.f.once = true;
  b.section("weight_dma.mustache", v);
}

void conv_dma_section(FunctionBuilder& b, bool write) {
  const Accelerator& a = b.a;
  const ConvLayout l = conv_layout(a);
  Values v;
  v.set("unit", a.channel_unit)
      .set("units", l.units)
      .set("port_lanes", l.port_lanes)
      .set("weight_beats", l.weight_beats)
      .set("history_beats", l.history_beats);
  v.set("weights", "conv_weights_memory")
      .set("state", write ? "conv_state_out" : "conv_state_in")
      .set("ii", l.weight_beats + l.history_beats);
  v.set("lanes", (write ? l.history_beats : l.weight_beats + l.history_beats) * l.port_lanes);
  set_order(b, v, order_of(b, "conv_order"), write);
  const std::int64_t all = l.units * a.g.layers;
  if (write) {
    b.in("conv_out");
    b.f.memories.push_back({"conv_state_out", true, l.port_lanes, all * l.history_beats, b.f.name});
  } else {
    b.out("conv_in");
    b.f.memories.push_back({"conv_weights_memory", false, l.port_lanes, all * l.weight_beats, b.f.name});
    b.f.memories.push_back({"conv_state_in", false, l.port_lanes, all * l.history_beats, b.f.name});
  }
  b.section(write ? "conv_dma_out.mustache" : "conv_dma_in.mustache", v);
}

void state_dma_section(FunctionBuilder& b, bool write) {
  const Accelerator& a = b.a;
  const StateLayout l = state_layout(a, b.wires);
  const std::string memory = write ? "state_out" : "state_in";
  Values v;
  v.set("memory", memory)
      .set("head_beats", l.head_beats())
      .set("header_beats", l.header_beats)
      .set("code_beats", l.code_beats);
  v.set("shifts", l.shifts > 0)
      .set("header_lanes", std::max<std::int64_t>(1, l.header_beats * l.port_lanes))
      .set("port_lanes", l.port_lanes);
  v.set("buffer_lanes", std::max(l.beats_per_word * l.port_lanes, l.words_per_beat * l.lanes_per_word))
      .set("beats_per_word", l.beats_per_word);
  v.set("words_per_beat", l.words_per_beat)
      .set("words", l.words)
      .set("lanes_per_word", l.lanes_per_word)
      .set("code_bits", l.code_bits)
      .set("shifts_per_word", l.shifts);
  set_order(b, v, order_of(b, "state_order"), write);
  if (write) {
    b.in("h_out");
  } else {
    b.out("h_in");
  }
  b.f.memories.push_back({memory, write, l.port_lanes, l.head_beats() * a.g.heads * a.g.layers, b.f.name});
  b.section(write ? "state_dma_out.mustache" : "state_dma_in.mustache", v);
}

}  // namespace statelane::hls
