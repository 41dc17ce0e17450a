// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "explore/space/space.h"

namespace statelane {

/// The values of an axis as its file gives them. `json` is the axis' own object, for positions. Empty, with
/// errors added, where they cannot be made.
[[nodiscard]] std::vector<AxisValue> axis_values(const SweepAxis& axis, const Mamba2Shape& network,
                                                 const JsonValue& json, Diagnostics& diagnostics);

}  // namespace statelane
