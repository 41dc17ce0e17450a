// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "explore/space/sweep.h"

namespace statelane {

/// "a:max,b:min" as objectives and back. Throws InputError.
[[nodiscard]] std::vector<Objective> parse_objectives(const std::string& text);
[[nodiscard]] std::string objectives_text(const std::vector<Objective>& objectives);

}  // namespace statelane
