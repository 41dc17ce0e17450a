// SPDX-License-Identifier: Apache-2.0
#include "models/units/hadamard/transform_circuit.h"
#include "models/units/hadamard_radix/hadamard_radix.h"

namespace statelane {

// Four HATs of four inputs are a radix-4 butterfly (FastMamba III): radix results of radix - 1 adders each.
// The vector that the passes go through is the channel behind the unit.
void HadamardRadix::circuit(const CircuitInputs& in, Circuit& c) const {
  const std::int64_t n = shared(radix * groups, ii);
  const std::int64_t width = in.precision.ssm_product.count() + bits_to_count(radix);
  c.lanes(radix * groups, radix * groups);
  if (!floating_sums(in, c, n * (radix - 1))) c.adder_tree(n, radix, in.precision.ssm_product.count());
  quantise_last(in, c, n, width);
}

}  // namespace statelane
