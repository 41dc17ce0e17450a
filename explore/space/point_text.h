// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "explore/space/cursor.h"
#include "explore/space/space.h"

namespace statelane {

/// A point's parameters as JSON, for the store: names of the axes that are switched on, and their values.
[[nodiscard]] std::string parameters_text(const DesignSpace& space, const DesignCursor& cursor);
/// The numbers that come with its choices.
[[nodiscard]] std::string numbers_text(const DesignSpace& space, const DesignCursor& cursor);

}  // namespace statelane
