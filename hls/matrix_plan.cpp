// SPDX-License-Identifier: Apache-2.0
#include "hls/matrix_plan.h"

#include <algorithm>
#include <bit>
#include <numeric>

namespace statelane::hls {
namespace {

constexpr std::int64_t kPairsPerLane = 5;  // pairs of 3-bit shifts in 32 bits

}  // namespace

MatrixPlan::MatrixPlan(const Accelerator& a) {
  const HlsView unit = a.view(Operator::in_proj);
  inputs = unit.reduce;
  outputs = unit.lanes;
  ii = unit.ii;
  const Geometry& g = a.g;
  const bool grouped = !a.fixed() && a.scheme.weights.granularity == Granularity::kGroup;
  group_in = grouped ? std::min<std::int64_t>(a.scheme.weights.group, g.d_model) : g.d_model;
  group_out = grouped ? std::min<std::int64_t>(a.scheme.weights.group, g.d_inner) : g.d_inner;
  groups_in = ceil_div(g.d_model, group_in);
  groups_out = ceil_div(g.d_inner, group_out);
  chunks_in = ceil_div(group_in, inputs);
  chunks_out = ceil_div(group_out, inputs);

  const std::int64_t bc_unit = std::gcd(g.bc_rows, g.groups_states);
  const std::int64_t out_unit = std::gcd(g.out_rows, g.d_model);
  const auto word_of = [&](int kind) {
    if (kind == out) return out_unit;
    if (kind == head) return g.head_unit;
    switch (static_cast<Part>(kind)) {
      case Part::z:
      case Part::x:
        return g.tile_rows;
      case Part::dt:
        return g.head_group;
      default:
        return bc_unit;
    }
  };
  std::int64_t owed = 0;  // words of the tile before
  const auto push = [&](Tile t) {
    t.beats = std::max({t.beats, t.products, owed});
    owed = t.words;
    if (t.beats > 0)
      (t.kind == take_head || t.kind == head || !head_tiles.empty() ? head_tiles : tiles).push_back(t);
  };
  const auto idle = [&](int kind, std::int64_t beats) { push({kind, 0, 0, 0, 0, beats}); };

  std::int64_t first[6] = {};
  bool taken_v = false;
  idle(take_u, 1);  // fit() knows the word of u
  for (const TileOfLayer& of : a.tiles(a.actor_of(Operator::in_proj))) {
    if (of.op != Operator::in_proj && of.op != Operator::out_proj) continue;
    const bool second = of.op == Operator::out_proj;
    if (second && !taken_v) {
      taken_v = true;
      idle(flush, owed);  // nothing may be held back while the unit waits for v
      idle(take_v, 1);
    }
    Tile t;
    t.kind = second ? static_cast<int>(out) : static_cast<int>(of.part);
    t.rows = of.rows;
    t.first = first[t.kind];
    first[t.kind] += of.rows;
    const std::int64_t blocks = ceil_div(t.rows, outputs);
    t.products = blocks * (second ? groups_out * chunks_out : groups_in * chunks_in) * g.columns;
    t.words = t.rows / word_of(t.kind) * g.columns;
    largest_rows = std::max(largest_rows, blocks * outputs);
    push(t);
  }
  idle(flush, owed);
  if (a.head()) {
    idle(take_head, 1);
    for (std::int64_t row = 0; row < g.vocab; row += g.head_rows) {
      Tile t;
      t.kind = head;
      t.rows = std::min(g.head_rows, g.vocab - row);
      t.first = row;
      const std::int64_t blocks = ceil_div(t.rows, outputs);
      t.products = blocks * groups_in * chunks_in * a.head_columns();
      t.words = t.rows / g.head_unit * a.head_columns();
      largest_rows = std::max(largest_rows, blocks * outputs);
      push(t);
    }
    idle(flush, owed);
  }

  const int bits = a.scheme.weights.bits;
  code_bits = static_cast<int>(std::bit_ceil(static_cast<unsigned>(std::max(bits, 1))));
  lanes_per_word = ceil_div(inputs * outputs * code_bits, std::int64_t{32});
  const ActorId dma = a.memory_actor("weight_dma");
  // As many channels as a word needs, and of those no more than its beats fill.
  const std::int64_t of_one = std::max<std::int64_t>(1, a.port_bits(dma) / 32);
  const std::int64_t wanted = ceil_div(lanes_per_word, of_one * a.port_copies(dma));
  ports = std::min(a.port_copies(dma), ceil_div(ceil_div(lanes_per_word, wanted), of_one));
  port_lanes = ports * of_one;
  if (lanes_per_word >= port_lanes) {
    beats_per_word = ceil_div(lanes_per_word, port_lanes);
  } else {
    words_per_beat = port_lanes / lanes_per_word;
  }
  scale_lanes = a.fixed() ? 0 : ceil_div(outputs, kPairsPerLane);
  for (const Tile& t : tiles) {
    beats_per_layer += header_beats(t) + code_beats(t);
    largest_words = std::max(largest_words, words(t));
  }
  for (const Tile& t : head_tiles) {
    beats_of_head += header_beats(t) + code_beats(t);
    largest_words = std::max(largest_words, words(t));
  }
}

void MatrixPlan::fit(std::int64_t u_words, std::int64_t v_words, std::int64_t head_words) {
  for (std::vector<Tile>* list : {&tiles, &head_tiles}) {
    for (Tile& t : *list) {
      if (t.kind != take_u && t.kind != take_v && t.kind != take_head) continue;
      t.beats = std::max(t.kind == take_u ? u_words : t.kind == take_v ? v_words : head_words, t.beats);
    }
  }
}

std::int64_t MatrixPlan::beats_of(const std::vector<Tile>& tiles) {
  std::int64_t beats = 0;
  for (const Tile& t : tiles) beats += t.beats;
  return beats;
}

std::int64_t MatrixPlan::words(const Tile& t) const {
  if (t.products == 0) return 0;
  return ceil_div(t.rows, outputs) * (t.kind == out ? groups_out * chunks_out : groups_in * chunks_in);
}

std::int64_t MatrixPlan::header_beats(const Tile& t) const {
  if (t.products == 0) return 0;
  return ceil_div(ceil_div(t.rows, outputs) * (t.kind == out ? groups_out : groups_in) * scale_lanes,
                  port_lanes);
}

std::int64_t MatrixPlan::code_beats(const Tile& t) const {
  return words_per_beat > 1 ? ceil_div(words(t), words_per_beat) : words(t) * beats_per_word;
}

}  // namespace statelane::hls
