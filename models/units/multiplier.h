// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "models/base/fields.h"

namespace statelane {

/// What a unit's multipliers are built of.
enum class Multiplier : std::uint8_t {
  lut,         ///< fabric logic
  dsp,         ///< one DSP slice a product (more where the operands are wider than its ports)
  dsp_packed,  ///< two products that share an operand in one DSP slice (LightMamba's MMU, AMD WP486)
};

template <>
struct DescribeEnum<Multiplier> {
  static constexpr EnumName<Multiplier> names[] = {
      {Multiplier::lut, "lut", "fabric logic"},
      {Multiplier::dsp, "dsp", "one DSP slice a product"},
      {Multiplier::dsp_packed, "dsp_packed", "two products sharing an operand in one DSP slice"},
  };
};

}  // namespace statelane
