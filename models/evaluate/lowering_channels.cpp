// SPDX-License-Identifier: Apache-2.0
// Which tensors cross between two units, and how many tiles of them are held.
#include <algorithm>
#include <stdexcept>

#include "models/evaluate/lowering_context.h"

namespace statelane::lowering {
namespace {

Bits width_of(const Precision& p, Width width) {
  switch (width) {
    case Width::residual:
      return p.residual;
    case Width::activations:
      return p.activations;
    case Width::ssm:
      return p.ssm;
    case Width::ssm_product:
      return p.ssm_product;
    case Width::state:
      return p.state;
    case Width::conv_state:
      return p.conv_state;
    case Width::byte:
      return Bits{8};
    case Width::none:
      break;
  }
  return Bits{0};
}

class ChannelMaker {
 public:
  explicit ChannelMaker(Context& c) : c_(c), g_(c.g), s_(c.design.schedule) {
    whole_heads_ = g_.naive || s_.barrier;
    heads_held_ = whole_heads_ ? g_.heads : std::min(g_.heads, 2 * g_.head_group);
    whole_tiles_ = s_.ssm_buffers == SsmBuffers::tensor || s_.barrier;
    const Carried& state = c.block.carried();
    if (state.in != no_tensor) {
      in_one_ = c.map.fused(c.map.consumer(state.in), c.map.producer(state.out));
      head_tiles_ = g_.head_tiles() * (c.per_column_state ? g_.columns : 1);
    }
  }

  void make() {
    c_.channels.fill(no_id);
    const std::span<const TensorRow> rows = c_.block.tensors();
    for (std::size_t i = 0; i < rows.size(); ++i) {
      const auto t = static_cast<Tensor>(i);
      if (!exists(t, rows[i])) continue;
      const std::int64_t initial = initial_of(t, rows[i]);
      const ChannelId id =
          c_.build.channel(rows[i].name, elements(rows[i]), width_of(c_.design.precision, rows[i].width),
                           capacity(t, rows[i]), initial);
      Channel& channel = c_.build.graph().channels[id];
      channel.tensor = t;
      channel.border = rows[i].border;
      c_.channels[i] = id;
    }
    for (const Tensor t : c_.block.bypassed()) c_.channels[index_of(t)] = c_[c_.map.made_as(t)];
  }

 private:
  [[nodiscard]] int from(Tensor t) const { return c_.map.producer(t); }
  [[nodiscard]] int to(Tensor t) const { return c_.map.consumer(t); }
  [[nodiscard]] bool carried(Tensor t) const {
    const Carried& state = c_.block.carried();
    return t == state.in || t == state.out || t == state.loop || t == state.on_chip;
  }

  [[nodiscard]] bool exists(Tensor t, const TensorRow& row) const {
    switch (row.tile) {
      case Tile::permit:
        return false;  // made with the actors it orders
      case Tile::history:
        return c_.off_chip(StreamKind::history);
      case Tile::bytes:
        return c_.off_chip(c_.block.stream_of(t)) && to(t) >= 0;
      case Tile::logit_rows:
        return c_.fabric_head();
      default:
        break;
    }
    if (row.border == Border::leaves) return !c_.fabric_head();
    if (row.border != Border::none) return true;
    if (row.tile == Tile::state_tile && carried(t)) return carried_exists(t);
    return c_.map.crosses(t);
  }

  [[nodiscard]] bool carried_exists(Tensor t) const {
    const Carried& state = c_.block.carried();
    if (s_.state == StatePlace::on_chip) return t == state.on_chip;
    if (t == state.in) return c_.load_state;
    if (t == state.loop) return g_.sequence && g_.columns > 1 && !in_one_;
    return t == state.out;
  }

  [[nodiscard]] std::int64_t elements(const TensorRow& row) const {
    switch (row.tile) {
      case Tile::vector:
        return g_.dims[row.dim];
      case Tile::head_rows:
        return g_.tile_rows;
      case Tile::group_states:
        return g_.bc_unit * g_.columns;
      case Tile::head_scalar:
        return g_.columns;
      case Tile::head_states:
        return g_.d_state * g_.columns;
      case Tile::state_tile:
        return g_.tile_rows * g_.tile_states;
      case Tile::output_rows:
        return g_.out_unit * g_.columns;
      case Tile::logit_rows:
        return g_.head_unit;
      case Tile::history:
        return g_.conv_unit * (g_.taps - 1) * (g_.sequence ? 1 : g_.columns);
      case Tile::bytes:
        return 1;  // sized by its DMA
      case Tile::permit:
        break;
    }
    return 0;
  }

