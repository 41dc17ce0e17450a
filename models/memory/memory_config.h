// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string_view>

#include "models/base/catalog.h"
#include "models/base/diagnostics.h"
#include "models/memory/dram_spec.h"

namespace statelane {

/// Finds a memory by name ("ddr4-3200") or path, reads and checks it. Nothing, with errors added, for unknown
/// keys, impossible timings, a map that does not cover the capacity ... `from` is the place that names it.
[[nodiscard]] std::optional<DramSpec> load_memory(const Catalog& catalog, std::string_view reference,
                                                  Diagnostics& diagnostics, const SourcePosition& from = {});

/// The same memory with another address map; an error at `from` and nothing if the map does not fit.
[[nodiscard]] std::optional<DramSpec> with_map(DramSpec spec, std::string_view map, Diagnostics& diagnostics,
                                               const SourcePosition& from = {});

}  // namespace statelane
