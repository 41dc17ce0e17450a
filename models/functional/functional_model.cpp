// SPDX-License-Identifier: Apache-2.0
#include "models/functional/functional_model.h"

#include <algorithm>
#include <map>

#include "models/blocks/mamba2/functions.h"
#include "models/blocks/mamba2/mamba2.h"
#include "models/functional/channel_tiles.h"

namespace statelane {

using functional::ByTensor;
using functional::FiringIo;
using functional::Run;
using functional::SequenceState;

namespace {

struct ActorState {
  functional::Shelf shelf;
  ByTensor<ChannelId> takes{};                                   ///< by tensor; no_id: none
  std::array<functional::WalkPtr, OperatorSet::capacity> walks;  ///< by the first operator of each
};

Geometry geometry_of(const Design& design, const Mamba2Shape& shape, const Phase& phase) {
  Geometry g;
  if (std::string why = make_geometry(design, shape, phase, g); !why.empty()) throw InputError(why);
  return g;
}

Mapping mapping_of(const Design& design) {
  Mapping map;
  if (std::string why = map.map(mamba2_block(), design); !why.empty()) throw InputError(why);
  return map;
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

SequenceState state_of(const ModelCache& cache) {
  SequenceState state;
  for (const LayerCache& layer : cache.layers) state.push_back({TileData(layer.conv), TileData(layer.state)});
  return state;
}
SequenceState state_of(const std::vector<IntegerCache>& cache) {
  SequenceState state;
  for (const IntegerCache& layer : cache) {
    state.push_back({TileData(std::span<const std::int32_t>(layer.conv)),
                     TileData(std::span<const std::int32_t>(layer.state))});
  }
  return state;
}

/// `empty`: the state at the start of a text.
template <class Cache>
std::vector<SequenceState> states_of(const functional::Extents& e, const std::vector<Cache>& caches,
                                     const Cache& empty) {
  if (e.sequence && !caches.empty()) throw InputError("a prompt starts from zero, not from a given state");
  if (caches.empty()) return std::vector<SequenceState>(e.all_sequences(), state_of(empty));
  std::vector<SequenceState> states;
  for (const Cache& cache : caches) states.push_back(state_of(cache));
  return states;
}

template <class Model, class Cache>
Run make_run(const Design& design, const Mamba2Shape& shape, const Phase& phase, const Model& model,
             BasicFunctionalInput<Cache> input, std::unique_ptr<TileFunctions> functions) {
  const functional::Extents e(geometry_of(design, shape, phase), design);
  Run run{e,
          mapping_of(design),
          std::move(functions),
          functional::StateStore(e, states_of(e, input.caches, model.make_cache())),
          design.schedule.state == StatePlace::on_chip,
          !e.sequence || e.blocks > 1,
          std::move(input.tokens),
          {},
          {}};
  run.last.resize(e.passes);
  return run;
}

}  // namespace

struct FunctionalModel::State {
  const Graph& graph;
  const Design& design;
  Run run;
  functional::ChannelTiles channels;
  std::vector<ActorState> actors;

  State(const Graph& g, const Design& d, Run r)
      : graph(g), design(d), run(std::move(r)), channels(g, run), actors(g.actors.size()) {
    for (ActorState& actor : actors) actor.takes.fill(no_id);
    for (std::size_t i = 0; i < g.channels.size(); ++i) {
      const Channel& c = g.channels[i];
      if (c.consumer != no_id) actors[c.consumer].takes[index_of(c.tensor)] = static_cast<ChannelId>(i);
    }
  }

  functional::Walk& walk(ActorId id, Operator op) {
    const Actor& actor = graph.actors[id];
    const Block& block = run.block();
    if (actor.kind != ActorKind::compute) {
      functional::WalkPtr& w = actors[id].walks[0];
      if (w) return *w;
      w = actor.kind == ActorKind::host ? functional::make_host_walk(run)
                                        : functional::make_memory_walk(run, graph.streams[actor.stream].kind,
                                                                       actor.kind == ActorKind::memory_write);
      return *w;
    }
    const Domain domain = block[op].domain;
    OperatorSet together(op);
    if (is_pipeline(domain)) together = design.units[actor.unit].operators().common(block.in(domain));
    functional::WalkPtr& w = actors[id].walks[static_cast<std::size_t>(std::countr_zero(together.bits()))];
    if (!w) w = make_walk(domain, op, together);
    return *w;
  }

  functional::WalkPtr make_walk(Domain domain, Operator op, OperatorSet together) {
    switch (domain) {
      case Domain::column:
        return functional::make_column_walk(run, op);
      case Domain::projection:
      case Domain::vocabulary:
        return functional::make_matrix_walk(run, op);
      case Domain::part:
        return functional::make_part_walk(run, together);
      case Domain::head_group:
      case Domain::head:
        return functional::make_head_walk(run, together);
      case Domain::tile:
        return functional::make_tile_walk(run, together);
      case Domain::rows:
        break;
    }
    for (const Mapping::Link& in : run.map.inputs(op)) {
      if (in.tile == Tile::bytes) return functional::make_matrix_walk(run, op);
    }
    return functional::make_stream_walk(run, op);
  }

