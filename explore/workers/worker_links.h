// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>

namespace statelane {

/// Messages between the process that leads and those that work for it. Messages to and from
/// one worker keep their order.
class WorkerLinks {
 public:
  virtual ~WorkerLinks() = default;
  struct Event {
    std::size_t worker = 0;
    std::optional<std::string> message;  ///< nothing: the worker is lost, and no more will come from it
  };
  /// Workers there were at the start.
  [[nodiscard]] virtual std::size_t size() const = 0;
  /// For people: "process 4711", "rank 3 on node7".
  [[nodiscard]] virtual std::string name(std::size_t worker) const = 0;
  /// Sends without waiting for the worker. To one that is lost: nothing happens.
  virtual void send(std::size_t worker, const std::string& message) = 0;
  /// What came, waiting `patience` for it at most.
  [[nodiscard]] virtual std::optional<Event> receive(std::chrono::milliseconds patience) = 0;
};

}  // namespace statelane
