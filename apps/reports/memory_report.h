// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "models/base/json.h"
#include "models/memory/dram_spec.h"
#include "sim/dram/memory_run.h"

namespace statelane {

/// The result of `statelane memory` with the keys docs/memory.md describes.
[[nodiscard]] JsonValue memory_json(const DramSpec& spec, const MemoryRun& run);

/// The same for people.
[[nodiscard]] std::string memory_text(const DramSpec& spec, const MemoryRun& run);

}  // namespace statelane
