// SPDX-License-Identifier: Apache-2.0
#include "models/functional/actor_function.h"

namespace statelane::functional {

Tile Setup::embedding_of(std::int64_t token) const {
  const auto first = model.weights().embedding.begin() +
                     static_cast<std::ptrdiff_t>(token) * static_cast<std::ptrdiff_t>(e.d_model);
  return Tile(first, first + static_cast<std::ptrdiff_t>(e.d_model));
}

Operator family_of(ActorKind kind, Operator op) {
  if (kind == ActorKind::host) return Operator::lm_head;
  if (kind == ActorKind::memory_read || kind == ActorKind::memory_write) {
    return op == Operator::out_proj || op == Operator::lm_head ? Operator::in_proj : op;
  }
  switch (op) {
    case Operator::in_hadamard:
    case Operator::out_hadamard:
    case Operator::out_hadamard2:
      return Operator::in_hadamard;
    case Operator::in_proj:
    case Operator::out_proj:
    case Operator::lm_head:
      return Operator::in_proj;
    case Operator::conv:
    case Operator::silu_xbc:
    case Operator::silu_z:
      return Operator::conv;
    case Operator::softplus:
    case Operator::decay_exp:
      return Operator::softplus;
    case Operator::delta_x:
    case Operator::outer:
    case Operator::decay:
    case Operator::state_add:
    case Operator::state_c:
    case Operator::d_skip:
    case Operator::gate:
      return Operator::delta_x;
    case Operator::norm:
    case Operator::gated_norm:
    case Operator::delta_b:
    case Operator::residual:
      return op;
  }
  return op;
}

FunctionPtr make_function(Setup& setup, ActorKind kind, OperatorSet operators, Operator op) {
  const Operator family = family_of(kind, op);
  if (kind == ActorKind::host) return make_sink(setup);
  if (kind == ActorKind::memory_read) {
    if (family == Operator::in_proj) return make_weight_read(setup);
    if (family == Operator::conv) return make_conv_read(setup);
    if (family == Operator::decay) return make_state_read(setup);
  } else if (kind == ActorKind::memory_write) {
    if (family == Operator::conv) return make_conv_write(setup);
    if (family == Operator::state_add) return make_state_write(setup);
  } else {
    if (family == Operator::norm) return make_norm(setup);
    if (family == Operator::in_hadamard) return make_rotation(setup);
    if (family == Operator::gated_norm) return make_gated_norm(setup);
    if (family == Operator::in_proj) return make_matrix(setup);
    if (family == Operator::conv) return make_parts(setup, operators);
    if (family == Operator::softplus) return make_head_scalars(setup, operators);
    if (family == Operator::delta_b) return make_delta_b(setup);
    if (family == Operator::delta_x) return make_ssm(setup, operators);
    if (family == Operator::residual) return make_residual(setup);
  }
  throw TileError("no function for operator " + std::string(operator_name(op)));
}

}  // namespace statelane::functional
