// SPDX-License-Identifier: Apache-2.0
#include "models/units/vector_unit/vector_unit.h"

namespace statelane {

FiringTime VectorUnit::time(const Work& work, Hertz /*clock*/) const {
  return {Cycles{0}, ii, ceil_div(work.rows * work.states * work.columns, lanes), latency};
}

const Table<VectorUnit>& Describe<VectorUnit>::table() {
  static const Table<VectorUnit> t =
      Table<VectorUnit>("vector_unit", "Element-wise pipeline of some lanes.")
          .field("lanes", &VectorUnit::lanes, "Elements a beat")
          .range(1, 65536)
          .required()
          .sweepable()
          .generator()
          .field("multiplier", &VectorUnit::multiplier, "What the multipliers are built of")
          .sweepable()
          .generator()
          .only("resources and generated code: a beat takes as long with any of them")
          .field("ii", &VectorUnit::ii, "Initiation interval of a beat, cycles")
          .range(1, 64)
          .sweepable()
          .generator()
          .field("latency", &VectorUnit::latency, "Pipeline depth, cycles")
          .range(Cycles{0}, Cycles{1000})
          .only(
              "time: a synthesis tool chooses the depth of a pipeline itself, and adds no registers for it "
              "here; predicted.json has it")
          .field("requantise", &VectorUnit::requantise, "Results are requantised to the operand width")
          .only("resources: in generated code the scheme says what is requantised")
          .field("operand_a", &VectorUnit::operand_a,
                 "Width of one multiplier operand; 0: that of SSM operands")
          .range(Bits{0}, Bits{64})
          .only("resources: in generated code the scheme has the widths of operands")
          .field("operand_b", &VectorUnit::operand_b,
                 "Width of the other multiplier operand; 0: that of SSM operands")
          .range(Bits{0}, Bits{64})
          .only("resources: in generated code the scheme has the widths of operands");
  return t;
}

}  // namespace statelane
