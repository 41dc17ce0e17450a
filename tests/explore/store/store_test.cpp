// SPDX-License-Identifier: Apache-2.0
// The store keeps what was finished, and says what is wrong with a file.
#include "explore/store/store.h"

#include <SQLiteCpp/SQLiteCpp.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <fstream>

#include "explore/store/store_schema.h"
#include "models/base/diagnostics.h"

namespace statelane {
namespace {

namespace fs = std::filesystem;

class StoreFile : public ::testing::Test {
 protected:
  StoreFile() : folder_(fs::path(::testing::TempDir()) / ("store_" + std::to_string(::getpid()))) {
    fs::remove_all(folder_);
    fs::create_directories(folder_);
  }
  ~StoreFile() override { fs::remove_all(folder_); }
  [[nodiscard]] std::string file(const std::string& name = "s.db") const { return (folder_ / name).string(); }

  static RunRecord run() {
    RunRecord r;
    r.sweep = "s";
    r.hash = "h";
    r.strategy = "exact";
    r.objectives = "latency_s:min";
    r.document = "{}";
    return r;
  }
  static std::string failure(const std::function<void()>& work) {
    try {
      work();
    } catch (const std::exception& e) {
      return e.what();
    }
    return "no failure";
  }
  fs::path folder_;
};

TEST_F(StoreFile, KeepsRunsPointsAndSimulations) {
  PointRecord p;
  p.index = 7;
  p.parameters = R"({"a":1})";
  p.simulation = "k";
  p.figures[0] = 0.1;
  p.figures[figure_count - 1] = 1e300;
  {
    Store s(file(), Store::Mode::write);
    s.begin();
    const std::int64_t id = s.add_run(run());
    s.put_simulation("k", {SimulatedRun{Cycles{123456789012}, Joules{0.1}}, ""});
    s.put_simulation("bad", {{}, "ended by signal: Killed"});
    s.put_point(id, p);
    s.set_state(id, RunState::finished, R"({"exact":true})");
    s.commit();
  }
  Store s(file(), Store::Mode::read);
  ASSERT_EQ(s.runs().size(), 1U);
  EXPECT_EQ(s.runs()[0].state, RunState::finished);
  EXPECT_EQ(s.simulation("k")->run->cycles, Cycles{123456789012});
  EXPECT_EQ(s.simulation("k")->run->dram.count(), 0.1);
  EXPECT_FALSE(s.simulation("bad")->run.has_value());
  EXPECT_FALSE(s.simulation("unknown").has_value());
  EXPECT_EQ(s.simulation_count().all, 2);
  EXPECT_EQ(s.simulation_count().failed, 1);
  const std::vector<PointRecord> points = s.points(1);
  ASSERT_EQ(points.size(), 1U);
  EXPECT_EQ(points[0].figures, p.figures) << "to the bit";
}

TEST_F(StoreFile, WhatIsNotCommittedIsNotThereAfterAKill) {
  const pid_t child = ::fork();
  if (child == 0) {
    Store s(file(), Store::Mode::write);
    s.begin();
    s.put_simulation("done", {SimulatedRun{Cycles{1}, Joules{1}}, ""});
    s.commit();
    s.begin();
    s.put_simulation("half", {SimulatedRun{Cycles{2}, Joules{2}}, ""});
    ::kill(::getpid(), SIGKILL);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  ASSERT_TRUE(WIFSIGNALED(status));
  Store s(file(), Store::Mode::write);  // the dead process holds no lock
  EXPECT_TRUE(s.simulation("done").has_value());
  EXPECT_FALSE(s.simulation("half").has_value());
}

TEST_F(StoreFile, HasOneWriter) {
  int go[2];
  ASSERT_EQ(::pipe(go), 0);
  const pid_t child = ::fork();
  if (child == 0) {
    Store s(file(), Store::Mode::write);
    (void)!::write(go[1], "x", 1);
    ::pause();
    ::_exit(0);
  }
  char c = 0;
  ASSERT_EQ(::read(go[0], &c, 1), 1);
  const std::string text = failure([&] { Store second(file(), Store::Mode::write); });
  EXPECT_NE(text.find("is being written by another program (process " + std::to_string(child) + ")"),
            std::string::npos)
      << text;
  EXPECT_EQ(failure([&] { (void)Store(file(), Store::Mode::read).runs(); }), "no failure")
      << "reading goes on";
  ::kill(child, SIGKILL);
  ::waitpid(child, nullptr, 0);
  EXPECT_EQ(failure([&] { Store second(file(), Store::Mode::write); }), "no failure");
}

TEST_F(StoreFile, AFullDiskIsAnErrorThatKeepsWhatWasThere) {
  const pid_t child = ::fork();
  if (child == 0) {
    std::signal(SIGXFSZ, SIG_IGN);
    Store s(file(), Store::Mode::write);
    s.begin();
    s.put_simulation("early", {SimulatedRun{Cycles{1}, Joules{1}}, ""});
    s.commit();
    const rlimit limit{300'000, 300'000};
    ::setrlimit(RLIMIT_FSIZE, &limit);
    const std::string text = failure([&] {
      for (int i = 0; i < 10000; ++i) {
        s.begin();
        s.put_simulation("key" + std::to_string(i) + std::string(200, 'x'),
                         {SimulatedRun{Cycles{i}, Joules{1}}, ""});
        s.commit();
      }
    });
    ::_exit(text.find("what was finished before is kept") != std::string::npos ? 0 : 1);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  EXPECT_EQ(status, 0);
  Store s(file(), Store::Mode::write);
  EXPECT_TRUE(s.simulation("early").has_value());
  EXPECT_TRUE(s.simulation("key0" + std::string(200, 'x')).has_value());
}

TEST_F(StoreFile, OtherFilesAreRefused) {
  EXPECT_NE(failure([&] { Store s(file("none.db"), Store::Mode::read); }).find("there is no store"),
            std::string::npos);
  std::ofstream(file("text.db")) << std::string(5000, 'a');
  EXPECT_NE(failure([&] { Store s(file("text.db"), Store::Mode::write); }).find("is no store of statelane"),
            std::string::npos);
  {
    SQLite::Database other(file("other.db"), SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE);
    other.exec("CREATE TABLE mine (x)");
  }
  EXPECT_NE(failure([&] { Store s(file("other.db"), Store::Mode::write); }).find("is no store of statelane"),
            std::string::npos);
  EXPECT_NE(failure([&] { Store s(folder_.string(), Store::Mode::read); }).find("cannot be opened"),
            std::string::npos);
  EXPECT_NE(failure([&] { Store s("/nowhere/at/all.db", Store::Mode::write); }).find("cannot be opened"),
            std::string::npos);
}

TEST_F(StoreFile, DamageIsTold) {
  {
    Store s(file(), Store::Mode::write);
    s.begin();
    for (int i = 0; i < 3000; ++i)
      s.put_simulation(std::to_string(i) + std::string(100, 'k'), {SimulatedRun{Cycles{i}, Joules{1}}, ""});
    s.commit();
  }
  ASSERT_GT(fs::file_size(file()), 40000U);
  std::fstream f(file(), std::ios::in | std::ios::out | std::ios::binary);
  f.seekp(4096);
  f << std::string(fs::file_size(file()) - 4096, '\x5a');
  f.close();
  const std::string text = failure([&] {
    Store s(file(), Store::Mode::read);
    (void)s.simulation("1" + std::string(100, 'k'));
    (void)s.runs();
  });
  EXPECT_NE(text.find("is damaged"), std::string::npos) << text;
  EXPECT_NE(text.find(".recover"), std::string::npos) << text;
}

TEST_F(StoreFile, OldStoresAreBroughtUpToDateAndNewerOnesRefused) {
  {
    SQLite::Database old(file(), SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE);
    old.exec(store_migrations()[0]);
    old.exec("PRAGMA application_id = " + std::to_string(store_application));
    old.exec("PRAGMA user_version = 1");
    old.exec(
        "INSERT INTO runs VALUES "
        "(1,'s','h','exact','latency_s:min','{}',0,1,1,'0','c','m','t','finished','{}')");
    old.exec(
        "INSERT INTO points (run, idx, kind, label, simulation, parameters, obeys) VALUES (1, 5, 0, '', 'k', "
        "'{}', 1)");
    old.exec("INSERT INTO simulations (key, cycles, dram_j) VALUES ('k', 5, 0.5)");
  }
  {
    Store s(file(), Store::Mode::write);
    ASSERT_EQ(s.points(1).size(), 1U);
    EXPECT_EQ(s.points(1)[0].numbers, "{}");
    EXPECT_FALSE(s.simulation("k").has_value()) << "which simulator ran it is not known";
  }
  SQLite::Database(file(), SQLite::OPEN_READWRITE).exec("PRAGMA user_version = 99");
  EXPECT_NE(failure([&] { Store s(file(), Store::Mode::write); }).find("newer statelane"), std::string::npos);
}

}  // namespace
}  // namespace statelane
