// SPDX-License-Identifier: Apache-2.0
#include "models/units/hadamard_radix/hadamard_radix.h"

#include <algorithm>
#include <bit>

namespace statelane {

std::int64_t HadamardRadix::block(std::int64_t rows) const {
  const auto power = static_cast<std::int64_t>(1) << std::countr_zero(static_cast<std::uint64_t>(rows));
  return std::min(power,
                  static_cast<std::int64_t>(std::bit_floor(static_cast<std::uint64_t>(largest_block))));
}

FiringTime HadamardRadix::time(const Work& work, Hertz /*clock*/) const {
  const int k = std::countr_zero(static_cast<std::uint64_t>(block(work.rows)));
  const int bits = std::countr_zero(static_cast<std::uint64_t>(radix));
  const std::int64_t passes = std::max<std::int64_t>(1, (k + bits - 1) / bits);
  return {Cycles{0}, ii, passes * ceil_div(work.rows, radix * groups) * work.columns, latency * passes};
}

const Table<HadamardRadix>& Describe<HadamardRadix>::table() {
  static const Table<HadamardRadix> t =
      Table<HadamardRadix>("hadamard_radix", "Block Hadamard transform in passes of a small butterfly.")
          .field("radix", &HadamardRadix::radix, "Inputs of a butterfly, a power of two")
          .one_of({2, 4, 8, 16})
          .sweepable()
          .generator()
          .field("groups", &HadamardRadix::groups, "Butterflies side by side")
          .range(1, 4096)
          .required()
          .sweepable()
          .generator()
          .field("largest_block", &HadamardRadix::largest_block, "Largest block, points")
          .range(2, 65536)
          .sweepable()
          .generator()
          .only("time and generated code: the butterflies are the same")
          .field("ii", &HadamardRadix::ii, "Initiation interval of a beat, cycles")
          .range(1, 64)
          .generator()
          .field("latency", &HadamardRadix::latency, "Pipeline depth of a pass, cycles")
          .range(Cycles{0}, Cycles{1000})
          .only(
              "time: a synthesis tool chooses the depth of a pipeline itself, and adds no registers for it "
              "here; predicted.json has it");
  return t;
}

}  // namespace statelane
