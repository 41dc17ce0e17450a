// SPDX-License-Identifier: Apache-2.0
#include "models/numerics/integer_units.h"

#include <algorithm>
#include <cmath>

namespace statelane {

IntegerUnits::IntegerUnits(const ModelDims& dims, const Scheme& scheme, const IntegerPlan& plan,
                           const Ranges& ranges) {
  const auto range = [&](Tap tap) { return 2.0F * ranges.largest(tap); };
  const auto format = [&](Tap tap) -> const TensorFormat& { return plan[tap]; };
  if (plan.arithmetic == IntegerArithmetic::kFixedPoint) {
    pieces_softplus = PieceUnit(scheme.softplus, format(Tap::kDtIn).fraction, format(Tap::kDt).fraction);
    pieces_exp = PieceUnit(scheme.exponential, format(Tap::kDtA).fraction, format(Tap::kDecay).fraction);
    return;
  }
  silu_fraction = std::max({format(Tap::kX).fraction, format(Tap::kB).fraction, format(Tap::kC).fraction});
  silu_xbc = FunctionTable(NonlinearFunction::kSilu, range(Tap::kConvOut), format(Tap::kConvOut).fraction,
                           silu_fraction);
  silu_z = FunctionTable(NonlinearFunction::kSilu, range(Tap::kZ), format(Tap::kZ).fraction,
                         format(Tap::kGate).fraction);
  softplus = FunctionTable(NonlinearFunction::kSoftplus, range(Tap::kDtIn), format(Tap::kDtIn).fraction,
                           format(Tap::kDt).fraction);
  // Below -16 e^x is under 1.2e-7 and counts as 0.
  exp = FunctionTable(NonlinearFunction::kExp, std::min(range(Tap::kDtA), 16.0F), format(Tap::kDtA).fraction,
                      format(Tap::kDecay).fraction);
  const std::size_t width = dims.d_inner / dims.groups;
  rsqrt_model = RsqrtTable(dims.d_model);
  rsqrt_inner = RsqrtTable(width);
  const auto eps = [&](std::size_t n, Tap tap) {
    const double total = static_cast<double>(dims.norm_eps) * static_cast<double>(n);
    return static_cast<std::int64_t>(std::llround(std::ldexp(total, 2 * format(tap).fraction)));
  };
  eps_model = eps(dims.d_model, Tap::kResidual);
  eps_inner = eps(width, Tap::kGated);
}

}  // namespace statelane
