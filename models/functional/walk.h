// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "models/blocks/tile_functions.h"
#include "models/evaluate/mapping.h"
#include "models/functional/extents.h"
#include "models/functional/firing_io.h"
#include "models/functional/state_store.h"
#include "models/graph/graph.h"

namespace statelane::functional {

/// Logits of one sequence after one pass.
struct PassLogits {
  std::size_t pass = 0;
  std::size_t sequence = 0;
  std::vector<float> values;  ///< [vocab]
};

/// What the actors share: sizes, what the operators compute, off-chip memory, and what goes in and comes out.
struct Run {
  Extents e;
  Mapping map;
  std::unique_ptr<TileFunctions> functions;
  StateStore states;
  bool state_on_chip = false;
  bool load_state = true;                         ///< h is read at the start of a block, not taken as zero
  std::vector<std::vector<std::int64_t>> tokens;  ///< by sequence: given, then chosen
  std::vector<PassLogits> logits;
  /// The residual stream behind the last layer, by pass: a column a tile.
  std::vector<std::vector<TileData>> last;

  [[nodiscard]] const Block& block() const { return map.block(); }
  /// Row of the projection's matrix at which a part begins.
  [[nodiscard]] std::size_t first_row(std::size_t part) const;
  [[nodiscard]] std::size_t rows_of(std::size_t part) const { return e[block().parts()[part].dim]; }
  /// The sequence of a column at this time.
  [[nodiscard]] std::size_t sequence_of(const LayerClock& at, std::size_t column) const {
    return e.sequence ? at.pass : column;
  }
  /// What a layer's history and what stands behind it are as tile of the block's history stream.
  [[nodiscard]] TileData history_tile(const LayerClock& at) const;
};

/// What an actor's firings of one domain (of one operator, where a domain makes no pipeline) compute. Which
/// tiles they take and how those lie follows from the block's table; position comes from counting the actor's
/// own firings; data only from the tiles it is given and from what the design keeps in the unit.
class Walk {
 public:
  Walk() = default;
  Walk(const Walk&) = delete;
  Walk& operator=(const Walk&) = delete;
  virtual ~Walk() = default;
  virtual void fire(const FiringShape& shape, FiringIo& io) = 0;
};
using WalkPtr = std::unique_ptr<Walk>;

/// `operators`: those of one unit in one domain, a pipeline where the domain makes one, otherwise one.
[[nodiscard]] WalkPtr make_column_walk(Run& run, Operator op);
[[nodiscard]] WalkPtr make_matrix_walk(Run& run, Operator op);
[[nodiscard]] WalkPtr make_part_walk(Run& run, OperatorSet operators);
[[nodiscard]] WalkPtr make_head_walk(Run& run, OperatorSet operators);
[[nodiscard]] WalkPtr make_tile_walk(Run& run, OperatorSet operators);
[[nodiscard]] WalkPtr make_stream_walk(Run& run, Operator op);
[[nodiscard]] WalkPtr make_host_walk(Run& run);
/// The DMAs, by what they move.
[[nodiscard]] WalkPtr make_memory_walk(Run& run, StreamKind kind, bool write);

/// How tiles of several columns lie in their channel: a tile a column, or the columns in one tile.
struct TileCut {
  std::size_t unit = 1;  ///< rows of a tile
  bool shared = true;
};
/// Of a tensor whose tiles are pieces of rows.
[[nodiscard]] TileCut cut_of(const Run& run, Tensor t);
/// Cuts values [columns, rows] into tiles: all columns of a piece of rows in turn, or in one.
void put_rows(FiringIo& io, Tensor to, const TileData& values, std::size_t columns, TileCut cut);
/// The inverse.
[[nodiscard]] TileData take_rows(FiringIo& io, Tensor from, std::size_t rows, std::size_t columns,
                                 TileCut cut);

}  // namespace statelane::functional
