// SPDX-License-Identifier: Apache-2.0
#include "models/units/conv_unit/conv_unit.h"

namespace statelane {

FiringTime ConvUnit::time(const Work& work, Hertz /*clock*/) const {
  return {Cycles{0}, ii, ceil_div(work.rows, lanes) * work.columns, latency};
}

const Table<ConvUnit>& Describe<ConvUnit>::table() {
  static const Table<ConvUnit> t =
      Table<ConvUnit>("conv_unit", "Causal depthwise convolution, all taps of some channels a beat.")
          .field("lanes", &ConvUnit::lanes, "Channels a beat")
          .range(1, 65536)
          .required()
          .sweepable()
          .generator()
          .field("taps", &ConvUnit::taps, "Taps, equal to the network's d_conv")
          .range(1, 16)
          .generator()
          .only("resources and generated code: all taps work in one beat")
          .field("multiplier", &ConvUnit::multiplier, "What the multipliers are built of")
          .sweepable()
          .generator()
          .only("resources and generated code: a beat takes as long with any of them")
          .field("ii", &ConvUnit::ii, "Initiation interval of a beat, cycles")
          .range(1, 64)
          .sweepable()
          .generator()
          .field("latency", &ConvUnit::latency, "Pipeline depth, cycles")
          .range(Cycles{0}, Cycles{1000})
          .only(
              "time: a synthesis tool chooses the depth of a pipeline itself, and adds no registers for it "
              "here; predicted.json has it");
  return t;
}

}  // namespace statelane
