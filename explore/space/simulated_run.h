// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/base/units.h"

namespace statelane {

/// What a simulation adds to the closed form: everything else follows from these two and the design.
struct SimulatedRun {
  Cycles cycles{0};
  Joules dram{0};
};

}  // namespace statelane
