// SPDX-License-Identifier: Apache-2.0
#include "models/functional/channel_tiles.h"

#include <algorithm>
#include <iterator>

namespace statelane::functional {

ChannelTiles::ChannelTiles(const Graph& graph, const Run& run) : graph_(graph), run_(run) {
  for (const Channel& channel : graph.channels) {
    if (index_of(channel.tensor) >= run.block().tensors().size())
      throw TileError("channel " + std::string(channel.name) + " holds no tensor of block " +
                      std::string(run.block().name()));
    queues_.push_back(initial_tiles(channel));
  }
}

template <class Visit>
void ChannelTiles::for_each_chip_tile(const Visit& visit) const {
  const Extents& e = run_.e;
  for (std::size_t layer = 0; layer < e.layers; ++layer) {
    for (std::size_t head = 0; head < e.heads; ++head) {
      for (std::size_t q = 0; q < e.sequences(); ++q) {
        for (std::size_t row = 0; row < e.row_tiles; ++row) {
          for (std::size_t state = 0; state < e.state_tiles; ++state)
            visit(StateStore::Place{q, layer, head, row, state});
        }
      }
    }
  }
}

std::deque<TileData> ChannelTiles::initial_tiles(const Channel& channel) const {
  std::deque<TileData> tiles;
  const Extents& e = run_.e;
  if (kind_of(channel.tensor) == Tile::permit) tiles.resize(static_cast<std::size_t>(channel.initial));
  if (channel.tensor == run_.block().entering()) {
    const std::size_t prompts = e.feedback ? 1 : e.passes;
    for (std::size_t pass = 0; pass < prompts; ++pass) {
      for (std::size_t c = 0; c < e.layer_columns(); ++c)
        tiles.push_back(run_.functions->embedding(e.sequence ? run_.tokens[pass][c] : run_.tokens[c][pass]));
    }
  }
  if (channel.tensor == run_.block().carried().on_chip) {
    for_each_chip_tile([&](const StateStore::Place& at) { tiles.push_back(run_.states.state_tile(at)); });
  }
  if (tiles.size() != static_cast<std::size_t>(channel.initial)) {
    throw TileError("channel " + std::string(channel.name) + " starts with " +
                    std::to_string(channel.initial) + " tiles, the network has " +
                    std::to_string(tiles.size()));
  }
  return tiles;
}

void ChannelTiles::take(const Firing& firing, Shelf& shelf) {
  for (const Rate& rate : graph_.inputs(firing)) {
    const Channel& channel = graph_.channels[rate.channel];
    std::deque<TileData>& queue = queues_[rate.channel];
    const auto n = static_cast<std::size_t>(rate.tiles);
    if (queue.size() < n) {
      throw TileError("takes " + std::to_string(n) + " tiles of channel " + std::string(channel.name) +
                      ", which has " + std::to_string(queue.size()));
    }
    const bool permit = kind_of(channel.tensor) == Tile::permit;
    for (std::size_t i = 0; i < n; ++i) {
      if (!permit) shelf[index_of(channel.tensor)].push_back(std::move(queue.front()));
      queue.pop_front();
    }
  }
}

void ChannelTiles::put(const Firing& firing, FiringIo& io) {
  for (const Rate& rate : graph_.outputs(firing)) {
    const Channel& channel = graph_.channels[rate.channel];
    std::vector<TileData>& made = io.made(channel.tensor);
    const auto n = static_cast<std::size_t>(rate.tiles);
    if (kind_of(channel.tensor) == Tile::permit) made.resize(n);
    if (made.size() != n) {
      throw TileError("makes " + std::to_string(made.size()) + " tiles for channel " +
                      std::string(channel.name) + ", its firing puts " + std::to_string(n));
    }
    std::move(made.begin(), made.end(), std::back_inserter(queues_[rate.channel]));
    made.clear();
  }
  const std::span<const TensorRow> tensors = run_.block().tensors();
  for (std::size_t t = 0; t < tensors.size(); ++t) {
    if (!io.made(static_cast<Tensor>(t)).empty())
      throw TileError("makes tiles of " + std::string(tensors[t].name) + " that no channel takes");
  }
}

StateStore ChannelTiles::states() const {
  StateStore store = run_.states;
  for (std::size_t i = 0; i < queues_.size(); ++i) {
    if (graph_.channels[i].tensor != run_.block().carried().on_chip) continue;
    auto tile = queues_[i].begin();
    for_each_chip_tile([&](const StateStore::Place& at) {
      if (tile != queues_[i].end()) store.set_state_tile(at, *tile++);
    });
  }
  return store;
}

std::string ChannelTiles::leftovers() const {
  std::string text;
  for (std::size_t i = 0; i < queues_.size(); ++i) {
    // Only what goes round stays: permits, h on chip, and in decode the embeddings of tokens not asked for.
    const Channel& channel = graph_.channels[i];
    const Tensor t = channel.tensor;
    const bool stays = kind_of(t) == Tile::permit || t == run_.block().carried().on_chip ||
                       (t == run_.block().entering() && run_.e.feedback);
    const std::size_t expected = stays ? static_cast<std::size_t>(channel.initial) : 0;
    if (queues_[i].size() == expected) continue;
    if (!text.empty()) text += "; ";
    text += "channel " + std::string(channel.name) + " holds " + std::to_string(queues_[i].size()) +
            " tiles, not " + std::to_string(expected);
  }
  return text;
}

}  // namespace statelane::functional
