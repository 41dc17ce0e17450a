// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "models/functional/walk.h"

namespace statelane::functional {
namespace {

/// Operators head by head, all columns. Where a quantiser's block spans heads, the whole block is computed
/// for each of them, from tiles taken before, the head's own, and those that follow in the channel.
class HeadWalk final : public Walk {
 public:
  HeadWalk(Run& run, OperatorSet operators) : r_(run), ops_(operators) {
    ops_.for_each([&](Operator op) { together_ = std::max(together_, run.functions->heads_together(op)); });
    ops_.for_each([&](Operator op) { groups_ = run.block()[op].domain == Domain::head_group; });
  }

  void fire(const FiringShape& shape, FiringIo& io) override {
    for (std::int32_t i = 0; i < (groups_ ? shape.rows : 1); ++i) one_head(io);
  }

 private:
  void one_head(FiringIo& io) {
    first_ = head_ / together_ * together_;
    last_ = std::min(r_.e.heads, first_ + together_);
    for (const Operator op : r_.block().order()) {
      if (ops_.contains(op)) work(op, io);
    }
    if (++head_ == last_) held_ = {};
    if (head_ < r_.e.heads) return;
    head_ = 0;
    whole_ = {};
    clock_.next_block(r_.e);
  }

  [[nodiscard]] std::size_t width(Tile tile) const { return tile == Tile::head_states ? r_.e.d_state : 1; }

  void work(Operator op, FiringIo& io) {
    std::vector<TileData> operands;
    for (const Mapping::Link& link : r_.map.inputs(op)) operands.push_back(operand(op, link, io));
    std::vector<TileData*> in;
    for (TileData& tile : operands) in.push_back(&tile);
    const std::span<const Mapping::Link> outputs = r_.map.outputs(op);
    std::vector<TileData> out(outputs.size());
    r_.functions->run(
        op, {.layer = clock_.layer, .columns = r_.e.columns, .first_row = first_, .last_row = last_}, in,
        out);
    for (std::size_t i = 0; i < out.size(); ++i) {
      const Tensor t = outputs[i].tensor;
      if (r_.map.fused(static_cast<int>(op), r_.map.consumer(t))) {
        inside_[index_of(t)] = std::move(out[i]);
        continue;
      }
      const std::size_t n = width(outputs[i].tile);
      TileData tile;
      for (std::size_t c = 0; c < r_.e.columns; ++c)
        tile.append(out[i], (c * (last_ - first_) + head_ - first_) * n, n);
      io.put(t, std::move(tile));
    }
  }

  TileData operand(Operator op, const Mapping::Link& link, FiringIo& io) {
    if (link.tile == Tile::group_states) {
      TileData& all = whole_[index_of(link.tensor)];
      if (head_ == 0) all = take_rows(io, link.tensor, r_.e.states, r_.e.columns, cut_of(r_, link.tensor));
      return all;
    }
    if (r_.map.fused(r_.map.producer(link.tensor), static_cast<int>(op)))
      return inside_[index_of(link.tensor)];
    return of_heads(link, io);
  }

  /// [columns, heads of the block, ...] from tiles of one head each.
  TileData of_heads(const Mapping::Link& link, FiringIo& io) {
    const std::size_t n = width(link.tile);
    const std::size_t heads = last_ - first_;
    std::vector<TileData>& held = held_[index_of(link.tensor)];
    held.push_back(io.take(link.tensor, r_.e.columns * n));
    TileData all;
    for (std::size_t h = 0; h < heads; ++h) {
      const TileData& tile =
          h < held.size() ? held[h] : io.look_ahead(link.tensor, h - held.size(), r_.e.columns * n);
      for (std::size_t c = 0; c < r_.e.columns; ++c)
        all.set((c * heads + h) * n, tile.slice(c * n, n), r_.e.columns * heads * n);
    }
    return all;
  }

  Run& r_;
  OperatorSet ops_;
  std::size_t together_ = 1;
  bool groups_ = false;
  LayerClock clock_;
  std::size_t head_ = 0;
  std::size_t first_ = 0, last_ = 1;      ///< the quantiser's block
  ByTensor<std::vector<TileData>> held_;  ///< taken of this block
  ByTensor<TileData> whole_;              ///< what all heads share
  ByTensor<TileData> inside_;             ///< what crosses inside the pipeline
};

}  // namespace

WalkPtr make_head_walk(Run& run, OperatorSet operators) {
  return std::make_unique<HeadWalk>(run, operators);
}

}  // namespace statelane::functional
