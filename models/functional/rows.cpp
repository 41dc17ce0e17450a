// SPDX-License-Identifier: Apache-2.0
#include <string>

#include "models/functional/walk.h"

namespace statelane::functional {

std::size_t Run::first_row(std::size_t part) const {
  std::size_t row = 0;
  for (std::size_t p = 0; p < part; ++p) row += rows_of(p);
  return row;
}

TileData Run::history_tile(const LayerClock& at) const {
  TileData tile;
  for (std::size_t q = 0; q < e.sequences(); ++q) tile.append(states.history(sequence_of(at, q), at.layer));
  tile.append(functions->history_parameters(at.layer));
  return tile;
}

TileCut cut_of(const Run& run, Tensor t) {
  const TensorRow& row = run.block()[t];
  switch (row.tile) {
    case Tile::head_rows:
      return {run.e.tile_rows, false};
    case Tile::group_states:
      return {run.e.bc_unit, true};
    case Tile::head_scalar:
      return {1, true};
    case Tile::output_rows:
      return {run.e.out_unit, true};
    case Tile::logit_rows:
      return {run.e.head_unit, false};
    default:
      throw TileError("has no rule to cut tensor " + std::string(row.name));
  }
}

void put_rows(FiringIo& io, Tensor to, const TileData& values, std::size_t columns, TileCut cut) {
  const std::size_t rows = values.size() / columns;
  for (std::size_t first = 0; first < rows; first += cut.unit) {
    TileData tile;
    for (std::size_t column = 0; column < columns; ++column) {
      tile.append(values, column * rows + first, cut.unit);
      if (cut.shared) continue;
      io.put(to, std::move(tile));
      tile = {};
    }
    if (cut.shared) io.put(to, std::move(tile));
  }
}

TileData take_rows(FiringIo& io, Tensor from, std::size_t rows, std::size_t columns, TileCut cut) {
  TileData values;
  for (std::size_t first = 0; first < rows; first += cut.unit) {
    TileData tile;
    for (std::size_t column = 0; column < columns; ++column) {
      if (!cut.shared || column == 0) tile = io.take(from, cut.shared ? cut.unit * columns : cut.unit);
      values.set(column * rows + first, tile.slice(cut.shared ? column * cut.unit : 0, cut.unit),
                 rows * columns);
    }
  }
  return values;
}

}  // namespace statelane::functional
