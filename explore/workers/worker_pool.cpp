// SPDX-License-Identifier: Apache-2.0
#include "explore/workers/worker_pool.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <stdexcept>

#include "explore/workers/pool_messages.h"
#include "models/base/diagnostics.h"

namespace statelane {
namespace {

constexpr std::size_t most_out = 2;  // a worker finds its next task waiting
constexpr int most_losses = 3;       // workers that one task may cost
constexpr std::chrono::milliseconds patience{100};
constexpr std::chrono::seconds greeting_patience{300};  // a busy file system may take its time

}  // namespace

WorkerPool::WorkerPool(std::unique_ptr<WorkerLinks> links, const std::string& subject)
    : links_(std::move(links)), workers_(links_->size()) {
  std::vector<bool> answered(workers_.size(), false);
  for (std::size_t i = 0; i < workers_.size(); ++i) links_->send(i, encode_greeting());
  const auto start = std::chrono::steady_clock::now();
  while (std::count(answered.begin(), answered.end(), true) < static_cast<std::ptrdiff_t>(workers_.size())) {
    if (std::chrono::steady_clock::now() - start > greeting_patience)
      throw std::runtime_error("not all workers answer");
    const std::optional<WorkerLinks::Event> event = links_->receive(patience);
    if (!event) continue;
    answered[event->worker] = true;
    if (!event->message) {
      lose(event->worker);
      continue;
    }
    const GreetingAnswer a = decode_greeting(*event->message);
    if (!a.error.empty()) throw InputError(links_->name(event->worker) + ": " + a.error);
    if (a.subject != subject) {
      throw InputError(links_->name(event->worker) +
                       " has another program, other configurations or another sweep file than the leader");
    }
  }
}

WorkerPool::~WorkerPool() {
  try {
    for (std::size_t i = 0; i < workers_.size(); ++i) links_->send(i, encode_end());
  } catch (const std::exception& e) {
    spdlog::warn("{}", e.what());
  }
}

std::size_t WorkerPool::workers() const {
  return static_cast<std::size_t>(
      std::count_if(workers_.begin(), workers_.end(), [](const Worker& w) { return !w.lost; }));
}

void WorkerPool::announce(const std::string& message) {
  for (std::size_t i = 0; i < workers_.size(); ++i) links_->send(i, encode_work(message));
}

void WorkerPool::lose(std::size_t worker) {
  Worker& w = workers_[worker];
  if (w.lost) return;
  w.lost = true;
  spdlog::warn("lost {}; {} task(s) are done again by others", links_->name(worker), w.out.size());
  redone_ += static_cast<std::int64_t>(w.out.size());
  for (Task& t : w.out) {
    if (++t.losses == most_losses)
      throw std::runtime_error("a task lost " + std::to_string(most_losses) + " workers; giving up");
    again_.push_back(std::move(t));
  }
  w.out.clear();
}

/// One task at a time to each worker in turn, so that few tasks spread over all.
void WorkerPool::give_out(const PoolWork& work, std::size_t& next, bool& more) {
  for (std::size_t depth = 1; depth <= most_out; ++depth) {
    for (std::size_t i = 0; i < workers_.size(); ++i) {
      Worker& w = workers_[i];
      if (w.lost || w.out.size() >= depth) continue;
      Task task;
      if (!again_.empty()) {
        task = std::move(again_.back());
        again_.pop_back();
      } else if (more) {
        std::optional<std::string> message = work.next();
        more = message.has_value();
        if (!more) return;
        task = {next++, encode_work(*message), 0};
      } else {
        return;
      }
      links_->send(i, task.message);
      w.out.push_back(std::move(task));
    }
  }
}

bool WorkerPool::run(const PoolWork& work) {
  std::size_t next = 0;
  bool more = true;
  const auto busy = [&] {
    return !again_.empty() ||
           std::any_of(workers_.begin(), workers_.end(), [](const Worker& w) { return !w.out.empty(); });
  };
  auto asked = std::chrono::steady_clock::now();
  while (true) {
    give_out(work, next, more);
    if (!more && !busy()) return true;
    if (workers() == 0) throw std::runtime_error("all workers are lost");
    std::optional<WorkerLinks::Event> event = links_->receive(patience);
    if (event && !event->message) {
      lose(event->worker);
    } else if (event) {
      Worker& w = workers_[event->worker];
      if (w.stale > 0) {
        --w.stale;
      } else if (!w.lost && !w.out.empty()) {
        const std::size_t number = w.out.front().number;
        w.out.pop_front();
        work.done(number, *event->message);
      }
    }
    const auto now = std::chrono::steady_clock::now();
    if (!work.go_on || (event && now - asked < patience)) continue;
    asked = now;
    if (work.go_on()) continue;
    for (Worker& w : workers_) {
      w.stale += w.out.size();
      w.out.clear();
    }
    again_.clear();
    return false;
  }
}

}  // namespace statelane
