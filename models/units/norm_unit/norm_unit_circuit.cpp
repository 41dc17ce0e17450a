// SPDX-License-Identifier: Apache-2.0
#include "models/units/fabric/circuit.h"
#include "models/units/norm_unit/norm_unit.h"

namespace statelane {
namespace {

/// Integer lanes work on 16 bits of the residual stream, as wide as every family's DSP takes at once.
constexpr std::int64_t integer_bits = 16;
/// Inverse root by eight tables of 512 (LightMamba's public code).
constexpr std::int64_t root_tables = 8;
constexpr std::int64_t root_entries = 512;

void integer_lanes(const NormUnit& unit, const CircuitInputs& in, Circuit& c, std::int64_t scales) {
  const std::int64_t n = shared(unit.lanes, unit.ii);
  c.multiply((1 + scales) * n, integer_bits, integer_bits, unit.multiplier);
  c.adder_tree(1, n, 2 * integer_bits);
  c.add(1, 2 * integer_bits + bits_to_count(in.shape.d_inner()));
  c.memory(root_tables, root_entries, integer_bits);
  c.shift(n, in.precision.ssm_product.count(), static_cast<std::int64_t>(c.costs().static_shift_bits));
}

void floating_lanes(const NormUnit& unit, const CircuitInputs& in, Circuit& c, std::int64_t scales) {
  const bool all_floating = in.precision.format == NumberFormat::floating;
  const FloatWidth width = all_floating ? FloatWidth::half : FloatWidth::single;
  const std::int64_t n = shared(unit.lanes, unit.ii);
  c.floating((1 + scales) * n, FloatOperation::multiply, width);
  c.floating(n, FloatOperation::add, width);
  c.floating(1, FloatOperation::inverse_root, width);
  if (!all_floating) c.floating(n, FloatOperation::convert, width);
  c.set_floating();
}

}  // namespace

// Sum of squares, 1 / sqrt(mean + eps), scale; the weight is a product of its own only where it is not fused
// into the projection behind it (LightMamba II: the scale of the block's norm is fused into W_in, that of the
// gated norm is not; without group scales, and so without rotation, neither is).
void NormUnit::circuit(const CircuitInputs& in, Circuit& c) const {
  const Precision& p = in.precision;
  const bool weighted = p.weight_group == 0 || in.any([](const Arithmetic& a) { return a.own_weight; });
  const std::int64_t scales = weighted ? 2 : 1;
  c.lanes(lanes, lanes);
  if (floating || p.format == NumberFormat::floating) {
    floating_lanes(*this, in, c, scales);
  } else {
    integer_lanes(*this, in, c, scales);
  }
  // LightMamba's public code streams projection and convolution weights, not those of the norms: they stay on
  // chip.
  if (weight_on_chip.count() > 0) {
    std::int64_t words_a_layer = 0;
    in.for_each([&](const Arithmetic& a) { words_a_layer += ceil_div(kept_parameters(a, in.shape), lanes); });
    c.parameters(in.shape.n_layer * words_a_layer, lanes * weight_on_chip.count());
  }
  // With group scales every norm ends in a quantiser (LightMamba's public code: RMSNorm and gated RMSNorm +
  // quantiser).
  if (in.feeds_linear() || p.weight_group > 0)
    quantise_activations(in, c, shared(lanes, ii), p.ssm_product.count());
}

}  // namespace statelane
