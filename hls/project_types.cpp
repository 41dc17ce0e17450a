// SPDX-License-Identifier: Apache-2.0
// The types of the generated project: streams, their words, memory ports.
#include <algorithm>

#include "hls/names.h"
#include "hls/project_parts.h"

namespace statelane::hls {

std::string integer_type(int bits, bool streams) {
  if (streams) return "ap_int<" + std::to_string(bits) + ">";
  return bits <= 8    ? "std::int8_t"
         : bits <= 16 ? "std::int16_t"
         : bits <= 32 ? "std::int32_t"
                      : "std::int64_t";
}

Values wire_values(const Wire& w, bool streams) {
  Values v;
  v.set("name", w.name)
      .set("NAME", upper(w.name))
      .set("word", w.word)
      .set("lanes", w.lanes())
      .set("depth", w.depth)
      .set("count", w.count);
  v.set("element", w.floating ? std::string("float") : integer_type(w.bits, streams));
  const bool plain = w.blocks == Blocks::none;
  v.set("accessors", !w.floating && !w.own_layout)
      .set("plain", plain)
      .set("value_t", w.bits > 32 ? "int64_t" : "int32_t");
  const std::string big = upper(w.name) + "_WORD";
  const std::string block = std::to_string(w.block);
  const std::string rows = std::to_string(w.rows);
  std::string what = std::to_string(w.word) +
                     (w.floating ? " floats" : " elements of " + std::to_string(w.bits) + " bits") +
                     " a word";
  std::string pack = "copy_word(value, out)";
  if (w.blocks == Blocks::rows) {
    v.set("shift_index", big + " + i / " + block);
    pack = "quantise_blocks<" + big + ", " + block + ">(value, @BITS, out)";
    what += ", a shift for " + block + " neighbours behind them";
  } else if (w.blocks == Blocks::columns) {
    v.set("shift_index",
          big + " + i / " + std::to_string(w.block * w.rows) + " * " + rows + " + i % " + rows);
    pack = "quantise_columns<" + big + ", " + rows + ", " + block + ">(value, @BITS, out)";
    what += ", a shift for " + block + " states of a row behind them";
  }
  v.set("what", what);
  if (w.own_layout || w.per_head) {
    v.set("pack", false);
  } else {
    v.set("pack",
          std::vector<Values>(1, Values().set("pack", pack).set("name", w.name).set("NAME", upper(w.name))));
  }
  v.set("streams", streams).set("arrays", !streams);
  return v;
}

namespace {

std::string conv_types(const Accelerator& a, const Wires& wires) {
  const ConvLayout l = conv_layout(a);
  const Wire& in = wires.named("conv_in");
  const auto block = [](const TensorFormat& f) {
    return static_cast<std::int64_t>(std::max<std::size_t>(f.block, 1));
  };
  const std::int64_t history_at = l.weight_codes + l.weight_shifts;
  Values v;
  v.set("unit", a.channel_unit)
      .set("bits", in.bits)
      .set("pieces", 64 / in.bits)
      .set("weight_codes", l.weight_codes)
      .set("weight_shift_count", l.weight_shifts);
  v.set("weight_shifts", l.weight_shifts > 0)
      .set("weight_block", block(a.plan.conv_weight))
      .set("history_at", history_at);
  v.set("history_codes", l.history_codes)
      .set("history_shift_count", l.history_shifts)
      .set("history_shifts", l.history_shifts > 0);
  v.set("history_block", block(a.format(Tap::kConvIn)))
      .set("bias_at", history_at + l.history_codes + l.history_shifts);
  v.set("lanes", (l.weight_beats + l.history_beats) * l.port_lanes)
      .set("out_lanes", l.history_beats * l.port_lanes);
  v.set("weight_bits", l.weight_bits)
      .set("history_bits", l.history_bits)
      .set("weight_code_lanes", l.weight_code_lanes);
  v.set("history_lane", l.weight_beats * l.port_lanes)
      .set("history_code_lanes", l.history_code_lanes)
      .set("bias_lane", l.weight_code_lanes + l.weight_shift_lanes);
  return render("conv_types.mustache", v);
}

}  // namespace

void Project::types(Files& files) const {
  const bool streams = options.access == Access::streams;
  std::vector<Values> list;
  for (const Wire& w : wires.all()) list.push_back(wire_values(w, streams));
  std::vector<Values> ports;
  for (const MemoryPortUse& m : memories) {
    if (m.lanes == 0) continue;
    ports.push_back(Values()
                        .set("name", m.name)
                        .set("NAME", upper(m.name))
                        .set("lanes", m.lanes)
                        .set("beats", m.beats)
                        .set("streams", streams)
                        .set("arrays", !streams));
  }
  Values v;
  v.set("banner", banner())
      .set("wires", list)
      .set("memories", ports)
      .set("streams", streams)
      .set("arrays", !streams);
  v.set("host_t", a.fixed() ? "float" : "std::int32_t").set("conv", conv_types(a, wires));
  std::string text = render("types.mustache", v);
  for (const Wire& w : wires.all()) {  // the codes' width of each channel
    const std::size_t at = text.find("void " + w.name + "_pack");
    if (at == std::string::npos) continue;
    const std::size_t bits = text.find("@BITS", at);
    if (bits != std::string::npos && bits < text.find('}', at))
      text.replace(bits, 5, std::to_string(w.code_bits));
  }
  files["src/types.h"] = expand(text, options.access);
}

}  // namespace statelane::hls
