// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "models/units/fabric/circuit.h"
#include "models/units/matrix_unit/matrix_unit.h"

namespace statelane {
namespace {

/// Accumulators of floating-point sums; half precision in, single precision sums would double their cost.
void floating_array(const MatrixUnit& unit, Circuit& c) {
  const std::int64_t macs = unit.inputs * unit.outputs;
  c.floating(shared(macs, unit.ii), FloatOperation::multiply, FloatWidth::half);
  c.floating(shared(macs, unit.ii), FloatOperation::add, FloatWidth::half);
}

}  // namespace

// inputs x outputs products, for every output `groups` adder trees joined by a last one, and an accumulator
// that holds a sum over d_inner products (LightMamba III-B; FastMamba III: 64 MATs of 4 in each of 6 groups,
// partial sums reduced over the groups). Where activations share shifts in groups (LightMamba's public code:
// a 4-bit shift per 8), the products of a group are added first and moved once. LUT multipliers keep their
// operands in fabric registers, a DSP slice has its own.
void MatrixUnit::circuit(const CircuitInputs& in, Circuit& c) const {
  const Precision& p = in.precision;
  const std::int64_t macs = inputs * outputs;
  c.lanes(inputs, outputs, p.weights * macs);
  if (p.format == NumberFormat::floating) {
    c.set_floating();
    floating_array(*this, c);
    return;
  }
  const std::int64_t product = p.weights.count() + p.activations.count();
  c.multiply(shared(macs, ii), p.weights.count(), p.activations.count(), multiplier);
  if (multiplier == Multiplier::lut) c.registers(macs * p.weights.count() + inputs * p.activations.count());
  const std::int64_t per_group = ceil_div(inputs, groups);
  const std::int64_t block = p.activation_group > 0 ? std::min(per_group, p.activation_group) : per_group;
  const std::int64_t blocks = ceil_div(per_group, block);
  c.adder_tree(outputs * groups * blocks, block, product);
  std::int64_t places = 0;  // that a sum may be moved up
  if (p.activation_group > 0) {
    places = (std::int64_t{1} << p.activation_scale.count()) - 1;
    c.shift(outputs * groups * blocks, product + bits_to_count(block) + places, p.activation_scale.count());
  }
  c.adder_tree(outputs * groups, blocks, product + bits_to_count(block) + places);
  c.adder_tree(outputs, groups, product + bits_to_count(per_group) + places);
  const std::int64_t sum = product + bits_to_count(in.shape.d_inner()) + places;
  c.add(outputs, sum);
  c.results(outputs, sum);
}

}  // namespace statelane
