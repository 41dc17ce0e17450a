// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/mpi/communicator.hpp>
#include <boost/mpi/request.hpp>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "explore/workers/forked_workers.h"

namespace statelane {

/// Bytes between ranks. Sending does not wait for the other side: a rank that hangs holds nobody up.
class MpiMail {
 public:
  explicit MpiMail(const boost::mpi::communicator& world) : world_(world) {}
  MpiMail(const MpiMail&) = delete;
  MpiMail& operator=(const MpiMail&) = delete;

  void send(int rank, std::string bytes);
  struct Letter {
    int from = 0;
    std::string bytes;
  };
  /// A letter that is there.
  [[nodiscard]] std::optional<Letter> receive();
  /// Waits until everything is on its way, for some time at most.
  void flush();

 private:
  struct Sending {
    std::unique_ptr<std::string> bytes;
    boost::mpi::request request;
  };
  void tidy();
  const boost::mpi::communicator& world_;
  std::deque<Sending> sending_;
};

/// A leader's workers: those forked from its own process, and those of all other ranks, behind their relays.
/// A rank that is not heard of for some seconds is lost, with its workers.
class MpiLinks : public WorkerLinks {
 public:
  /// `jobs`: workers of each rank.
  MpiLinks(const boost::mpi::communicator& world, std::unique_ptr<ForkedWorkers> own, std::size_t jobs);
  ~MpiLinks() override;

  /// Whether no rank was lost.
  [[nodiscard]] bool all_there() const;
  [[nodiscard]] std::size_t size() const override { return jobs_ * lost_.size(); }
  [[nodiscard]] std::string name(std::size_t worker) const override;
  void send(std::size_t worker, const std::string& message) override;
  [[nodiscard]] std::optional<Event> receive(std::chrono::milliseconds patience) override;

 private:
  using Clock = std::chrono::steady_clock;
  void take(const MpiMail::Letter& letter);
  void look_for_silence();

  MpiMail mail_;
  std::unique_ptr<ForkedWorkers> own_;
  std::size_t jobs_;
  std::vector<bool> lost_;                ///< by rank
  std::vector<Clock::time_point> heard_;  ///< by rank
  std::vector<std::string> machines_;     ///< by rank
  std::deque<Event> events_;
};

/// In a rank that does not lead: passes messages on between the leader and the workers forked here, and says
/// now and then that it is alive, until it is told to end. Returns whether all ranks are.
bool relay(const boost::mpi::communicator& world, ForkedWorkers& workers);

}  // namespace statelane
