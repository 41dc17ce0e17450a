// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <string>

#include "models/blocks/block.h"
#include "models/design/design.h"
#include "models/evaluate/geometry.h"
#include "models/evaluate/mapping.h"
#include "models/graph/builder.h"

/// The parts of the lowering. Each walks the block's tables; none knows an operator or a tensor by name.
namespace statelane::lowering {

/// What all parts share: the inputs, the sizes, who executes what, the channels made so far.
struct Context {
  Context(const Mapping& m, const Design& d, const Geometry& geometry, Graph& graph);

  const Mapping& map;
  const Block& block;
  const Design& design;
  const Geometry& g;
  GraphBuilder build;
  std::array<ChannelId, Mapping::most_tensors> channels{};  ///< by tensor; no_id: none
  bool per_column_state = true;                             ///< every column has a state of its own (decode)
  bool load_state = true;  ///< the state comes from memory (or an on-chip buffer) at a block's start

  [[nodiscard]] ChannelId operator[](Tensor t) const { return channels[index_of(t)]; }
  [[nodiscard]] bool off_chip(StreamKind kind) const;
  [[nodiscard]] bool fabric_head() const { return design.schedule.lm_head == HeadPlace::fabric; }
  /// Columns that logits are computed for.
  [[nodiscard]] std::int64_t head_columns() const { return g.sequence ? 1 : g.columns; }
};

/// Schedules that cannot be kept, and ports that are not there; empty, or why.
[[nodiscard]] std::string check_schedule(const Context& c);
/// Sizes that units cannot transform.
[[nodiscard]] std::string check_transforms(const Block& block, const Unit& unit, const Geometry& g);
[[nodiscard]] std::string check_transforms(const Block& block, const Design& design, const Geometry& g);

/// Creates the channels of all tensors that cross between two units of this design.
void make_channels(Context& c);

/// Emits the firings of one layer (of one block of columns) of a unit's operators, domain by domain.
void emit_columns(Context& c, Operator op);
void emit_projection(Context& c, Operator op);
void emit_parts(Context& c, OperatorSet ops);
void emit_head_groups(Context& c, OperatorSet ops);
void emit_heads(Context& c, Operator op);
void emit_tiles(Context& c, OperatorSet ops);
void emit_rows(Context& c, Operator op, bool last_layer);

/// Final norm and logits on the fabric: of the last token of a prompt, of every sequence in decode.
void emit_fabric_head(Context& c, OperatorSet ops);
/// Whatever stands behind the last layer: a host that computes the head, or only the end of the pass. In
/// decode it sends the next token's embedding.
void emit_sink(Context& c);

/// Emits the DMA actors with their streams.
void emit_memory_actors(Context& c);

/// Calls tile(part, rows, count, first) for the projection's output tiles in schedule order, inside the right
/// loops; parts not in `wanted` (bit mask by part) are skipped. `first` marks the very first tile of a block,
/// always with count 1.
template <class Visit>
void walk_parts(Context& c, unsigned wanted, const Visit& tile);

/// Calls tile(rows, count, first, last) for `rows` in tiles of `step`, the remainder last; the first and the
/// last tile stand alone.
template <class Visit>
void walk_rows(std::int64_t rows, std::int64_t step, const Visit& tile) {
  const std::int64_t tiles = ceil_div(rows, step);
  const std::int64_t last = rows - (tiles - 1) * step;
  if (tiles == 1) {
    tile(last, std::int64_t{1}, true, true);
    return;
  }
  tile(step, std::int64_t{1}, true, false);
  if (tiles > 2) tile(step, tiles - 2, false, false);
  tile(last, std::int64_t{1}, false, true);
}

/// Bytes of the weights of one firing, padded to whole DRAM bursts so that every tile starts aligned.
[[nodiscard]] Bytes aligned(Bytes bytes);

/// Rows of one tile of the projection for a part.
[[nodiscard]] inline std::int64_t part_step(const Geometry& g, Tile tile) {
  return tile == Tile::head_rows ? g.xz_rows : tile == Tile::group_states ? g.bc_rows : g.head_group;
}

template <class Visit>
class PartWalk {
 public:
  PartWalk(Context& c, unsigned wanted, const Visit& tile) : c_(c), g_(c.g), wanted_(wanted), tile_(tile) {}

  void walk() {
    if (g_.naive) {
      for (std::size_t i = 0; i < parts().size(); ++i) whole(i);
      return;
    }
    for (const std::uint8_t i : c_.block.shared_parts()) whole(i);
    std::int64_t groups = g_.head_groups();
    if (first_) {
      group();
      --groups;
    }
    auto loop = c_.build.loop(groups);
    if (groups > 0) group();
  }

 private:
  [[nodiscard]] std::span<const Block::Part> parts() const { return c_.block.parts(); }
  [[nodiscard]] bool want(std::size_t i) const { return ((wanted_ >> i) & 1u) != 0; }

  /// A part's `rows` outputs in tiles of `step`, the remainder last.
  void run(std::size_t i, std::int64_t rows, std::int64_t step) {
    if (!want(i)) return;
    std::int64_t full = rows / step;
    if (first_ && full > 0) {
      tile_(i, step, 1, true);
      --full;
      first_ = false;
    }
    if (full > 0) tile_(i, step, full, false);
    if (rows % step != 0) tile_(i, rows % step, 1, first_);
    first_ = false;
  }
  void whole(std::size_t i) { run(i, g_.dims[parts()[i].dim], part_step(g_, parts()[i].tile)); }

  void alternate(std::int64_t rows, bool first) {
    for (const std::uint8_t i : c_.block.row_parts()) {
      if (!want(i)) continue;
      tile_(i, rows, 1, first);
      first = false;
    }
  }

  /// What belongs to a group of heads: scalars, then rows, one tile of each part after the other.
  void group() {
    for (const std::uint8_t i : c_.block.scalar_parts()) run(i, g_.head_group, g_.head_group);
    bool any = false;
    for (const std::uint8_t i : c_.block.row_parts()) any = any || want(i);
    if (!any) return;
    const std::int64_t rows = g_.head_group * g_.headdim;
    std::int64_t times = rows / g_.xz_rows;
    if (first_) {  // nothing before: the first tile stands alone
      alternate(g_.xz_rows, true);
      first_ = false;
      --times;
    }
    {
      auto loop = c_.build.loop(times);
      alternate(g_.xz_rows, false);
    }
    if (const std::int64_t rest = rows % g_.xz_rows; rest != 0) alternate(rest, false);
  }

  Context& c_;
  const Geometry& g_;
  unsigned wanted_;
  const Visit& tile_;
  bool first_ = true;
};

template <class Visit>
void walk_parts(Context& c, unsigned wanted, const Visit& tile) {
  PartWalk<Visit>(c, wanted, tile).walk();
}

}  // namespace statelane::lowering
