// SPDX-License-Identifier: Apache-2.0
#include "models/units/hadamard_fht/hadamard_fht.h"

#include <algorithm>
#include <bit>

namespace statelane {

// A stage of span s waits for s elements before its first pair: the spans of all stages add up to points - 1.
FiringTime HadamardFht::time(const Work& work, Hertz /*clock*/) const {
  const std::int64_t stages = std::countr_zero(static_cast<std::uint64_t>(points));
  const Cycles latency = Cycles(ceil_div(points - 1, lanes)) + stage_latency * stages;
  return {Cycles{0}, ii, ceil_div(work.rows, lanes) * work.columns, latency};
}

std::string HadamardFht::refuses(const Work& work) const {
  if (!std::has_single_bit(static_cast<std::uint64_t>(points))) return "points must be a power of two";
  if (work.rows % points != 0) return "points must divide the vector";
  return {};
}

const Table<HadamardFht>& Describe<HadamardFht>::table() {
  static const Table<HadamardFht> t =
      Table<HadamardFht>("hadamard_fht", "Streaming fast Hadamard transform.")
          .field("points", &HadamardFht::points, "Points, a power of two")
          .range(2, 65536)
          .required()
          .sweepable()
          .generator()
          .field("lanes", &HadamardFht::lanes, "Elements a beat")
          .range(1, 4096)
          .required()
          .sweepable()
          .generator()
          .field("ii", &HadamardFht::ii, "Initiation interval of a beat, cycles")
          .range(1, 64)
          .generator()
          .field("stage_latency", &HadamardFht::stage_latency, "Register stages of one butterfly, cycles")
          .range(Cycles{0}, Cycles{64})
          .only(
              "time: a synthesis tool chooses the depth of a pipeline itself, and adds no registers for it "
              "here; predicted.json has it");
  return t;
}

}  // namespace statelane
