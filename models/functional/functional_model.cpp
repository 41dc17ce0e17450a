// SPDX-License-Identifier: Apache-2.0
#include "models/functional/functional_model.h"

#include <algorithm>

namespace statelane {

using functional::FiringIo;
using functional::FunctionPtr;
using functional::Setup;
using functional::Shelf;
using functional::Tile;
using functional::TileError;

namespace {

struct ActorState {
  Shelf shelf;
  std::array<FunctionPtr, operator_count> functions;  ///< by family
};

Geometry geometry_of(const Design& design, const Mamba2Shape& shape, const Phase& phase) {
  Geometry g;
  if (std::string why = make_geometry(design, shape, phase, g); !why.empty()) throw InputError(why);
  return g;
}

void check_model(const Mamba2Shape& shape, const ModelDims& m) {
  const ModelDims wanted = dims_of(shape);
  const bool same = m.d_model == wanted.d_model && m.layers == wanted.layers && m.vocab == wanted.vocab &&
                    m.d_inner == wanted.d_inner && m.heads == wanted.heads && m.headdim == wanted.headdim &&
                    m.d_state == wanted.d_state && m.groups == wanted.groups && m.taps == wanted.taps;
  if (!same) throw InputError("the model's weights are not those of network \"" + shape.name + "\"");
}

void check_tokens(const Phase& phase, const ModelDims& m,
                  const std::vector<std::vector<std::int64_t>>& tokens) {
  if (tokens.size() != static_cast<std::size_t>(phase.batch)) {
    throw InputError(std::to_string(tokens.size()) + " token lists for a batch of " +
                     std::to_string(phase.batch));
  }
  for (const std::vector<std::int64_t>& list : tokens) {
    const bool enough = phase.kind == PhaseKind::decode
                            ? !list.empty()
                            : list.size() == static_cast<std::size_t>(phase.length);
    if (!enough)
      throw InputError(std::to_string(list.size()) + " tokens for " + std::to_string(phase.length));
    for (const std::int64_t token : list) {
      if (token < 0 || static_cast<std::size_t>(token) >= m.vocab) {
        throw InputError("token " + std::to_string(token) + " is outside the vocabulary");
      }
    }
  }
}

}  // namespace

struct FunctionalModel::State {
  const Graph& graph;
  const Design& design;
  Setup setup;
  std::vector<functional::Tensor> tensor_of;  ///< by channel
  std::vector<std::deque<Tile>> queues;       ///< by channel
  std::vector<ActorState> actors;

  State(const Graph& g, const Design& d, Setup s)
      : graph(g), design(d), setup(std::move(s)), actors(g.actors.size()) {
    for (const Channel& channel : graph.channels) {
      const auto tensor = functional::tensor_named(channel.name);
      if (!tensor) throw TileError("channel " + std::string(channel.name) + " holds nothing known");
      tensor_of.push_back(*tensor);
      queues.push_back(initial_tiles(*tensor, channel));
    }
  }

  /// What a channel starts with: the prompts' embeddings, h of all layers on chip, permits to read.
  [[nodiscard]] std::deque<Tile> initial_tiles(functional::Tensor tensor, const Channel& channel) const {
    std::deque<Tile> tiles;
    const functional::Extents& e = setup.e;
    if (tensor == functional::Tensor::order) tiles.resize(static_cast<std::size_t>(channel.initial));
    if (tensor == functional::Tensor::embedding) {
      const std::size_t prompts = e.feedback ? 1 : e.passes;
      for (std::size_t pass = 0; pass < prompts; ++pass) {
        for (std::size_t c = 0; c < e.columns * e.blocks; ++c) {
          const std::int64_t token = e.sequence ? setup.tokens[pass][c] : setup.tokens[c][pass];
          tiles.push_back(setup.embedding_of(token));
        }
      }
    }
    if (tensor == functional::Tensor::h_loop && setup.state_on_chip) {
      for_each_chip_tile(
          [&](const functional::StateStore::Place& at) { tiles.push_back(setup.states.state_tile(at)); });
    }
    if (tiles.size() != static_cast<std::size_t>(channel.initial)) {
      throw TileError("channel " + std::string(channel.name) + " starts with " +
                      std::to_string(channel.initial) + " tiles, the network has " +
                      std::to_string(tiles.size()));
    }
    return tiles;
  }

  /// The on-chip state in the order in which it goes round.
  template <class Visit>
  void for_each_chip_tile(const Visit& visit) const {
    const functional::Extents& e = setup.e;
    for (std::size_t layer = 0; layer < e.layers; ++layer) {
      for (std::size_t head = 0; head < e.heads; ++head) {
        for (std::size_t q = 0; q < e.sequences(); ++q) {
          for (std::size_t row = 0; row < e.row_tiles; ++row) {
            for (std::size_t state = 0; state < e.state_tiles; ++state) visit({q, layer, head, row, state});
          }
        }
      }
    }
  }

  functional::ActorFunction& function(ActorId id, const FiringShape& shape) {
    const Actor& actor = graph.actors[id];
    const Operator family = functional::family_of(actor.kind, shape.op);
    FunctionPtr& f = actors[id].functions[static_cast<std::size_t>(family)];
    if (!f) {
      const OperatorSet operators =
          actor.kind == ActorKind::compute ? design.units[actor.unit].operators() : OperatorSet(shape.op);
      f = functional::make_function(setup, actor.kind, operators, shape.op);
    }
    return *f;
  }

