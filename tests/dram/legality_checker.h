// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "models/memory/dram_spec.h"
#include "sim/dram/command_log.h"

namespace statelane {

/// Replays a command log against a spec: every command at least as late as each constraint asks (looked up in
/// the spec itself, not in what the controller derives from it), banks in the right state, no overlap on the
/// command and data buses, four activates a window, refresh not postponed by more than the nine intervals
/// JEDEC allows. Returns one text a violation, at most `most`; empty: the log is legal.
[[nodiscard]] std::vector<std::string> check_legality(const DramSpec& spec, const CommandLog& log,
                                                      std::size_t most = 20);

}  // namespace statelane
