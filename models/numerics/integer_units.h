// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "models/numerics/integer_plan.h"
#include "models/numerics/integer_tables.h"
#include "models/numerics/ranges.h"
#include "models/numerics/scheme.h"
#include "models/numerics/weights.h"

namespace statelane {

/// The tables and constants of an integer-exact model's nonlinear units and norms: like the plan the same for
/// all layers, and with it all of the arithmetic that is not a layer's weights.
struct IntegerUnits {
  static constexpr int kNormFraction = 16;  ///< of x / rms between the two multiplications of a norm

  IntegerUnits() = default;
  IntegerUnits(const ModelDims& dims, const Scheme& scheme, const IntegerPlan& plan, const Ranges& ranges);

  // block_shift
  FunctionTable silu_xbc, silu_z, softplus, exp;
  int silu_fraction = 0;  ///< of the results of silu_xbc
  RsqrtTable rsqrt_model, rsqrt_inner;
  std::int64_t eps_model = 0;  ///< n * eps in the units of the sum of squares
  std::int64_t eps_inner = 0;
  // fixed_point
  PieceUnit pieces_softplus, pieces_exp;
};

}  // namespace statelane
