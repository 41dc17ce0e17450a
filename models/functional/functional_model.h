// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <vector>

#include "models/blocks/network.h"
#include "models/blocks/phase.h"
#include "models/design/design.h"
#include "models/functional/walk.h"
#include "models/graph/graph.h"
#include "models/graph/untimed.h"
#include "models/numerics/integer_model.h"
#include "models/numerics/mamba2_model.h"

namespace statelane {

/// What a functional run starts from.
template <class Cache>
struct BasicFunctionalInput {
  /// A list for each sequence of the batch. Prefill: the prompt, phase.length tokens. Decode: the first token
  /// and, if given, those after it; where they end the token with the largest logit goes on.
  std::vector<std::vector<std::int64_t>> tokens;
  /// State of each sequence (decode, and prefill token by token); nothing: the start of a text.
  std::vector<Cache> caches;
};
using FunctionalInput = BasicFunctionalInput<ModelCache>;
using IntegerFunctionalInput = BasicFunctionalInput<std::vector<IntegerCache>>;

/// Carries data through a lowered graph, in float or in the codes of an integer-exact model: every firing
/// takes tiles of numbers from its channels, computes on them what its shape says with the functions that
/// stand beside the block's declaration, and puts tiles of numbers. Operands come from tiles alone, so an
/// illegal order, or a lost or swapped tile, gives wrong logits or a TileError.
///
/// It has no time and no scheduler of its own: run_untimed() or the observer of a simulation tells it the
/// firings. In float the sums do not depend on the tiling, so without online rotations the logits have the
/// bits of Mamba2Model::forward (with the design's order of delta, B and x); with them they agree to
/// rounding. In integers they have the bits of IntegerModel::forward.
class FunctionalModel final : public FiringListener {
 public:
  /// `graph` is `design` x `shape` x `phase` lowered; it, `design` and `model` must outlive this. Throws
  /// InputError where model and shape differ, tokens or states do not fit the phase, or an online rotation
  /// does not exist.
  FunctionalModel(const Graph& graph, const Design& design, const Mamba2Shape& shape, const Phase& phase,
                  const Mamba2Model& model, FunctionalInput input);
  /// The same in integers; throws InputError also where the design has not the operators of the scheme.
  FunctionalModel(const Graph& graph, const Design& design, const Mamba2Shape& shape, const Phase& phase,
                  const IntegerModel& model, IntegerFunctionalInput input);
  FunctionalModel(const FunctionalModel&) = delete;
  FunctionalModel& operator=(const FunctionalModel&) = delete;
  ~FunctionalModel() override;

  /// One firing of an actor: it takes just its input tiles and puts just its output tiles. Throws TileError
  /// naming the actor if they are not there or not what it makes.
  void fire(ActorId actor, FiringId firing) override;

  /// Logits in the order they came out: after every pass in decode, of the last token of every prompt in
  /// prefill.
  [[nodiscard]] const std::vector<functional::PassLogits>& logits() const;
  /// Logits of every token fed, by sequence: [tokens, vocab], computed from the residual stream behind the
  /// last layer also where the hardware computes only the last token's.
  [[nodiscard]] std::vector<float> all_logits(std::size_t sequence) const;
  /// The tokens of a sequence with those chosen.
  [[nodiscard]] const std::vector<std::int64_t>& tokens(std::size_t sequence) const;
  [[nodiscard]] std::size_t sequences() const;
  /// Channels of a column of the convolution's history.
  [[nodiscard]] std::size_t history_channels() const;
  /// State of a sequence after the run, from memory or from the on-chip buffer. The convolution's oldest
  /// column, which no later token needs, is that of the start.
  [[nodiscard]] functional::SequenceState state(std::size_t sequence) const;
  [[nodiscard]] ModelCache cache(std::size_t sequence) const;
  [[nodiscard]] std::vector<IntegerCache> integer_cache(std::size_t sequence) const;
  /// Empty if the run left no tile unused and recorded all logits; otherwise what is wrong.
  [[nodiscard]] std::string leftovers() const;

  /// The tiles a channel holds, oldest first. A test may damage them.
  [[nodiscard]] std::deque<TileData>& tiles(ChannelId channel);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace statelane
