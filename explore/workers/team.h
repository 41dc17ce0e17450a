// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace statelane {

/// Messages between the process that leads an exploration and those that work for it. Messages to and from
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

/// What a team is to do.
struct TeamWork {
  std::function<std::optional<std::string>()> next;  ///< the next task; nothing: there is no more
  /// The answer to a task, by its number in the order of next(), from 0. Answers come in any order, one each.
  std::function<void(std::size_t, const std::string&)> done;
  std::function<bool()> go_on;  ///< asked every tenth of a second at least; false: end early
};

/// Gives tasks to workers and takes their answers. What a lost worker had not answered is done again by
/// another: as tasks have no effect but their answer, nobody can tell.
class Team {
 public:
  /// Greets the workers and waits until each has read the problem of that hash. Throws InputError where one
  /// says why it cannot, or has read another.
  Team(std::unique_ptr<WorkerLinks> links, const std::string& problem_hash);
  ~Team();
  Team(const Team&) = delete;
  Team& operator=(const Team&) = delete;

  /// Sends every worker a message that is not answered, ahead of the tasks to come.
  void announce(const std::string& message);
  /// Has everything done. False if it ended early; what was out then is forgotten. Throws std::runtime_error
  /// if no worker is left, or one task loses worker after worker.
  bool run(const TeamWork& work);

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
  void give_out(const TeamWork& work, std::size_t& next, bool& more);
  void lose(std::size_t worker);

  std::unique_ptr<WorkerLinks> links_;
  std::vector<Worker> workers_;
  std::vector<Task> again_;
  std::int64_t redone_ = 0;
};

/// How many items to give out at a time, so that a task takes long enough to be worth its messages and short
/// enough to share the work evenly and to be done again cheaply.
class ChunkSize {
 public:
  /// `most`: items of the whole work.
  explicit ChunkSize(std::uint64_t most) : most_(most) {}
  /// At least 1.
  [[nodiscard]] std::uint64_t items(std::size_t workers, std::uint64_t left) const;
  void took(std::uint64_t items, double seconds);

 private:
  std::uint64_t most_;
  double seconds_per_item_ = 0;  ///< 0: not known yet
};

}  // namespace statelane
