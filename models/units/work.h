// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "models/blocks/operators.h"

namespace statelane {

/// What one firing asks of a unit.
struct Work {
  Operator op = Operator::norm;
  std::int64_t rows = 1;     ///< output elements a column (channels, outputs, heads, rows of a head)
  std::int64_t states = 1;   ///< elements along d_state, for the operators that have them
  std::int64_t reduce = 1;   ///< elements each output is reduced over (matrix products, taps)
  std::int64_t columns = 1;  ///< tokens or sequences
};

}  // namespace statelane
