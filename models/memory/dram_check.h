// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "models/memory/dram_spec.h"

namespace statelane {

/// One thing wrong with a spec.
struct SpecProblem {
  std::string member;   ///< JSON pointer below the spec, "/timings/rp"
  std::string message;  ///< what is wrong
  std::string found;
  std::string allowed;
};

/// Everything that makes a spec impossible: timings that contradict each other (tRC < tRAS + tRP,
/// tFAW < tRRD_S ...), counts that are no powers of two, bursts whose bytes and clocks do not fit, queues
/// without entries, drain marks out of order, a map that does not cover the capacity.
[[nodiscard]] std::vector<SpecProblem> check_spec(const DramSpec& spec);

/// Throws std::invalid_argument naming all problems, if there is one.
void require_valid(const DramSpec& spec);

}  // namespace statelane
