// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "models/base/fields.h"

namespace statelane {

/// How a unit computes a scalar function.
enum class Approximation : std::uint8_t { table, pieces, floating };

template <>
struct DescribeEnum<Approximation> {
  static constexpr EnumName<Approximation> names[] = {
      {Approximation::table, "table", "look-up table"},
      {Approximation::pieces, "pieces", "first-order (piecewise-linear) approximation"},
      {Approximation::floating, "floating", "floating-point cores"},
  };
};

}  // namespace statelane
