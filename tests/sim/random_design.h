// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

#include "models/blocks/network.h"
#include "models/blocks/phase.h"
#include "models/design/design.h"
#include "models/memory/dram_spec.h"

namespace statelane::testing {

/// A legal but otherwise arbitrary experiment: design, network, phase and memory drawn from a seed.
struct RandomCase {
  Design design;
  Mamba2Shape network;
  Phase phase;
  DramSpec dram;
  std::int64_t channels = 1;
};

[[nodiscard]] RandomCase random_case(std::uint64_t seed);

/// One line that says what was drawn, for failure messages.
[[nodiscard]] std::string describe(const RandomCase& c);

}  // namespace statelane::testing
