// SPDX-License-Identifier: Apache-2.0
#include "models/units/fabric/circuit.h"
#include "models/units/vector_unit/vector_unit.h"

namespace statelane {
namespace {

bool multiplies(Operator op) {
  return op != Operator::state_add && op != Operator::residual;
}

bool adds(Operator op) {
  return op == Operator::state_add || op == Operator::state_c || op == Operator::d_skip ||
         op == Operator::residual;
}

/// Quantisers from full to SSM width behind an operator, where groups have scales of their own: LightMamba's
/// code has one behind dt*B, one behind h*C and two behind the state's sum (for h*C and for memory).
std::int64_t group_quantisers(Operator op) {
  if (op == Operator::delta_b || op == Operator::state_c) return 1;
  return op == Operator::state_add ? 2 : 0;
}

/// Select bits of the shifter that brings a product to the common scale of its results: group scales add up,
/// otherwise a scale is set by software.
std::int64_t alignment(const Precision& p, const Circuit& c) {
  return p.state_group > 0 ? p.state_scale.count() + 1
                           : static_cast<std::int64_t>(c.costs().static_shift_bits);
}

}  // namespace

// Every operator of a fused pipeline has its lanes: a product, the shift that aligns it, and the sums (a tree
// over d_state for h*C; a sum a lane with an accumulator a row is as many adders as there are lanes).
void VectorUnit::circuit(const CircuitInputs& in, Circuit& c) const {
  const Precision& p = in.precision;
  const std::int64_t n = shared(lanes, ii);
  const std::int64_t a = operand_a.count() > 0 ? operand_a.count() : p.ssm.count();
  const std::int64_t b = operand_b.count() > 0 ? operand_b.count() : p.ssm.count();
  const std::int64_t wide = p.ssm_product.count();
  const bool half = p.format == NumberFormat::floating;
  if (half) c.set_floating();
  c.lanes(lanes, lanes);
  for (std::uint32_t left = in.operators.bits(); left != 0; left &= left - 1) {
    const auto op = static_cast<Operator>(std::countr_zero(left));
    if (half) {
      c.floating(n, multiplies(op) ? FloatOperation::multiply : FloatOperation::add, FloatWidth::half);
      if (multiplies(op) && adds(op)) c.floating(n, FloatOperation::add, FloatWidth::half);
      continue;
    }
    if (multiplies(op)) {
      c.multiply(n, a, b, multiplier);
      if (requantise) c.shift(n, wide, alignment(p, c));
    }
    if (adds(op)) c.add(n, op == Operator::residual ? p.residual.count() : wide);
    // Summands with group scales of their own are aligned first.
    if (p.state_group > 0 && (op == Operator::state_add || op == Operator::d_skip))
      c.shift(2 * n, wide, alignment(p, c));
    if (requantise && p.state_group > 0) c.quantise_by_group(group_quantisers(op) * n, wide);
    // D of all layers stays on chip (LightMamba III-B).
    if (op == Operator::d_skip) c.parameters(in.shape.n_layer * in.shape.nheads(), p.ssm.count());
  }
}

}  // namespace statelane
