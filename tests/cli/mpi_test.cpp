// SPDX-License-Identifier: Apache-2.0
// `mpirun -n N statelane explore`: all ranks together, one writer, whoever dies.
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <thread>

#include "tests/cli/program.h"

namespace statelane {
namespace {

namespace fs = std::filesystem;

// Some hundred simulations of a few ten milliseconds.
constexpr const char* sweep = R"({
  "experiment": "lightmamba-vck190-w4a4-decode-2.7b",
  "settings": {"/network": "mamba2-130m", "/design/schedule/state_buffer": 24,
               "/design/units/htu_matrix/points": 12, "/design/units/htu_matrix/adders": 12},
  "axes": [
    {"name": "mmu_in", "pointer": "/design/units/mmu/inputs", "values": [8, 16]},
    {"name": "mmu_out", "pointer": "/design/units/mmu/outputs", "values": [8, 16, 32]},
    {"name": "lanes", "pointer": "/design/units/h_c/lanes", "values": [8, 16]},
    {"name": "rows", "pointer": "/design/schedule/tile_rows", "values": [8, 16, 64]},
    {"name": "order", "pointer": "/design/schedule/order", "values": ["naive", "reordered"]}],
  "objectives": [{"figure": "throughput_tokens_per_s", "direction": "max"},
                 {"figure": "energy_j_per_token", "direction": "min"}]
})";

class Mpi : public ::testing::Test {
 protected:
  Mpi() : file_(scratch_.write("sweep.json", sweep).string()) {
    // Containers forbid one rank to read another's memory; messages are small enough to be copied twice.
    ::setenv("OMPI_MCA_btl_vader_single_copy_mechanism", "none", 1);
  }
  [[nodiscard]] std::string path(const std::string& name) const { return scratch_.path() / name; }

  [[nodiscard]] std::vector<std::string> words(const std::string& store,
                                               const std::vector<std::string>& options) const {
    std::vector<std::string> all = {"--allow-run-as-root", "--oversubscribe"};
    all.insert(all.end(), options.begin(), options.end());
    for (const std::string& word :
         {std::string("-n"), std::string("3"), std::string(STATELANE_PROGRAM_PATH), std::string("explore"),
          file_, std::string("--store"), path(store), std::string("--json")})
      all.push_back(word);
    return all;
  }

  /// mpirun in the background.
  [[nodiscard]] pid_t start(const std::string& store, const std::vector<std::string>& options = {}) const {
    const std::vector<std::string> all = words(store, options);
    const pid_t pid = ::fork();
    if (pid != 0) return pid;
    (void)!std::freopen(path(store + ".out").c_str(), "w", stdout);
    (void)!std::freopen(path(store + ".err").c_str(), "w", stderr);
    std::vector<char*> argv = {const_cast<char*>("mpirun")};
    for (const std::string& word : all) argv.push_back(const_cast<char*>(word.c_str()));
    argv.push_back(nullptr);
    ::execvp("mpirun", argv.data());
    ::_exit(127);
  }

