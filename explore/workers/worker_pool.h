// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "explore/workers/worker_links.h"

namespace statelane {

/// What a pool is to do.
struct PoolWork {
  std::function<std::optional<std::string>()> next;  ///< the next task; nothing: there is no more
  /// The answer to a task, by its number in the order of next(), from 0. Answers come in any order, one each.
  std::function<void(std::size_t, const std::string&)> done;
  std::function<bool()> go_on;  ///< asked every tenth of a second at least; false: end early
};

/// Gives tasks to workers and takes their answers. What a lost worker had not answered is done again by
/// another: as tasks have no effect but their answer, nobody can tell.
class WorkerPool {
 public:
  /// Greets the workers and waits until each has said what it works on. Throws InputError where one says why
  /// it cannot, or works on anything but `subject` (see WorkerService).
  WorkerPool(std::unique_ptr<WorkerLinks> links, const std::string& subject);
  ~WorkerPool();
  WorkerPool(const WorkerPool&) = delete;
  WorkerPool& operator=(const WorkerPool&) = delete;

  /// Sends every worker a message that is not answered, ahead of the tasks to come.
  void announce(const std::string& message);
  /// Has everything done. False if it ended early; what was out then is forgotten. Throws std::runtime_error
  /// if no worker is left, or one task loses worker after worker.
  bool run(const PoolWork& work);

  /// Workers that are not lost.
  [[nodiscard]] std::size_t workers() const;
  /// Tasks that were given out again.
  [[nodiscard]] std::int64_t redone() const { return redone_; }

 private:
  struct Task {
    std::size_t number = 0;
    std::string message;
    int losses = 0;
  };
  struct Worker {
    bool lost = false;
    std::deque<Task> out;
    std::size_t stale = 0;  ///< answers still to come to tasks of a run that ended early
  };
  void give_out(const PoolWork& work, std::size_t& next, bool& more);
  void lose(std::size_t worker);

  std::unique_ptr<WorkerLinks> links_;
  std::vector<Worker> workers_;
  std::vector<Task> again_;
  std::int64_t redone_ = 0;
};

}  // namespace statelane
