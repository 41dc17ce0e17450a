// SPDX-License-Identifier: Apache-2.0
#include <array>
#include <string>

#include "models/functional/walk.h"

namespace statelane::functional {
namespace {

/// A projection: holds the inputs of a block and multiplies them with whatever weights arrive.
class MatrixWalk final : public Walk {
 public:
  MatrixWalk(Run& run, Operator op) : r_(run), op_(op), row_(run.block()[op]) {
    for (std::size_t p = 0; row_.domain == Domain::projection && p < run.block().parts().size(); ++p)
      all_rows_ += run.rows_of(p);
    if (row_.domain != Domain::projection) all_rows_ = run.e[row_.rows];
  }

  void fire(const FiringShape& shape, FiringIo& io) override {
    const auto columns = static_cast<std::size_t>(shape.columns);
    const auto rows = static_cast<std::size_t>(shape.rows);
    const auto inputs = static_cast<std::size_t>(shape.reduce);
    const bool parts = row_.domain == Domain::projection;
    const auto part = static_cast<std::size_t>(shape.part);
    std::size_t& done = done_[parts ? part : 0];
    const std::size_t first = done + (parts ? r_.first_row(part) : 0);
    std::vector<TileData> taken;
    for (const Mapping::Link& in : r_.map.inputs(op_)) {
      taken.push_back(in.tile == Tile::bytes ? io.take(in.tensor, rows * inputs)
                                             : held(in.tensor, columns, inputs, io));
    }
    std::vector<TileData*> in;
    for (TileData& tile : taken) in.push_back(&tile);
    std::vector<TileData> out(1);
    const std::size_t layer = row_.domain == Domain::vocabulary ? r_.e.layers : clock_.layer;
    r_.functions->run(op_, {.layer = layer, .columns = columns, .first_row = first, .last_row = first + rows},
                      in, out);
    const Tensor to =
        parts ? r_.map.made_as(r_.block().parts()[part].tensor) : r_.map.outputs(op_).front().tensor;
    put_rows(io, to, out.front(), columns, cut_of(r_, to));
    done += rows;
    if ((total_ += rows) < all_rows_) return;
    total_ = 0;
    done_ = {};
    if (row_.domain != Domain::vocabulary) clock_.next_block(r_.e);
  }

 private:
  [[nodiscard]] const TileData& held(Tensor t, std::size_t columns, std::size_t inputs, FiringIo& io) {
    if (io.available(t) > 0) {
      held_ = {};
      for (std::size_t c = 0; c < columns; ++c) held_.append(io.take(t, inputs));
    }
    if (held_.size() != columns * inputs) throw TileError("multiplies without its inputs");
    return held_;
  }

  Run& r_;
  Operator op_;
  const OperatorRow& row_;
  std::size_t all_rows_ = 0;
  LayerClock clock_;
  std::array<std::size_t, 8> done_{};  ///< rows, by part
  std::size_t total_ = 0;
  TileData held_;
};

}  // namespace

WalkPtr make_matrix_walk(Run& run, Operator op) {
  return std::make_unique<MatrixWalk>(run, op);
}

}  // namespace statelane::functional
