// SPDX-License-Identifier: Apache-2.0
#include "models/units/fabric/circuit.h"
#include "models/units/hadamard/hadamard_fht.h"
#include "models/units/hadamard/hadamard_matrix.h"
#include "models/units/hadamard/hadamard_radix.h"

namespace statelane {
namespace {

/// Half-precision sums where the design is in floating point.
bool floating_sums(const CircuitInputs& in, Circuit& c, std::int64_t adders) {
  if (in.precision.format != NumberFormat::floating) return false;
  c.set_floating();
  c.floating(adders, FloatOperation::add, FloatWidth::half);
  return true;
}

/// The last stage in front of a projection quantises its inputs.
void quantise_last(const CircuitInputs& in, Circuit& c, std::int64_t lanes, std::int64_t width) {
  if (in.feeds_linear()) quantise_activations(in, c, lanes, width);
}

}  // namespace

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
