// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "explore/space/problem.h"
#include "explore/workers/worker_service.h"

namespace statelane {

/// What a worker of an exploration runs: it scans and simulates what its leader asks for, each simulation in
/// a forked child, within the sweep's limits. `problem` must outlive it, and may be null: then `error` says
/// why, and the leader is told.
[[nodiscard]] WorkerMain search_worker(const Problem* problem, const std::string& error);

}  // namespace statelane
