// SPDX-License-Identifier: Apache-2.0
#include "models/units/norm_unit/norm_unit.h"

namespace statelane {

FiringTime NormUnit::time(const Work& work, Hertz /*clock*/) const {
  return {fill, ii, passes * ceil_div(work.rows, lanes) * work.columns, Cycles{0}};
}

const Table<NormUnit>& Describe<NormUnit>::table() {
  static const Table<NormUnit> t =
      Table<NormUnit>("norm_unit", "RMSNorm with the quantiser behind it.")
          .field("lanes", &NormUnit::lanes, "Channels a beat")
          .range(1, 65536)
          .required()
          .sweepable()
          .generator()
          .field("passes", &NormUnit::passes, "Passes over the vector")
          .range(1, 4)
          .generator()
          .only("time and generated code: both passes have multipliers of their own")
          .field("floating", &NormUnit::floating, "Floating-point arithmetic")
          .sweepable()
          .generator()
          .only("resources and generated code: what it takes of time is in ii and fill")
          .field("multiplier", &NormUnit::multiplier, "What the multipliers are built of")
          .sweepable()
          .generator()
          .only("resources and generated code: a beat takes as long with any of them")
          .field("weight_on_chip", &NormUnit::weight_on_chip,
                 "A norm weight kept on chip for all layers; 0: none is")
          .range(Bits{0}, Bits{32})
          .only("resources: generated code keeps the weights that it has with its parameters")
          .field("ii", &NormUnit::ii, "Initiation interval of a beat, cycles")
          .range(1, 64)
          .sweepable()
          .generator()
          .field("fill", &NormUnit::fill, "Cycles of a firing beyond its beats: inverse root and refill")
          .range(Cycles{0}, Cycles{1000})
          .only(
              "time: a synthesis tool chooses the depth of a pipeline itself, and adds no registers for it "
              "here; predicted.json has it");
  return t;
}

}  // namespace statelane
