// SPDX-License-Identifier: Apache-2.0
// The functions of a dataflow region as cooperative tasks: each runs until it would block on a stream, then
// the next one goes on. One thread, round robin, so a simulation is the same every time. Streams have one
// writer and one reader, so the result does not depend on the order (Kahn), and a region that stops for good
// is a deadlock of the design, not of the simulation.
#pragma once

#include <ucontext.h>

#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace csim {

class Tasks {
 public:
  /// Exit status of a simulation that deadlocks.
  static constexpr int deadlock_status = 3;

  /// The region being run, or null outside one.
  static Tasks*& current() {
    static Tasks* tasks = nullptr;
    return tasks;
  }

  void start(const char* name, std::function<void()> body) {
    tasks_.push_back(std::make_unique<Task>());
    Task& t = *tasks_.back();
    t.name = name;
    t.body = std::move(body);
    t.stack.reset(new char[stack_bytes]);  // not cleared: only pages that are touched take memory
    getcontext(&t.context);
    t.context.uc_stack.ss_sp = t.stack.get();
    t.context.uc_stack.ss_size = stack_bytes;
    t.context.uc_link = &main_;
    makecontext(&t.context, reinterpret_cast<void (*)()>(&Tasks::enter), 0);
  }

  /// Runs all tasks to their end.
  void join() {
    Tasks* const outer = current();
    current() = this;
    std::size_t left = tasks_.size();
    while (left > 0) {
      bool moved = false;
      for (const auto& task : tasks_) {
        if (task->done || (task->ready && !task->ready())) continue;
        moved = true;
        task->ready = nullptr;
        running_ = task.get();
        swapcontext(&main_, &task->context);
        running_ = nullptr;
        if (task->done) --left;
      }
      if (!moved) deadlock();
    }
    tasks_.clear();
    current() = outer;
  }

  /// Called by a task: others go on until `ready`.
  void wait(const std::function<bool()>& ready, const std::string& stream, const char* for_what) {
    Task& t = *running_;
    t.ready = ready;
    t.stream = stream;
    t.for_what = for_what;
    swapcontext(&t.context, &main_);
  }

 private:
  static constexpr std::size_t stack_bytes = std::size_t{64} << 20;
  struct Task {
    std::string name, stream, for_what;
    std::function<void()> body;
    std::function<bool()> ready;
    ucontext_t context;
    std::unique_ptr<char[]> stack;
    bool done = false;
  };

  static void enter() {
    Task& t = *current()->running_;
    t.body();
    t.done = true;
  }
  [[noreturn]] void deadlock() const {
    std::fprintf(stderr, "deadlock:\n");
    for (const auto& t : tasks_) {
      if (!t->done)
        std::fprintf(stderr, "  %s waits for %s %s\n", t->name.c_str(), t->for_what.c_str(),
                     t->stream.c_str());
    }
    std::exit(deadlock_status);
  }

  std::vector<std::unique_ptr<Task>> tasks_;
  Task* running_ = nullptr;
  ucontext_t main_;
};

/// Waits until `ready`; outside a region, where nobody else can make it so, that is a deadlock at once.
template <class Ready>
void wait(const Ready& ready, const std::string& stream, const char* for_what) {
  if (ready()) return;
  Tasks* const tasks = Tasks::current();
  if (tasks == nullptr) {
    std::fprintf(stderr, "deadlock: the caller waits for %s %s\n", for_what, stream.c_str());
    std::exit(Tasks::deadlock_status);
  }
  while (!ready()) tasks->wait(ready, stream, for_what);
}

}  // namespace csim
