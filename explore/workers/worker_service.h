// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace statelane {

/// One end of a worker's link.
struct WorkerEnd {
  std::function<std::optional<std::string>()> receive;  ///< waits; nothing: the leader is gone
  std::function<void(const std::string&)> send;
};

/// What a worker does for a pool.
struct WorkerService {
  std::string subject;  ///< what it works on, as a hash: the leader's must be the same
  std::string error;    ///< why it cannot work; empty where it can
  /// Does what a message asks for and returns the answer; nothing where none is expected.
  std::function<std::optional<std::string>(std::string_view)> handle;
};

/// Does what a leader says until it ends the work or is gone. A service with an error tells it and ends.
void serve(const WorkerService& service, const WorkerEnd& end);

/// What a worker process runs: serves at its end of the link.
using WorkerMain = std::function<void(const WorkerEnd&)>;

}  // namespace statelane
