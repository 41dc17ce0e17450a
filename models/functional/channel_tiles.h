// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <deque>
#include <string>
#include <vector>

#include "models/functional/walk.h"
#include "models/graph/graph.h"

namespace statelane::functional {

/// The tiles that lie in a graph's channels.
class ChannelTiles {
 public:
  /// Fills channels with what they start with: the prompts' embeddings, h of all layers on chip, permits to
  /// read. Throws TileError for a channel of no tensor of the block, or one that starts with other tiles.
  ChannelTiles(const Graph& graph, const Run& run);

  /// Moves a firing's input tiles to its actor's shelf; permits are used up.
  void take(const Firing& firing, Shelf& shelf);
  /// Moves what the firing made into its channels; throws TileError where it is not what the firing puts.
  void put(const Firing& firing, FiringIo& io);

  /// The states with what is on chip.
  [[nodiscard]] StateStore states() const;
  /// Empty, or which channels hold what nobody took.
  [[nodiscard]] std::string leftovers() const;
  [[nodiscard]] std::deque<TileData>& tiles(ChannelId channel) { return queues_.at(channel); }

 private:
  [[nodiscard]] Tile kind_of(Tensor t) const { return run_.block()[t].tile; }
  [[nodiscard]] std::deque<TileData> initial_tiles(const Channel& channel) const;
  /// The on-chip state in the order in which it goes round.
  template <class Visit>
  void for_each_chip_tile(const Visit& visit) const;

  const Graph& graph_;
  const Run& run_;
  std::vector<std::deque<TileData>> queues_;  ///< by channel
};

}  // namespace statelane::functional
