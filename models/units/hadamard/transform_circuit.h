// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/units/fabric/circuit.h"

/// What the units that transform by Hadamard matrices have in common.
namespace statelane {

/// Half-precision sums where the design is in floating point.
inline bool floating_sums(const CircuitInputs& in, Circuit& c, std::int64_t adders) {
  if (in.precision.format != NumberFormat::floating) return false;
  c.set_floating();
  c.floating(adders, FloatOperation::add, FloatWidth::half);
  return true;
}

/// The last stage in front of a projection quantises its inputs.
inline void quantise_last(const CircuitInputs& in, Circuit& c, std::int64_t lanes, std::int64_t width) {
  if (in.feeds_linear()) quantise_activations(in, c, lanes, width);
}

}  // namespace statelane
