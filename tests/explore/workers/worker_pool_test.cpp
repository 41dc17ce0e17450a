// SPDX-License-Identifier: Apache-2.0
// A pool gives out work of any kind, and a lost worker's work again.
#include "explore/workers/worker_pool.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <csignal>
#include <map>

#include "explore/workers/forked_workers.h"
#include "models/base/diagnostics.h"

namespace statelane {
namespace {

/// Answers with the text after what was announced last, told twice; "die" ends the process.
WorkerMain doubling(const std::string& subject, const std::string& error = "") {
  return [subject, error](const WorkerEnd& end) {
    std::string announced;
    const auto handle = [&](std::string_view text) -> std::optional<std::string> {
      if (text.starts_with("announce ")) {
        announced = text.substr(9);
        return std::nullopt;
      }
      if (text == "die") ::_exit(1);
      return announced + std::string(text) + std::string(text);
    };
    serve({subject, error, handle}, end);
  };
}

/// Answers by the number of their task.
std::map<std::size_t, std::string> answers(WorkerPool& pool, std::size_t tasks) {
  std::map<std::size_t, std::string> out;
  std::size_t next = 0;
  EXPECT_TRUE(pool.run({.next = [&]() -> std::optional<std::string> {
                          if (next == tasks) return std::nullopt;
                          return std::to_string(next++);
                        },
                        .done = [&](std::size_t task, const std::string& answer) { out[task] = answer; },
                        .go_on = {}}));
  return out;
}

TEST(WorkerPool, GivesEachTaskOnce) {
  WorkerPool pool(std::make_unique<ForkedWorkers>(doubling("words"), 3), "words");
  pool.announce("announce x");
  const auto all = answers(pool, 50);
  ASSERT_EQ(all.size(), 50U);
  for (const auto& [task, answer] : all) {
    const std::string number = std::to_string(task);
    EXPECT_EQ(answer, "x" + number + number);
  }
}

TEST(WorkerPool, GivesALostWorkersTasksToOthers) {
  auto workers = std::make_unique<ForkedWorkers>(doubling("words"), 2);
  const pid_t victim = workers->process(0);
  WorkerPool pool(std::move(workers), "words");
  ::kill(victim, SIGSTOP);  // it takes tasks and does not answer
  std::size_t next = 0;
  std::map<std::size_t, std::string> all;
  EXPECT_TRUE(pool.run({.next = [&]() -> std::optional<std::string> {
                          if (next == 10) return std::nullopt;
                          return std::to_string(next++);
                        },
                        .done =
                            [&](std::size_t task, const std::string& answer) {
                              all[task] = answer;
                              ::kill(victim, SIGKILL);
                            },
                        .go_on = {}}));
  EXPECT_EQ(all.size(), 10U);
  EXPECT_EQ(pool.workers(), 1U);
  EXPECT_GT(pool.redone(), 0);
}

TEST(WorkerPool, GivesUpOnATaskThatEndsItsWorkers) {
  WorkerPool pool(std::make_unique<ForkedWorkers>(doubling("words"), 4), "words");
  bool given = false;
  EXPECT_THROW((void)pool.run({.next = [&]() -> std::optional<std::string> {
                                 if (std::exchange(given, true)) return std::nullopt;
                                 return "die";
                               },
                               .done = [](std::size_t, const std::string&) {},
                               .go_on = {}}),
               std::runtime_error);
}

TEST(WorkerPool, RefusesWorkersOfAnotherSubject) {
  EXPECT_THROW(WorkerPool(std::make_unique<ForkedWorkers>(doubling("words"), 1), "numbers"), InputError);
  EXPECT_THROW(WorkerPool(std::make_unique<ForkedWorkers>(doubling("words", "no dictionary"), 1), "words"),
               InputError);
}

}  // namespace
}  // namespace statelane
