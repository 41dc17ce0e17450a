// SPDX-License-Identifier: Apache-2.0
#include "models/units/hadamard_matrix/hadamard_matrix.h"

#include <string>

namespace statelane {

FiringTime HadamardMatrix::time(const Work& work, Hertz /*clock*/) const {
  return {Cycles{0}, ii,
          ceil_div(work.rows, lanes) * ceil_div(transform_points(work.rows), adders) * work.columns, latency};
}

std::string HadamardMatrix::refuses(const Work& work) const {
  const std::int64_t order = transform_points(work.rows);
  if (order < 1 || work.rows % order != 0) return "points must divide the vector";
  if (order > 2 && order % 4 != 0) return "a Hadamard matrix has order 1, 2 or a multiple of 4";
  if (order > points) return "the matrix is larger than points = " + std::to_string(points);
  return {};
}

const Table<HadamardMatrix>& Describe<HadamardMatrix>::table() {
  static const Table<HadamardMatrix> t =
      Table<HadamardMatrix>("hadamard_matrix", "Hadamard transform by a fixed +-1 matrix.")
          .field("points", &HadamardMatrix::points, "Order of the matrix")
          .range(2, 65536)
          .required()
          .sweepable()
          .generator()
          .field("within", &HadamardMatrix::within,
                 "Points of the stage before: order = vector / within; 0: points")
          .range(0, 65536)
          .generator()
          .only("time and generated code: the circuit is that of points, the largest order")
          .field("lanes", &HadamardMatrix::lanes, "Results computed side by side")
          .range(1, 4096)
          .required()
          .sweepable()
          .generator()
          .field("adders", &HadamardMatrix::adders, "Inputs added to each of those results a beat")
          .range(1, 65536)
          .sweepable()
          .generator()
          .field("ii", &HadamardMatrix::ii, "Initiation interval of a beat, cycles")
          .range(1, 64)
          .generator()
          .field("latency", &HadamardMatrix::latency, "Pipeline depth, cycles")
          .range(Cycles{0}, Cycles{1000})
          .only(
              "time: a synthesis tool chooses the depth of a pipeline itself, and adds no registers for it "
              "here; predicted.json has it");
  return t;
}

}  // namespace statelane
