// SPDX-License-Identifier: Apache-2.0
#include "models/functional/walk.h"

namespace statelane::functional {
namespace {

/// An operator on whole vectors, column by column, layer after layer, and, with the head on the fabric, once
/// more behind the last one.
class ColumnWalk final : public Walk {
 public:
  ColumnWalk(Run& run, Operator op)
      : r_(run), op_(op), again_(run.e.head_on_fabric && run.block().at_head().contains(op)) {}

  void fire(const FiringShape&, FiringIo& io) override {
    const Extents& e = r_.e;
    std::vector<TileData> taken;
    for (const Mapping::Link& in : r_.map.inputs(op_)) taken.push_back(take(in, io));
    std::vector<TileData*> in;
    for (TileData& tile : taken) in.push_back(&tile);
    const std::span<const Mapping::Link> outputs = r_.map.outputs(op_);
    std::vector<TileData> out(outputs.size());
    const TilePlace at{.layer = final_ ? e.layers : clock_.layer, .last_row = taken.front().size()};
    r_.functions->run(op_, at, in, out);
    for (std::size_t i = 0; i < out.size(); ++i) io.put(outputs[i].tensor, std::move(out[i]));
    advance();
  }

 private:
  TileData take(const Mapping::Link& in, FiringIo& io) {
    const std::size_t elements = r_.e[r_.block()[in.tensor].dim];
    if (in.tile == Tile::head_rows) return gathered(in.tensor, io);
    // The head of a prompt looks at its last column only.
    if (final_ && in.border == Border::next_layer)
      io.drop(in.tensor, r_.e.layer_columns() / r_.e.head_columns() - 1);
    return io.take(in.tensor, elements);
  }

  /// The first firing of a block takes the tiles of all columns, by head, column and row tile.
  TileData gathered(Tensor t, FiringIo& io) {
    const Extents& e = r_.e;
    const std::size_t width = e.heads * e.headdim;
    if (column_ == 0) {
      gathered_ = {};
      for (std::size_t head = 0; head < e.heads; ++head) {
        for (std::size_t column = 0; column < e.columns; ++column) {
          for (std::size_t tile = 0; tile < e.row_tiles; ++tile) {
            const std::size_t at = column * width + head * e.headdim + tile * e.tile_rows;
            gathered_.set(at, io.take(t, e.tile_rows), e.columns * width);
          }
        }
      }
    }
    return gathered_.slice(column_ * width, width);
  }

  void advance() {
    if (++column_ < (final_ ? r_.e.head_columns() : r_.e.columns)) return;
    column_ = 0;
    if (final_) {
      final_ = false;
      return;
    }
    const std::size_t pass = clock_.pass;
    clock_.next_block(r_.e);
    final_ = again_ && clock_.pass != pass && (r_.e.head_every_pass || clock_.pass == r_.e.passes);
  }

  Run& r_;
  Operator op_;
  bool again_;
  LayerClock clock_;
  std::size_t column_ = 0;
  bool final_ = false;
  TileData gathered_;
};

}  // namespace

WalkPtr make_column_walk(Run& run, Operator op) {
  return std::make_unique<ColumnWalk>(run, op);
}

}  // namespace statelane::functional
