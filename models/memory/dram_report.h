// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>

#include "models/base/json.h"
#include "models/memory/dram_stats.h"

namespace statelane {

/// One constraint's share of a channel's time.
struct DramTimeShare {
  const char* name;
  double share;
};

/// The shares of all constraints, adding up to 1 (all 0 for a channel that moved nothing).
[[nodiscard]] std::array<DramTimeShare, 8> time_shares(const DramTimeUse& time);

/// Adds a channel's statistics to a JSON object; docs/memory.md lists the keys: `row_hit_rate`,
/// `read_latency_cycles`, `read_latency_split_cycles`, `write_latency_cycles` (where distributions were
/// kept), `bound_by`, `commands`.
void add_dram_stats(const DramStats& stats, JsonValue& json);

}  // namespace statelane
