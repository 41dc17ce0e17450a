// SPDX-License-Identifier: Apache-2.0
#include "models/units/matrix_unit/matrix_unit.h"

namespace statelane {

// One beat covers `inputs` of the reduction for `outputs` rows of one column.
FiringTime MatrixUnit::time(const Work& work, Hertz /*clock*/) const {
  const std::int64_t beats = ceil_div(work.rows, outputs) * ceil_div(work.reduce, inputs) * work.columns;
  return {Cycles{0}, ii, beats, latency};
}

const Table<MatrixUnit>& Describe<MatrixUnit>::table() {
  static const Table<MatrixUnit> t =
      Table<MatrixUnit>("matrix_unit", "Adder-tree matrix unit, inputs x outputs MAC a beat.")
          .field("inputs", &MatrixUnit::inputs, "Products reduced by one output lane a beat")
          .range(1, 65536)
          .required()
          .sweepable()
          .generator()
          .field("outputs", &MatrixUnit::outputs, "Output lanes")
          .range(1, 65536)
          .required()
          .sweepable()
          .generator()
          .field("groups", &MatrixUnit::groups, "Adder trees the inputs are split over")
          .range(1, 1024)
          .only("resources: the tool joins the products of a beat in trees of its own, in the same time")
          .field("multiplier", &MatrixUnit::multiplier, "What the multipliers are built of")
          .sweepable()
          .generator()
          .only("resources and generated code: a beat takes as long with any of them")
          .field("ii", &MatrixUnit::ii, "Initiation interval of a beat, cycles")
          .range(1, 64)
          .sweepable()
          .generator()
          .field("latency", &MatrixUnit::latency, "Pipeline depth, cycles")
          .range(Cycles{0}, Cycles{1000})
          .only(
              "time: a synthesis tool chooses the depth of a pipeline itself, and adds no registers for it "
              "here; predicted.json has it");
  return t;
}

}  // namespace statelane
