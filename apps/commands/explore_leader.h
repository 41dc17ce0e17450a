// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>

#include "explore/space/problem.h"
#include "explore/workers/team.h"

namespace statelane {

/// How several processes share an exploration: one of them leads and writes the store, the others work.
class ExploreLeader {
 public:
  virtual ~ExploreLeader() = default;
  /// Whether this process is the one that leads.
  [[nodiscard]] virtual bool leads() const = 0;
  /// In one that does not: works until the leader ends. `problem` is null where it could not be read, and
  /// `error` says why. `jobs` processes work for this one's part.
  virtual void work(const Problem* problem, const std::string& error, std::size_t jobs) = 0;
  /// In the one that leads: all workers, its own `jobs` among them.
  [[nodiscard]] virtual std::unique_ptr<WorkerLinks> links(const Problem& problem, std::size_t jobs) = 0;
};

}  // namespace statelane