  /// Tiles present at the start: a prompt's embeddings, which the host has looked up; h of all layers on
  /// chip.
  [[nodiscard]] std::int64_t initial_of(Tensor t, const TensorRow& row) const {
    if (row.border == Border::enters) return g_.columns * g_.blocks * (g_.feedback ? 1 : g_.passes);
    return t == c_.block.carried().on_chip ? g_.layers * g_.heads * head_tiles_ : 0;
  }

  [[nodiscard]] std::int64_t capacity(Tensor t, const TensorRow& row) const {
    switch (row.tile) {
      case Tile::vector:
        return row.border == Border::none     ? g_.columns
               : row.border == Border::enters ? initial_of(t, row)
                                              : g_.columns * g_.blocks;
      case Tile::head_rows:
        return head_rows(t);
      case Tile::group_states:
        return to_part(t) ? 2 * (g_.bc_rows / g_.bc_unit) : g_.groups_states / g_.bc_unit;
      case Tile::head_scalar:
        return heads_held_;
      case Tile::head_states:
        return s_.barrier ? g_.heads : 2;
      case Tile::state_tile:
        return state_tiles(t);
      case Tile::output_rows:
        return 2 * (g_.out_rows / g_.out_unit);
      case Tile::logit_rows:
        return 2 * (g_.head_rows / g_.head_unit) * g_.columns;
      case Tile::history:
        return g_.conv_channels / g_.conv_unit;
      case Tile::bytes:
      case Tile::permit:
        break;
    }
    return 1;
  }

  [[nodiscard]] bool to_part(Tensor t) const { return c_.map.domain_of(to(t)) == Domain::part; }

  /// Between two operators of the parts: two firings. From there to the heads: in the naive order they come
  /// long before B, C and dt and are held whole; in the reordered one two heads (or two projection tiles)
  /// suffice. Between operators of the heads the schedule's tiles; behind them, where no column is complete
  /// before the last head, the whole tensor.
  [[nodiscard]] std::int64_t head_rows(Tensor t) const {
    const std::int64_t a_head = g_.row_tiles * g_.columns;
    const std::int64_t a_firing = g_.xz_rows / g_.tile_rows * g_.columns;
    if (to_part(t)) return 2 * a_firing;
    if (c_.map.domain_of(to(t)) != Domain::tile) return g_.heads * a_head;
    if (c_.map.domain_of(from(t)) == Domain::tile) return whole_tiles_ ? g_.heads * a_head : s_.tile_depth;
    if (whole_heads_) return g_.heads * a_head;
    return std::min(g_.heads * a_head, 2 * std::max(a_head, a_firing));
  }

  [[nodiscard]] std::int64_t state_tiles(Tensor t) const {
    const Carried& state = c_.block.carried();
    if (t == state.in || t == state.out) return std::max<std::int64_t>(1, s_.state_buffer) * head_tiles_;
    if (t == state.loop) return 2 * g_.head_tiles();
    // A fused unit takes a tile and puts one in the same firing: the one under way needs a place of its own.
    if (t == state.on_chip) return g_.layers * g_.heads * head_tiles_ + (in_one_ ? 1 : 0);
    return whole_tiles_ ? g_.heads * g_.head_tiles() * g_.columns : s_.tile_depth;
  }

  Context& c_;
  const Geometry& g_;
  const Schedule& s_;
  bool whole_heads_ = false;  ///< what comes from the projection is held for all heads
  bool whole_tiles_ = false;  ///< and what the heads' operators hand on
  bool in_one_ = false;       ///< one pipeline reads and writes the state
  std::int64_t heads_held_ = 1;
  std::int64_t head_tiles_ = 0;  ///< tiles of the state that a head has in memory
};

}  // namespace

void make_channels(Context& c) {
  ChannelMaker(c).make();
}

}  // namespace statelane::lowering
