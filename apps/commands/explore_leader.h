// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "explore/workers/worker_links.h"
#include "explore/workers/worker_service.h"

namespace statelane {

/// How several processes share an exploration: one of them leads and writes the store, the others work.
class ExploreLeader {
 public:
  virtual ~ExploreLeader() = default;
  /// Whether this process is the one that leads.
  [[nodiscard]] virtual bool leads() const = 0;
  /// In one that does not: works until the leader ends. `jobs` processes run `worker` for this one's part.
  virtual void work(const WorkerMain& worker, std::size_t jobs) = 0;
  /// In the one that leads: all workers, its own `jobs` among them, which run `worker`.
  [[nodiscard]] virtual std::unique_ptr<WorkerLinks> links(const WorkerMain& worker, std::size_t jobs) = 0;
};

}  // namespace statelane
