// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "explore/space/problem.h"

namespace statelane {

/// One end of a worker's link.
struct WorkerEnd {
  std::function<std::optional<std::string>()> receive;  ///< waits; nothing: the leader is gone
  std::function<void(const std::string&)> send;
};

/// Does what a leader says until it ends the work or is gone. `problem` may be null: then `error` says why,
/// and the leader is told. Each simulation runs in a forked child, within the sweep's limits.
void serve(const Problem* problem, const std::string& error, const WorkerEnd& end);

}  // namespace statelane
