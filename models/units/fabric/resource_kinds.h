// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

#include "models/units/fabric/resources.h"

namespace statelane {

/// A kind of resource: its key in files and results, its name for people, and its count.
struct ResourceKind {
  std::string_view key;
  std::string_view title;
  double Resources::*count;
};

/// All kinds; every list of resources is a walk over this one.
inline constexpr ResourceKind resource_kinds[] = {{"lut", "LUT", &Resources::lut},
                                                  {"ff", "FF", &Resources::ff},
                                                  {"dsp", "DSP", &Resources::dsp},
                                                  {"bram18", "BRAM18", &Resources::bram18},
                                                  {"uram", "URAM", &Resources::uram}};

}  // namespace statelane
