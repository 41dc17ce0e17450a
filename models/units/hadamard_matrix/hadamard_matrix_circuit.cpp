// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "models/units/hadamard/transform_circuit.h"
#include "models/units/hadamard_matrix/hadamard_matrix.h"

namespace statelane {

// `lanes` results, each `adders` inputs added or subtracted a beat and accumulated; the signs are a generated
// row of the matrix.
void HadamardMatrix::circuit(const CircuitInputs& in, Circuit& c) const {
  const std::int64_t width = in.precision.ssm_product.count();
  const std::int64_t n = shared(lanes, ii);
  const std::int64_t sum = width + bits_to_count(points);
  // Every result needs all inputs of its block: `adders` of them a beat from the block's buffer.
  c.lanes(std::min(adders, points), lanes);
  if (!floating_sums(in, c, n * adders)) {
    c.adder_tree(n, adders, width);
    if (adders < points) c.add(n, sum);
  }
  c.memory(1, points, n * adders);
  quantise_last(in, c, lanes, sum);
}

}  // namespace statelane
