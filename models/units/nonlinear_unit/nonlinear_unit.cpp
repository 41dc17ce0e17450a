// SPDX-License-Identifier: Apache-2.0
#include "models/units/nonlinear_unit/nonlinear_unit.h"

namespace statelane {

FiringTime NonlinearUnit::time(const Work& work, Hertz /*clock*/) const {
  return {Cycles{0}, ii, ceil_div(work.rows * work.columns, lanes), latency};
}

const Table<NonlinearUnit>& Describe<NonlinearUnit>::table() {
  static const Table<NonlinearUnit> t =
      Table<NonlinearUnit>("nonlinear_unit", "Lanes of softplus, exp or SiLU.")
          .field("lanes", &NonlinearUnit::lanes, "Values a beat")
          .range(1, 4096)
          .required()
          .sweepable()
          .generator()
          .field("method", &NonlinearUnit::method, "How the function is computed")
          .sweepable()
          .generator()
          .only("resources and generated code: a value takes its beat with any of them")
          .field("segments", &NonlinearUnit::segments, "Straight pieces (method pieces)")
          .range(2, 256)
          .sweepable()
          .generator()
          .only("resources and generated code: a value takes its beat with any of them")
          .field("entries", &NonlinearUnit::entries, "Table entries (method table)")
          .range(16, 65536)
          .sweepable()
          .generator()
          .only("resources and generated code: a value takes its beat with any of them")
          .field("multiplier", &NonlinearUnit::multiplier, "What its multipliers are built of")
          .sweepable()
          .generator()
          .only("resources and generated code: a beat takes as long with any of them")
          .field("ii", &NonlinearUnit::ii, "Initiation interval of a beat, cycles")
          .range(1, 64)
          .sweepable()
          .generator()
          .field("latency", &NonlinearUnit::latency, "Pipeline depth, cycles")
          .range(Cycles{0}, Cycles{1000})
          .only(
              "time: a synthesis tool chooses the depth of a pipeline itself, and adds no registers for it "
              "here; predicted.json has it");
  return t;
}

}  // namespace statelane
