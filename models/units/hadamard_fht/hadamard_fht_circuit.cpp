// SPDX-License-Identifier: Apache-2.0
#include "models/units/hadamard/transform_circuit.h"
#include "models/units/hadamard_fht/hadamard_fht.h"

namespace statelane {

// log2(points) stages; a stage has an adder or subtractor a lane, a bit wider than its predecessor's, two
// FIFOs of points/2, points/4 ... 1 elements (LightMamba III-C), and a multiplexer that sends the first half
// round once more.
void HadamardFht::circuit(const CircuitInputs& in, Circuit& c) const {
  const std::int64_t stages = bits_to_count(points);
  const std::int64_t n = shared(lanes, ii);
  std::int64_t width = in.precision.ssm_product.count();
  c.lanes(lanes, lanes);
  const bool half = floating_sums(in, c, stages * n);
  for (std::int64_t span = points / 2; span >= 1; span /= 2) {
    c.delay(2 * lanes, ceil_div(span, lanes), half ? 16 : width);
    c.logic(lanes, half ? 16 : width);
    ++width;
    if (!half) c.add(n, width);
  }
  quantise_last(in, c, lanes, width);
}

}  // namespace statelane
