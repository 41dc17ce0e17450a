// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "models/functional/extents.h"
#include "models/functional/firing_io.h"
#include "models/functional/online_rotation.h"
#include "models/functional/state_store.h"
#include "models/graph/graph.h"
#include "models/numerics/mamba2_model.h"

namespace statelane::functional {

/// Logits of one sequence after one pass.
struct PassLogits {
  std::size_t pass = 0;
  std::size_t sequence = 0;
  std::vector<float> values;  ///< [vocab]
};

/// What the actors share: sizes, parameters, off-chip memory, and what goes in and comes out.
struct Setup {
  Extents e;
  const Mamba2Model& model;
  OnlineRotation rotation;
  StateStore states;
  bool state_on_chip = false;
  bool by_delta_x = false;                        ///< B (delta x), not (delta B) x
  bool load_state = true;                         ///< h is read at the start of a block, not taken as zero
  std::vector<std::vector<std::int64_t>> tokens;  ///< by sequence: given, then chosen
  std::vector<PassLogits> logits;

  [[nodiscard]] const LayerWeights& weights(std::size_t layer) const { return model.weights().layers[layer]; }
  [[nodiscard]] Tile embedding_of(std::int64_t token) const;
};

/// What the convolution of a layer is given at the start of a block: histories, weights and bias as
/// Tensor::conv_in.
[[nodiscard]] Tile conv_payload(const Setup& setup, const LayerClock& at);

/// All of B or C of a block, [columns, groups * d_state], from its channel's tiles.
[[nodiscard]] std::vector<float> take_states(FiringIo& io, Tensor from, const Extents& extents);

/// What an actor's firings of one family of operators compute. Position comes from counting its own firings;
/// data only from the tiles it is given (and, for what the design keeps in the unit, from the layer's small
/// parameters).
class ActorFunction {
 public:
  ActorFunction() = default;
  ActorFunction(const ActorFunction&) = delete;
  ActorFunction& operator=(const ActorFunction&) = delete;
  virtual ~ActorFunction() = default;
  virtual void fire(const FiringShape& shape, FiringIo& io) = 0;
};

using FunctionPtr = std::unique_ptr<ActorFunction>;

// `operators` is all that the unit executes: what a fused pipeline hands on inside.
[[nodiscard]] FunctionPtr make_norm(Setup& setup);
[[nodiscard]] FunctionPtr make_rotation(Setup& setup);
[[nodiscard]] FunctionPtr make_gated_norm(Setup& setup);
[[nodiscard]] FunctionPtr make_matrix(Setup& setup);
[[nodiscard]] FunctionPtr make_parts(Setup& setup, OperatorSet operators);
[[nodiscard]] FunctionPtr make_head_scalars(Setup& setup, OperatorSet operators);
[[nodiscard]] FunctionPtr make_delta_b(Setup& setup);
[[nodiscard]] FunctionPtr make_ssm(Setup& setup, OperatorSet operators);
[[nodiscard]] FunctionPtr make_residual(Setup& setup);
[[nodiscard]] FunctionPtr make_sink(Setup& setup);
[[nodiscard]] FunctionPtr make_weight_read(Setup& setup);
[[nodiscard]] FunctionPtr make_conv_read(Setup& setup);
[[nodiscard]] FunctionPtr make_conv_write(Setup& setup);
[[nodiscard]] FunctionPtr make_state_read(Setup& setup);
[[nodiscard]] FunctionPtr make_state_write(Setup& setup);

/// The function of an actor's firings of `op`, and which of its operators share one function object (the
/// lowest of them).
[[nodiscard]] FunctionPtr make_function(Setup& setup, ActorKind kind, OperatorSet operators, Operator op);
[[nodiscard]] Operator family_of(ActorKind kind, Operator op);

}  // namespace statelane::functional
