// SPDX-License-Identifier: Apache-2.0
#include "models/units/fabric/circuit.h"
#include "models/units/vector_unit/vector_unit.h"

namespace statelane {
namespace {

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
  in.for_each([&](const Arithmetic& op) {
    if (half) {
      c.floating(n, op.multiplies ? FloatOperation::multiply : FloatOperation::add, FloatWidth::half);
      if (op.multiplies && op.adds) c.floating(n, FloatOperation::add, FloatWidth::half);
      return;
    }
    if (op.multiplies) {
      c.multiply(n, a, b, multiplier);
      if (requantise) c.shift(n, wide, alignment(p, c));
    }
    if (op.adds) c.add(n, op.sum == SumWidth::residual ? p.residual.count() : wide);
    if (p.state_group > 0 && op.aligns_summands) c.shift(2 * n, wide, alignment(p, c));
    // LightMamba's code has quantisers from full to SSM width where groups have scales of their own.
    if (requantise && p.state_group > 0) c.quantise_by_group(op.group_quantisers * n, wide);
    // D of all layers stays on chip (LightMamba III-B).
    if (const std::int64_t kept = kept_parameters(op, in.shape); kept > 0)
      c.parameters(in.shape.n_layer * kept, p.ssm.count());
  });
}

}  // namespace statelane
