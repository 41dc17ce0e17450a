// SPDX-License-Identifier: Apache-2.0
#include "hls/wires.h"

#include <algorithm>
#include <bit>
#include <span>
#include <utility>

#include "hls/matrix_plan.h"
#include "hls/names.h"
#include "models/graph/program.h"

namespace statelane::hls {
namespace {

/// The largest divisor of `n` that is at most `wanted` and a multiple of `block`, or else the smallest
/// multiple.
std::int64_t divisor(std::int64_t n, std::int64_t wanted, std::int64_t block) {
  block = std::min(block, n);
  std::int64_t best = block;
  for (std::int64_t d = block; d <= std::min(n, std::max(wanted, block)); d += block) {
    if (n % d == 0) best = d;
  }
  return n % best == 0 ? best : n;
}

std::int64_t block_of(const TensorFormat& f) {
  return f.block_bits > 0 ? static_cast<std::int64_t>(f.block) : 1;
}

/// Bits of a value of that format: codes times the largest shift, or the plain width.
int value_bits(const TensorFormat& f) {
  return f.block_bits > 0 ? f.block_bits + 15 : f.width;
}

/// Fixed-point arithmetic keeps the residual stream and what is gated in floating point (FastMamba III).
bool in_float(const Accelerator& a, Tensor t) {
  const TensorRow& row = a.map.block()[t];
  const bool kept = row.tap == Tap::kResidual || row.tap == Tap::kGate || row.tap == Tap::kGated ||
                    row.tap == Tap::kMixerOut || row.tile == Tile::logit_rows;
  return a.fixed() && kept;
}

/// Lanes of the unit that executes an operator; 1 for nobody.
std::int64_t lanes_of(const Accelerator& a, int op) {
  return a.map.unit_of(op) < 0 ? 1 : a.lanes(static_cast<Operator>(op));
}

ArithmeticKind kind_of(const Accelerator& a, int op) {
  return a.map.block()[static_cast<Operator>(op)].arithmetic.kind;
}

/// The operator whose vector `op` takes within the layer, or -1.
int before(const Accelerator& a, int op) {
  for (const Mapping::Link& in : a.map.inputs(static_cast<Operator>(op))) {
    if (in.tile == Tile::vector && in.border == Border::none) return a.map.producer(in.tensor);
  }
  return -1;
}

/// Whether words of a tensor never leave a function: those of a pipeline's tiles (but the decayed state,
/// which stays in the accumulators), and a history kept on chip.
bool within_function(const Accelerator& a, Tensor t) {
  const Block& block = a.map.block();
  if (const StreamRow* row = block.stream(StreamKind::history); row && (t == row->read || t == row->written))
    return a.conv_on_chip();
  const int from = a.map.producer(t), to = a.map.consumer(t);
  if (from < 0 || to < 0 || a.map.domain_of(from) != Domain::tile || !a.map.fused(from, to)) return false;
  const std::span<const Mapping::Link> inputs = a.map.inputs(static_cast<Operator>(from));
  return std::none_of(inputs.begin(), inputs.end(),
                      [&](const Mapping::Link& in) { return in.tensor == block.carried().in; });
}

/// Elements that follow each other in memory with their blocks' shifts.
std::int64_t coded(const TensorFormat& f, std::int64_t n) {
  return n + (f.block_bits > 0 ? ceil_div(n, static_cast<std::int64_t>(f.block)) : 0);
}

}  // namespace

/// How an element is held: the plan's format where the reference models see the tensor; between the stages of
/// a transform wider by what the first one adds up.
TensorFormat Wires::format(Tensor t) const {
  const Accelerator& a = *a_;
  const TensorRow& row = a.map.block()[t];
  if (row.border != Border::none) return {};
  TensorFormat f = a.format(row.tap);
  const int from = a.map.producer(t), to = a.map.consumer(t);
  if (from < 0 || to < 0 || kind_of(a, from) != ArithmeticKind::transform ||
      kind_of(a, to) != ArithmeticKind::transform)
    return f;
  const std::int64_t points = a.unit(static_cast<Operator>(from)).model().transform_points(a.g.dims[row.dim]);
  f.width += static_cast<int>(std::bit_width(static_cast<std::uint64_t>(points))) - 1;
  return f;
}

void Wires::elements(Wire& w, const TensorFormat& f, std::int64_t word) const {
  w.word = word;
  w.bits = f.width;
  if (f.block_bits == 0) return;
  w.bits = std::max(f.block_bits, 5);  // a shift of 0..15 must fit beside the codes
  w.code_bits = f.block_bits;
  w.block = std::min(static_cast<std::int64_t>(f.block), word);
  w.blocks = Blocks::rows;
}

/// A column's vector moves with the lanes of the wider end; what a matrix unit takes in at its own pace, with
/// those of the units that make it. The residual stream has one word throughout.
void Wires::vector(Wire& w, const TensorRow& row) const {
  const Accelerator& a = *a_;
  const Tensor t = row.border == Border::none ? w.tensor : a.map.block().residual();
  const int from = a.map.producer(t);
  int to = a.map.consumer(t);
  if (kind_of(a, to) == ArithmeticKind::matrix_product) to = before(a, from);
  const TensorFormat f = format(w.tensor);
  const std::int64_t n = a.g.dims[row.dim];
  elements(w, f, divisor(n, std::max(lanes_of(a, from), lanes_of(a, to)), block_of(f)));
  w.words_per_tile = n / w.word;
}

/// The state itself in blocks along its rows, the copy for C along the states that are added up.
void Wires::state(Wire& w, const TensorRow& row) const {
  const Accelerator& a = *a_;
  const TensorFormat f = a.format(row.tap);
  const Blocks blocks = row.tap == Tap::kState ? Blocks::rows : Blocks::columns;
  elements(w, f, a.ssm_states * a.g.tile_rows);
  w.words_per_tile = a.g.tile_rows * a.g.tile_states / w.word;
  if (f.block_bits == 0) return;
  w.blocks = blocks;
  w.rows = a.g.tile_rows;
  w.block = std::min<std::int64_t>(static_cast<std::int64_t>(f.block),
                                   blocks == Blocks::rows ? a.g.tile_rows : a.ssm_states);
}

/// A product on its way into the state: as wide as its operands make it, at the state's binary point.
void Wires::product(Wire& w) const {
  const Accelerator& a = *a_;
  const auto maker = static_cast<Operator>(a.map.producer(w.tensor));
  int bits = 0, fraction = 0;
  for (const Mapping::Link& in : a.map.inputs(maker)) {
    const TensorFormat& f = a.format(a.map.block()[in.tensor].tap);
    bits += value_bits(f);
    fraction += f.fraction;
  }
  w.word = a.ssm_states * a.g.tile_rows;
  w.bits = std::clamp(bits - (fraction - a.format(Tap::kState).fraction), 2, 64);
  w.words_per_tile = a.g.tile_rows * a.g.tile_states / w.word;
}

void Wires::history(Wire& w, bool read) const {
  const Accelerator& a = *a_;
  const TensorFormat& past = a.format(Tap::kConvIn);
  const TensorFormat& weight = a.plan.conv_weight;
  const std::int64_t unit = a.channel_unit;
  const int wide = past.block_bits > 0 ? past.block_bits : past.width;
  const int wide_weight = weight.block_bits > 0 ? weight.block_bits : weight.width;
  w.bits = read ? (std::max(wide, wide_weight) > 8 ? 16 : 8) : std::max(wide, 5);
  w.word = coded(past, a.sequences() * (a.g.taps - 1) * unit);
  if (read) w.word += coded(weight, a.g.taps * unit) + 64 / w.bits * unit;
  w.words_per_tile = read ? a.g.conv_channels / unit : 1;
}

/// As it lies in memory.
void Wires::bytes(Wire& w) const {
  const Accelerator& a = *a_;
  if (a.map.block().stream_of(w.tensor) != StreamKind::weights) return history(w, true);
  const MatrixPlan plan(a);
  w.word = plan.inputs * plan.outputs;
  w.extra = a.fixed() ? 0 : 2 * plan.outputs;
  w.bits = std::max(a.scheme.weights.bits, a.fixed() ? 1 : 4);
  w.words_per_tile = plan.largest_words;
}

/// Element type and word of a tensor, by what its tiles are.
void Wires::shape(Wire& w) const {
  const Accelerator& a = *a_;
  const Geometry& g = a.g;
  const TensorRow& row = a.map.block()[w.tensor];
  w.floating = in_float(a, w.tensor);
  w.own_layout = row.tile == Tile::bytes || row.tile == Tile::history || row.tile == Tile::permit;
  switch (row.tile) {
    case Tile::vector:
      return vector(w, row);
    case Tile::head_rows:
      return elements(w, a.format(row.tap), g.tile_rows);
    case Tile::group_states:
      elements(w, a.format(row.tap), g.bc_unit);
      w.words_per_tile = g.columns;
      return;
    case Tile::head_scalar:
      elements(w, a.format(row.tap), g.head_group);
      w.words_per_tile = 0;
      return;
    case Tile::head_states:
      elements(w, a.format(row.tap), a.ssm_states);
      if (w.blocks != Blocks::none) w.block = 1;  // the heads that share a shift are in other words
      w.words_per_tile = g.d_state / w.word * g.columns;
      w.per_head = true;
      return;
    case Tile::state_tile:
      return row.width == Width::ssm_product && row.tap != Tap::kState ? product(w) : state(w, row);
    case Tile::output_rows:
      w.word = g.out_unit;
      w.bits = a.format(row.tap).width;
      w.words_per_tile = g.columns;
      return;
    case Tile::logit_rows:
      w.word = g.head_unit;
      w.bits = a.plan.logits.width;
      return;
    case Tile::history:
      return history(w, false);
    case Tile::bytes:
      return bytes(w);
    case Tile::permit:
      w.bits = 2;
      return;
  }
}

void Wires::add(Wire wire, std::string name) {
  wire.name = std::move(name);
  by_name_.emplace(wire.name, wires_.size());
  wires_.push_back(std::move(wire));
}

Wires::Wires(const Accelerator& a) : a_(&a) {
  Names names;
  const Block& block = a.map.block();
  const Carried& state = block.carried();
  for (std::size_t i = 0; i < a.graph.channels.size(); ++i) {
    const Channel& channel = a.graph.channels[i];
    Wire w;
    const bool kept = channel.tensor == state.on_chip;  // by a function of its own, between two streams
    w.channel = static_cast<ChannelId>(i);
    w.tensor = channel.tensor;
    shape(w);
    if (w.words_per_tile == 0) {
      w.depth = std::max<std::int64_t>(1, ceil_div(std::int64_t{channel.capacity}, w.word)) * a.g.columns;
    } else {
      w.depth = channel.capacity * w.words_per_tile;
    }
    if (channel.producer != no_id) {
      const std::int64_t made =
          tiles_produced(a.graph, a.graph.program(a.graph.actors[channel.producer]), w.channel);
      w.count = w.words_per_tile == 0 ? made / w.word * a.g.columns : made * w.words_per_tile;
    }
    if (channel.border == Border::enters)
      w.count = a.g.columns * a.g.blocks * w.words_per_tile;  // from the host
    if (kept) w.depth = w.words_per_tile * a.g.head_tiles() * a.sequences();
    add(std::move(w), names.take(kept ? block[state.out].name : channel.name));
  }
  if (a.state_on_chip()) {
    Wire in = named(std::string(block[state.out].name));
    in.channel = no_id;
    add(std::move(in), names.take(block[state.in].name));
  }
  for (std::size_t i = 0; i < block.tensors().size(); ++i) {
    const auto t = static_cast<Tensor>(i);
    if (!within_function(a, t)) continue;
    Wire w;
    w.stream = false;
    w.tensor = t;
    shape(w);
    add(std::move(w), names.take(block[t].name));
  }
}

const Wire& Wires::named(const std::string& name) const {
  return wires_[by_name_.at(name)];
}

}  // namespace statelane::hls