  void fire(ActorId id, const Firing& firing) {
    ActorState& actor = actors[id];
    ByTensor<const std::deque<TileData>*> queues{};
    for (std::size_t t = 0; t < queues.size(); ++t) {
      if (actor.takes[t] != no_id) queues[t] = &channels.tiles(actor.takes[t]);
    }
    ByTensor<bool> puts{};
    for (const Rate& rate : graph.outputs(firing)) puts[index_of(graph.channels[rate.channel].tensor)] = true;
    channels.take(firing, actor.shelf);
    if (graph.actors[id].kind == ActorKind::compute && firing.shape.rows == 0) {
      // The end of a pass that needs no logits: what came is not looked at.
      for (const Rate& rate : graph.inputs(firing))
        actor.shelf[index_of(graph.channels[rate.channel].tensor)].clear();
      return;
    }
    FiringIo io(run.block(), actor.shelf, queues, puts);
    walk(id, firing.shape.op).fire(firing.shape, io);
    channels.put(firing, io);
  }
};

FunctionalModel::FunctionalModel(const Graph& graph, const Design& design, const Mamba2Shape& shape,
                                 const Phase& phase, const Mamba2Model& model, FunctionalInput input) {
  check_model(shape, model.dims());
  check_tokens(phase, model.dims(), input.tokens);
  state_ = std::make_unique<State>(
      graph, design,
      make_run(design, shape, phase, model, std::move(input), mamba2_float_functions(model, design)));
}

FunctionalModel::FunctionalModel(const Graph& graph, const Design& design, const Mamba2Shape& shape,
                                 const Phase& phase, const IntegerModel& model,
                                 IntegerFunctionalInput input) {
  check_model(shape, model.dims());
  check_tokens(phase, model.dims(), input.tokens);
  if (design.schedule.lm_head == HeadPlace::fabric && model.integer_head() == nullptr)
    throw InputError("the design computes the head on the fabric, but the scheme has none in integers");
  state_ = std::make_unique<State>(
      graph, design,
      make_run(design, shape, phase, model, std::move(input), mamba2_integer_functions(model, design)));
}

FunctionalModel::~FunctionalModel() = default;

void FunctionalModel::fire(ActorId actor, FiringId id) {
  const Firing& firing = state_->graph.firings[id];
  try {
    state_->fire(actor, firing);
  } catch (const TileError& e) {
    throw TileError("actor " + std::string(state_->graph.actors[actor].name) + " (" +
                    std::string(state_->run.block()[firing.shape.op].name) + ") " + e.what());
  }
}

const std::vector<functional::PassLogits>& FunctionalModel::logits() const {
  return state_->run.logits;
}

std::vector<float> FunctionalModel::all_logits(std::size_t sequence) const {
  const Run& run = state_->run;
  std::vector<float> all;
  for (std::size_t pass = 0; pass < run.last.size(); ++pass) {
    if (run.e.sequence && pass != sequence) continue;
    for (std::size_t c = 0; c < run.last[pass].size(); ++c) {
      if (!run.e.sequence && c != sequence) continue;
      const std::vector<float> one = run.functions->logits(run.last[pass][c]);
      all.insert(all.end(), one.begin(), one.end());
    }
  }
  return all;
}

const std::vector<std::int64_t>& FunctionalModel::tokens(std::size_t sequence) const {
  return state_->run.tokens.at(sequence);
}

std::size_t FunctionalModel::sequences() const {
  return state_->run.tokens.size();
}

std::size_t FunctionalModel::history_channels() const {
  return state_->run.e[Dim::conv_channels];
}

SequenceState FunctionalModel::state(std::size_t sequence) const {
  return state_->channels.states().of(sequence);
}

ModelCache FunctionalModel::cache(std::size_t sequence) const {
  ModelCache cache;
  for (const functional::LayerState& layer : state(sequence))
    cache.layers.push_back({layer.history.reals, layer.state.reals});
  return cache;
}

std::vector<IntegerCache> FunctionalModel::integer_cache(std::size_t sequence) const {
  std::vector<IntegerCache> cache;
  const auto narrow = [](const TileData& data) {
    std::vector<std::int32_t> values;
    for (const std::int64_t v : data.codes) values.push_back(static_cast<std::int32_t>(v));
    return values;
  };
  for (const functional::LayerState& layer : state(sequence))
    cache.push_back({narrow(layer.history), narrow(layer.state)});
  return cache;
}

std::string FunctionalModel::leftovers() const {
  const State& s = *state_;
  std::string text = s.channels.leftovers();
  const auto add = [&](const std::string& what, std::size_t n, std::size_t expected) {
    if (n == expected) return;
    if (!text.empty()) text += "; ";
    text += what + " holds " + std::to_string(n) + " tiles, not " + std::to_string(expected);
  };
  const std::span<const TensorRow> tensors = s.run.block().tensors();
  for (std::size_t a = 0; a < s.actors.size(); ++a) {
    for (std::size_t t = 0; t < tensors.size(); ++t) {
      add("actor " + std::string(s.graph.actors[a].name) + ", tensor " + std::string(tensors[t].name),
          s.actors[a].shelf[t].size(), 0);
    }
  }
  const functional::Extents& e = s.run.e;
  add("the list of logits", s.run.logits.size(), (e.head_every_pass ? e.passes : 1) * e.head_columns());
  return text;
}

std::deque<TileData>& FunctionalModel::tiles(ChannelId channel) {
  return state_->channels.tiles(channel);
}

}  // namespace statelane