  void take_inputs(const Firing& firing, Shelf& shelf) {
    for (const Rate& rate : graph.inputs(firing)) {
      std::deque<Tile>& queue = queues[rate.channel];
      const auto n = static_cast<std::size_t>(rate.tiles);
      if (queue.size() < n) {
        throw TileError("takes " + std::to_string(n) + " tiles of channel " +
                        std::string(graph.channels[rate.channel].name) + ", which has " +
                        std::to_string(queue.size()));
      }
      const functional::Tensor tensor = tensor_of[rate.channel];
      for (std::size_t i = 0; i < n; ++i) {
        if (tensor != functional::Tensor::order)
          shelf[static_cast<std::size_t>(tensor)].push_back(std::move(queue.front()));
        queue.pop_front();
      }
    }
  }

  void put_outputs(const Firing& firing, FiringIo& io) {
    for (const Rate& rate : graph.outputs(firing)) {
      const functional::Tensor tensor = tensor_of[rate.channel];
      std::vector<Tile>& made = io.made(tensor);
      const auto n = static_cast<std::size_t>(rate.tiles);
      if (tensor == functional::Tensor::order) made.resize(n);
      if (made.size() != n) {
        throw TileError("makes " + std::to_string(made.size()) + " tiles for channel " +
                        std::string(graph.channels[rate.channel].name) + ", its firing puts " +
                        std::to_string(n));
      }
      std::move(made.begin(), made.end(), std::back_inserter(queues[rate.channel]));
      made.clear();
    }
    for (int t = 0; t < functional::tensor_count; ++t) {
      if (!io.made(static_cast<functional::Tensor>(t)).empty()) {
        throw TileError("makes tiles of " +
                        std::string(functional::tensor_name(static_cast<functional::Tensor>(t))) +
                        " that no channel takes");
      }
    }
  }
};

FunctionalModel::FunctionalModel(const Graph& graph, const Design& design, const Mamba2Shape& shape,
                                 const Phase& phase, const Mamba2Model& model, FunctionalInput input) {
  check_model(shape, model.dims());
  check_tokens(phase, model.dims(), input.tokens);
  const functional::Extents e =
      functional::extents_of(geometry_of(design, shape, phase), design, model.dims());
  Setup setup{e,
              model,
              functional::OnlineRotation(design, e.d_model, e.d_inner),
              functional::StateStore(e, std::move(input.caches)),
              design.schedule.state == StatePlace::on_chip,
              design.unit_of(Operator::delta_x) >= 0,
              !e.sequence || e.blocks > 1,
              std::move(input.tokens),
              {}};
  state_ = std::make_unique<State>(graph, design, std::move(setup));
}

FunctionalModel::~FunctionalModel() = default;

void FunctionalModel::fire(ActorId actor, FiringId id) {
  State& s = *state_;
  const Firing& firing = s.graph.firings[id];
  try {
    std::array<bool, functional::tensor_count> puts{};
    for (const Rate& rate : s.graph.outputs(firing))
      puts[static_cast<std::size_t>(s.tensor_of[rate.channel])] = true;
    s.take_inputs(firing, s.actors[actor].shelf);
    FiringIo io(s.actors[actor].shelf, puts);
    s.function(actor, firing.shape).fire(firing.shape, io);
    s.put_outputs(firing, io);
  } catch (const TileError& e) {
    throw TileError("actor " + std::string(s.graph.actors[actor].name) + " (" +
                    std::string(operator_name(firing.shape.op)) + ") " + e.what());
  }
}

const std::vector<functional::PassLogits>& FunctionalModel::logits() const {
  return state_->setup.logits;
}

const std::vector<std::int64_t>& FunctionalModel::tokens(std::size_t sequence) const {
  return state_->setup.tokens.at(sequence);
}

ModelCache FunctionalModel::cache(std::size_t sequence) const {
  const State& s = *state_;
  if (!s.setup.state_on_chip) return s.setup.states.cache(sequence);
  functional::StateStore store = s.setup.states;
  for (std::size_t i = 0; i < s.queues.size(); ++i) {
    if (s.tensor_of[i] != functional::Tensor::h_loop) continue;
    auto tile = s.queues[i].begin();
    s.for_each_chip_tile([&](const functional::StateStore::Place& at) {
      if (tile != s.queues[i].end()) store.set_state_tile(at, *tile++);
    });
  }
  return store.cache(sequence);
}

std::string FunctionalModel::leftovers() const {
  const State& s = *state_;
  std::string text;
  const auto add = [&](std::string_view what, std::string_view name, std::size_t n, std::size_t expected) {
    if (n == expected) return;
    if (!text.empty()) text += "; ";
    text += std::string(what) + " " + std::string(name) + " holds " + std::to_string(n) + " tiles, not " +
            std::to_string(expected);
  };
  for (std::size_t i = 0; i < s.queues.size(); ++i) {
    // Only what goes round stays: permits, h on chip, and in decode the embeddings of tokens not asked for.
    const functional::Tensor t = s.tensor_of[i];
    const auto initial = static_cast<std::size_t>(s.graph.channels[i].initial);
    const bool stays = t == functional::Tensor::order || t == functional::Tensor::h_loop ||
                       (t == functional::Tensor::embedding && s.setup.e.feedback);
    add("channel", s.graph.channels[i].name, s.queues[i].size(), stays ? initial : 0);
  }
  for (std::size_t a = 0; a < s.actors.size(); ++a) {
    for (int t = 0; t < functional::tensor_count; ++t) {
      add("actor " + std::string(s.graph.actors[a].name) + ", tensor",
          functional::tensor_name(static_cast<functional::Tensor>(t)),
          s.actors[a].shelf[static_cast<std::size_t>(t)].size(), 0);
    }
  }
  const functional::Extents& e = s.setup.e;
  const std::size_t wanted = (e.head_every_pass ? e.passes : 1) * e.head_columns();
  add("the list of", "logits", s.setup.logits.size(), wanted);
  return text;
}

std::deque<Tile>& FunctionalModel::tiles(ChannelId channel) {
  return state_->queues.at(channel);
}

}  // namespace statelane
