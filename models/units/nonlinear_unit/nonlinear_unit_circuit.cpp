// SPDX-License-Identifier: Apache-2.0
#include "models/units/fabric/circuit.h"
#include "models/units/nonlinear_unit/nonlinear_unit.h"

namespace statelane {
namespace {

/// Tables: a block RAM has two read ports, so two lanes share one; the operand is shifted to the table's
/// range and saturated. With group scales results are quantised by group (LightMamba's public code: SiLU and
/// exp of 8 lanes are estimated at 3,663 and 3,667 FF, most of it the quantiser).
void table_lanes(const NonlinearUnit& unit, const CircuitInputs& in, Circuit& c) {
  const Precision& p = in.precision;
  const std::int64_t index = bits_to_count(unit.entries);
  c.memory(ceil_div<std::int64_t>(shared(unit.lanes, unit.ii), 2), unit.entries, p.ssm.count());
  c.shift(unit.lanes, p.ssm_product.count(), static_cast<std::int64_t>(c.costs().static_shift_bits));
  c.logic(unit.lanes, index);
  c.registers(unit.lanes * p.ssm.count());
  if (p.state_group > 0) c.quantise_by_group(unit.lanes, p.ssm_product.count());
}

/// FastMamba III: e^x by straight pieces; softplus needs a sum with x after.
void piece_lanes(const NonlinearUnit& unit, const CircuitInputs& in, Circuit& c) {
  const Precision& p = in.precision;
  const std::int64_t lanes = shared(unit.lanes, unit.ii);
  const std::int64_t narrow = p.ssm.count();
  const std::int64_t wide = p.ssm_product.count();
  c.straight_pieces(lanes, narrow, wide, unit.segments, unit.multiplier);
  if (in.any([](const Arithmetic& a) { return a.function == ScalarFunction::softplus; })) {
    c.delay(lanes, 6, narrow);
    c.add(lanes, wide);
  }
}

/// SiLU(x) = x / (1 + e^-x): exponential, sum, quotient; then back to fixed point for the fixed-point group.
void floating_lanes(const NonlinearUnit& unit, const CircuitInputs& in, Circuit& c) {
  const bool all_floating = in.precision.format == NumberFormat::floating;
  const FloatWidth width = all_floating ? FloatWidth::half : FloatWidth::single;
  const std::int64_t lanes = shared(unit.lanes, unit.ii);
  c.floating(lanes, FloatOperation::exponential, width);
  c.floating(lanes, FloatOperation::add, width);
  c.floating(lanes, FloatOperation::divide, width);
  if (!all_floating) c.floating(lanes, FloatOperation::convert, width);
  c.set_floating();
}

}  // namespace

void NonlinearUnit::circuit(const CircuitInputs& in, Circuit& c) const {
  const Precision& p = in.precision;
  const std::int64_t n = shared(lanes, ii);
  c.lanes(lanes, lanes);
  switch (method) {
    case Approximation::table:
      table_lanes(*this, in, c);
      break;
    case Approximation::pieces:
      piece_lanes(*this, in, c);
      break;
    case Approximation::floating:
      floating_lanes(*this, in, c);
      break;
  }
  // dt + dt_bias before softplus, delta * A before exp; A and dt_bias of all layers stay on chip (LightMamba
  // III-B).
  in.for_each([&](const Arithmetic& a) {
    if (a.adds) c.add(n, p.ssm_product.count());
    // Straight pieces keep delta at full width (FastMamba: dt*A is 27 x 16), a table is fed with a quantised
    // one.
    if (a.multiplies)
      c.multiply(n, method == Approximation::pieces ? p.ssm_product.count() : p.ssm.count(), p.ssm.count(),
                 multiplier);
    if (const std::int64_t kept = kept_parameters(a, in.shape); kept > 0)
      c.parameters(ceil_div(in.shape.n_layer * kept, lanes), lanes * p.ssm.count());
  });
}

}  // namespace statelane