  static int end_of(pid_t pid) {
    int status = 0;
    ::waitpid(pid, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  }

  /// The process of that rank below mpirun, once the ranks are at work: the leader reports progress.
  [[nodiscard]] pid_t rank_of(pid_t mpirun, const std::string& rank, const std::string& store) const {
    for (int patience = 0; patience < 1000; ++patience) {
      if (fs::exists(path(store + ".out")) &&
          file_text(path(store + ".out")).find("progress") != std::string::npos) {
        for (const pid_t child : children_of(mpirun)) {
          std::ifstream in("/proc/" + std::to_string(child) + "/environ");
          std::stringstream text;
          text << in.rdbuf();
          if (text.str().find("OMPI_COMM_WORLD_RANK=" + rank + '\0') != std::string::npos &&
              !children_of(child).empty())
            return child;
        }
      }
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    return -1;
  }

  static std::vector<pid_t> children_of(pid_t parent) {
    const std::string id = std::to_string(parent);
    std::ifstream in("/proc/" + id + "/task/" + id + "/children");
    std::vector<pid_t> out;
    for (pid_t child = 0; in >> child;) out.push_back(child);
    return out;
  }

  std::string csv(const std::string& store) {
    const ProgramResult r = run_statelane({"pareto", path(store), "--csv", path(store + ".csv")});
    EXPECT_EQ(r.exit_code, 0) << r.err;
    return file_text(path(store + ".csv"));
  }
  /// The front of one process on its own.
  std::string expected() {
    EXPECT_EQ(run_statelane({"explore", file_, "--store", path("one.db"), "--jobs", "1"}).exit_code, 0);
    return csv("one.db");
  }
  ScratchDirectory scratch_;
  std::string file_;
};

TEST_F(Mpi, RanksFindOneProcessFront) {
  const pid_t job = start("three.db");
  ASSERT_EQ(end_of(job), 0) << file_text(path("three.db.err"));
  EXPECT_NE(file_text(path("three.db.out")).find(R"("exact":true)"), std::string::npos);
  EXPECT_EQ(csv("three.db"), expected());
}

TEST_F(Mpi, ALostWorkersTasksAreDoneAgain) {
  const pid_t job = start("lost.db");
  const pid_t rank = rank_of(job, "1", "lost.db");
  ASSERT_GT(rank, 0);
  ::kill(children_of(rank).front(), SIGKILL);
  EXPECT_EQ(end_of(job), 0);
  EXPECT_NE(file_text(path("lost.db.err")).find("lost a worker of rank 1"), std::string::npos)
      << file_text(path("lost.db.err"));
  EXPECT_EQ(csv("lost.db"), expected());
}

TEST_F(Mpi, ALostRankIsDoneWithoutWhereMpirunLetsTheOthersLive) {
  const pid_t job = start("rank.db", {"--enable-recovery"});
  const pid_t rank = rank_of(job, "1", "rank.db");
  ASSERT_GT(rank, 0);
  ::kill(rank, SIGSTOP);  // silent first: it answers nothing, which is what a dead machine looks like
  std::this_thread::sleep_for(std::chrono::milliseconds(200));
  ::kill(rank, SIGKILL);
  EXPECT_EQ(end_of(job), 0) << file_text(path("rank.db.err"));
  EXPECT_EQ(csv("rank.db"), expected());
}

TEST_F(Mpi, AKilledJobGoesOn) {
  const std::string whole = expected();
  for (const int signal : {SIGKILL, SIGINT}) {
    const std::string store = "killed" + std::to_string(signal) + ".db";
    const pid_t job = start(store);
    ASSERT_GT(rank_of(job, "0", store), 0);
    std::this_thread::sleep_for(std::chrono::milliseconds(300));
    ::kill(job, signal);
    EXPECT_NE(end_of(job), 0);
    ProgramResult resumed;
    for (int patience = 0; patience < 100; ++patience) {  // the ranks outlive a killed mpirun by a moment
      resumed = run_statelane({"explore", file_, "--store", path(store), "--jobs", "2", "--resume"});
      if (resumed.err.find("being written by another program") == std::string::npos) break;
      std::this_thread::sleep_for(std::chrono::milliseconds(100));
    }
    ASSERT_EQ(resumed.exit_code, 0) << resumed.err;
    EXPECT_EQ(csv(store), whole);
  }
}

TEST_F(Mpi, OneRankSaysWhatIsWrong) {
  ProgramResult r = run_program("/usr/bin/env", [&] {
    std::vector<std::string> all = words("x.db", {});
    all.insert(all.begin(), "mpirun");
    all.insert(all.end(), {"--strategy", "exakt"});
    return all;
  }());
  EXPECT_EQ(r.exit_code, 2);
  const std::size_t first = r.err.find("exakt");
  EXPECT_NE(first, std::string::npos) << r.err;
  EXPECT_EQ(r.err.find("error: --strategy", first), std::string::npos) << "said once\n" << r.err;
}

}  // namespace
}  // namespace statelane
