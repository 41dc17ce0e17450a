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
          .field("floating", &NormUnit::floating, "Floating-point arithmetic")
          .sweepable()
          .generator()
          .field("multiplier", &NormUnit::multiplier, "What the multipliers are built of")
          .sweepable()
          .generator()
          .field("weight_on_chip", &NormUnit::weight_on_chip,
                 "A norm weight kept on chip for all layers; 0: none is")
          .range(Bits{0}, Bits{32})
          .generator()
          .field("ii", &NormUnit::ii, "Initiation interval of a beat, cycles")
          .range(1, 64)
          .sweepable()
          .generator()
          .field("fill", &NormUnit::fill, "Cycles of a firing beyond its beats: inverse root and refill")
          .range(Cycles{0}, Cycles{1000})
          .generator();
  return t;
}

}  // namespace statelane
