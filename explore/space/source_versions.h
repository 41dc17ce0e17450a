// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

namespace statelane {

/// Hash of the sources that decide what a simulation of a lowered graph comes to: kernel models, DRAM, the
/// graph's meaning. Stored simulations are found by it, so that an older program's are never taken for this
/// one's. Comments do not count, and a rebuild of the same sources has the same hash.
[[nodiscard]] std::string_view simulator_version();

/// Hash of the sources that decide any figure of a design: those, lowering, bound, resources and energy. Runs
/// of an exploration are continued and merged only where it is the same.
[[nodiscard]] std::string_view model_version();

}  // namespace statelane
