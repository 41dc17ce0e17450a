// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "models/blocks/operators.h"
#include "models/blocks/tile_data.h"

namespace statelane {

/// Where in a network an operator works. What `rows` counts follows from the operator's domain (block.h):
/// elements of the vector (column, rows), rows of the projection's matrix (projection, part), heads
/// (head_group, head), rows of `head` (tile), rows of the vocabulary (vocabulary).
struct TilePlace {
  std::size_t layer = 0;                        ///< the number of layers: behind the last one
  std::size_t columns = 1;                      ///< that operands of several columns have
  std::size_t first_row = 0, last_row = 0;      ///< [first_row, last_row)
  std::size_t head = 0;                         ///< tile domain
  std::size_t first_state = 0, last_state = 0;  ///< tile domain
  bool sequence = false;                        ///< columns are consecutive tokens of one sequence

  [[nodiscard]] std::size_t rows() const { return last_row - first_row; }
  [[nodiscard]] std::size_t states() const { return last_state - first_state; }
};

/// What the operators of a block compute on tiles, in one arithmetic. Operands and results come in the order
/// of the block's table, as Mapping resolves it; a result that is left empty is a copy of the first. Tiles of
/// several columns are [columns, rows, ...]. Domains:
///   column, projection, rows, vocabulary   vectors whole; weights [rows, inputs]. An operator that adds to
///                          what its unit holds gets that last.
///   part                   the values [columns, rows]; what memory brings for the block as conv_in: history
///                          [sequences, taps - 1, channels], then parameters; the operator moves the history
///   head_group, head       heads [first_row, last_row): [columns, heads, ...]; what heads share [columns,
///   all] tile                   one column of one head; a sum over the states is given back to go on from
class TileFunctions {
 public:
  TileFunctions() = default;
  TileFunctions(const TileFunctions&) = delete;
  TileFunctions& operator=(const TileFunctions&) = delete;
  virtual ~TileFunctions() = default;

  virtual void run(Operator op, const TilePlace& at, std::span<TileData* const> in,
                   std::span<TileData> out) = 0;
  /// Heads that a result of `op` depends on together: those of a quantiser's block. 1: none.
  [[nodiscard]] virtual std::size_t heads_together(Operator op) const = 0;

  // What lies in memory.
  /// Rows of the operator's matrix: [rows, inputs].
  [[nodiscard]] virtual TileData weights(Operator op, const TilePlace& at) const = 0;
  /// What stands behind a layer's history in memory.
  [[nodiscard]] virtual TileData history_parameters(std::size_t layer) const = 0;
  [[nodiscard]] virtual TileData zeros(std::size_t elements) const = 0;

  // The host.
  [[nodiscard]] virtual TileData embedding(std::int64_t token) const = 0;
  /// Logits of a column of the residual stream behind the last layer.
  [[nodiscard]] virtual std::vector<float> logits(const TileData& column) const = 0;
};

}  // namespace statelane
