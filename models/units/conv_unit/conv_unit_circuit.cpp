// SPDX-License-Identifier: Apache-2.0
#include "models/units/conv_unit/conv_unit.h"
#include "models/units/fabric/circuit.h"

namespace statelane {

// taps products a channel, a tree over them and the bias, a requantising shift, and the window: the earlier
// inputs of the channels at hand, with a multiplexer that takes each from the history buffer or from the
// input.
void ConvUnit::circuit(const CircuitInputs& in, Circuit& c) const {
  const Precision& p = in.precision;
  const std::int64_t history = p.conv_state.count();
  const std::int64_t weight = p.conv_weights.count();
  c.lanes(lanes, lanes, p.conv_state * (lanes * (taps - 1)) + p.conv_weights * (lanes * (taps + 1)));
  const std::int64_t channels = shared(lanes, ii);
  if (p.format == NumberFormat::floating) {
    c.set_floating();
    c.floating(shared(lanes * taps, ii), FloatOperation::multiply, FloatWidth::half);
    c.floating(shared(lanes * taps, ii), FloatOperation::add, FloatWidth::half);
  } else {
    c.multiply(shared(lanes * taps, ii), history, weight, multiplier);
    c.adder_tree(channels, taps + 1, history + weight);
    c.shift(channels, p.ssm_product.count(), static_cast<std::int64_t>(c.costs().static_shift_bits));
  }
  c.logic(lanes * (taps - 1), history);
  c.registers(lanes * taps * (history + weight));
  if (p.conv_group > 0) c.quantise_by_group(lanes, p.ssm_product.count());
}

}  // namespace statelane
