// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

#include "explore/workers/worker_links.h"
#include "explore/workers/worker_service.h"

namespace statelane {

/// Workers forked from this process, linked by sockets. They share what it has in memory. Fork before this
/// process has threads.
class ForkedWorkers : public WorkerLinks {
 public:
  /// Each of the workers runs `work` and ends with it.
  ForkedWorkers(const WorkerMain& work, std::size_t count);
  ~ForkedWorkers() override;
  ForkedWorkers(const ForkedWorkers&) = delete;
  ForkedWorkers& operator=(const ForkedWorkers&) = delete;

  [[nodiscard]] std::size_t size() const override { return workers_.size(); }
  [[nodiscard]] std::string name(std::size_t worker) const override;
  void send(std::size_t worker, const std::string& message) override;
  [[nodiscard]] std::optional<Event> receive(std::chrono::milliseconds patience) override;
  [[nodiscard]] pid_t process(std::size_t worker) const { return workers_[worker].pid; }

 private:
  struct Worker {
    pid_t pid = -1;
    int fd = -1;      ///< -1: lost
    std::string in;   ///< received, not yet a whole message
    std::string out;  ///< not yet sent
  };
  [[nodiscard]] std::optional<Event> message_of(std::size_t worker);
  void push(Worker& worker);

  std::vector<Worker> workers_;
  std::size_t turn_ = 0;  ///< so that no worker is heard first always
};

}  // namespace statelane
