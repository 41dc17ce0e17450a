// SPDX-License-Identifier: Apache-2.0
// statelane-mpi: `statelane explore` by all processes of an MPI job together. Rank 0 leads and writes the
// store. Each rank forks its workers before MPI starts, so that simulations may fork in turn; the rank's own
// process only passes messages on.
#include <unistd.h>

#include <boost/mpi/environment.hpp>
#include <csignal>
#include <cstdlib>
#include <iostream>
#include <optional>

#include "apps/command_line.h"
#include "apps/commands/explore_leader.h"
#include "apps/mpi/mpi_links.h"

namespace statelane {
namespace {

namespace mpi = boost::mpi;

/// This process' rank, before MPI starts.
int rank_of_environment() {
  for (const char* name : {"OMPI_COMM_WORLD_RANK", "PMIX_RANK", "SLURM_PROCID"}) {
    if (const char* text = std::getenv(name)) return std::atoi(text);
  }
  return 0;
}

class MpiLeader : public ExploreLeader {
 public:
  explicit MpiLeader(int rank) : rank_(rank) {}

  [[nodiscard]] bool leads() const override { return rank_ == 0; }

  void work(const WorkerMain& worker, std::size_t jobs) override {
    std::signal(SIGINT, SIG_IGN);  // the leader decides when all end
    std::signal(SIGTERM, SIG_IGN);
    ForkedWorkers workers(worker, jobs);
    start();
    all_there_ = relay(*world_, workers);
  }

  [[nodiscard]] std::unique_ptr<WorkerLinks> links(const WorkerMain& worker, std::size_t jobs) override {
    auto own = std::make_unique<ForkedWorkers>(worker, jobs);
    start();
    return std::make_unique<Links>(*this, *world_, std::move(own), jobs);
  }

  /// Ends the process: by MPI's own way, which waits for all ranks, unless some are dead.
  [[noreturn]] void end(int code) {
    std::cout.flush();
    if (!all_there_) std::_Exit(code);
    environment_.reset();
    std::exit(code);
  }

 private:
  /// Tells at its end whether ranks were lost.
  class Links : public MpiLinks {
   public:
    Links(MpiLeader& leader, const mpi::communicator& world, std::unique_ptr<ForkedWorkers> own,
          std::size_t jobs)
        : MpiLinks(world, std::move(own), jobs), leader_(leader) {}
    ~Links() override { leader_.all_there_ = all_there(); }

   private:
    MpiLeader& leader_;
  };

  void start() {
    environment_.emplace(mpi::threading::single, false);
    world_.emplace();
  }

  int rank_;
  std::optional<mpi::environment> environment_;
  std::optional<mpi::communicator> world_;
  bool all_there_ = true;
};

/// Whoever does not lead says nothing: all read the same command line.
void be_silent() {
  (void)!std::freopen("/dev/null", "w", stdout);
  (void)!std::freopen("/dev/null", "w", stderr);
}

int run(int argc, char** argv, MpiLeader& leader) {
  const int code =
      run_command_line(argc, argv, {[&leader](CLI::App& app) { add_explore_command(app, leader); }});
  // A process that fails ends the whole job, so the leader, which says why, goes first.
  if (code != 0 && !leader.leads()) ::sleep(5);
  return code;
}

}  // namespace
}  // namespace statelane

int main(int argc, char** argv) {
  const int rank = statelane::rank_of_environment();
  if (rank != 0) statelane::be_silent();
  statelane::MpiLeader leader(rank);
  leader.end(statelane::run(argc, argv, leader));
}
