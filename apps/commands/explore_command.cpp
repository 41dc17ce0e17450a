// SPDX-License-Identifier: Apache-2.0
#include <sys/utsname.h>
#include <unistd.h>

#include <spdlog/spdlog.h>

#include <CLI/CLI.hpp>
#include <atomic>
#include <chrono>
#include <csignal>
#include <ctime>
#include <iostream>
#include <memory>
#include <thread>

#include "apps/commands/commands.h"
#include "apps/commands/explore_leader.h"
#include "apps/commands/known_name.h"
#include "apps/commands/shard_option.h"
#include "apps/reports/explore_report.h"
#include "explore/search/reference_points.h"
#include "explore/search/search_worker.h"
#include "explore/space/objectives.h"
#include "explore/space/problem.h"
#include "explore/space/source_versions.h"
#include "explore/workers/worker_pool.h"

namespace statelane {
namespace {

struct Options {
  std::string sweep;
  std::string store;
  std::string strategy = "exact";
  std::string shard;
  std::size_t jobs = 0;
  std::int64_t simulations = -1;
  bool resume = false;
  bool json = false;
  bool quiet = false;
};

// Signal handlers reach nothing else.
volatile std::sig_atomic_t interrupted = 0;

void on_signal(int) {
  interrupted = 1;
}

void catch_interrupts() {
  struct sigaction action {};
  action.sa_handler = on_signal;
  ::sigemptyset(&action.sa_mask);
  ::sigaction(SIGINT, &action, nullptr);
  ::sigaction(SIGTERM, &action, nullptr);
  std::signal(SIGXFSZ, SIG_IGN);  // a file that may not grow is an error of the write, and told as one
}

std::string machine() {
  utsname name{};
  ::uname(&name);
  return std::string(name.nodename) + ", " + name.sysname + " " + name.release + " " + name.machine + ", " +
         std::to_string(std::thread::hardware_concurrency()) + " processors";
}

std::string now() {
  const std::time_t t = std::time(nullptr);
  char text[32];
  std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", std::gmtime(&t));
  return text;
}

RunRecord record_of(const Problem& problem, const Options& o, const Shard& shard) {
  RunRecord r;
  r.sweep = problem.name();
  r.hash = problem.hash();
  r.strategy = o.strategy;
  r.objectives = objectives_text(problem.sweep().objectives);
  r.document = to_text(to_json(problem.sweep()), -1);
  r.seed = problem.sweep().seed;
  r.shard = shard.number;
  r.shards = shard.shards;
  r.version = std::string(STATELANE_VERSION) + ", models " + std::string(model_version()) + ", simulator " +
              std::string(simulator_version());
  r.constants = problem.constants_hash();
  r.machine = machine();
  r.started = now();
  return r;
}

/// The store's run for this search: a new one, or the one to go on with.
std::int64_t open_run(Store& store, const RunRecord& record, bool resume) {
  const std::optional<RunRecord> there = store.find_run(record);
  if (there && !resume) {
    throw InputError(store.path() + " has results of this sweep (" + std::string(name_of(there->state)) +
                     "); add --resume to go on with them, or " + "take another store");
  }
  store.begin();
  const std::int64_t id = there ? there->id : store.add_run(record);
  if (there) {
    store.set_document(id, record.document);
    store.set_state(id, RunState::running, there->counts);
  }
  store.commit();
  return id;
}

std::unique_ptr<const Problem> load_problem(const Catalog& catalog, const UnitRegistry& registry,
                                            const Options& o) {
  Diagnostics diagnostics;
  std::optional<SweepFile> file = load_sweep(catalog, o.sweep, diagnostics);
  throw_if_errors(diagnostics);
  if (o.simulations >= 0) file->sweep.budget.simulations = o.simulations;
  auto problem = Problem::load(catalog, registry, *file, diagnostics);
  throw_if_errors(diagnostics);
  return problem;
}

/// In a process that does not lead: what is wrong here is the leader's to tell.
void work_for(ExploreLeader& leader, const Options& o) {
  std::unique_ptr<const Problem> problem;
  std::string error;
  try {
    problem = load_problem(Catalog::standard(), builtin_units(), o);
  } catch (const std::exception& e) {
    error = e.what();
  }
  leader.work(search_worker(problem.get(), error), std::max<std::size_t>(1, o.jobs));
}

void run(const Options& o, ExploreLeader* leader) {
  if (leader != nullptr && !leader->leads()) {
    work_for(*leader, o);
    return;
  }
  const Catalog catalog = Catalog::standard();
  const UnitRegistry registry = builtin_units();
  Diagnostics diagnostics;
  const auto problem = load_problem(catalog, registry, o);
  const Shard shard = parse_shard(o.shard);
  ExploreOptions options;
  options.strategy = *value_of<Strategy>(o.strategy);
  options.jobs = o.jobs > 0 ? o.jobs : std::max(1u, std::thread::hardware_concurrency());
  options.shard = shard;
  if (options.strategy == Strategy::nsga2 && shard.shards > 1)
    throw InputError("strategy nsga2 looks at the whole space; it has no shards");

  Store store(o.store, Store::Mode::write);
  const std::int64_t id = open_run(store, record_of(*problem, o, shard), o.resume);
  catch_interrupts();
  ProgressLine line(o.json ? ProgressLine::Form::json
                    : !o.quiet && spdlog::should_log(spdlog::level::info) && ::isatty(STDERR_FILENO) != 0
                        ? ProgressLine::Form::terminal
                        : ProgressLine::Form::none);
  options.stop = [] { return interrupted != 0; };
  options.progress = [&line](const ExploreProgress& p) { line.show(p); };
  const auto start = std::chrono::steady_clock::now();
  simulate_reference_points(
      catalog, registry, *problem, store, id,
      {problem->sweep().budget.simulation_memory, problem->sweep().budget.simulation_time}, diagnostics);
  throw_if_errors(diagnostics);
  std::unique_ptr<WorkerPool> pool;
  if (leader != nullptr) {
    pool = std::make_unique<WorkerPool>(
        leader->links(search_worker(problem.get(), {}), std::max<std::size_t>(1, o.jobs)), problem->hash());
    options.pool = pool.get();
  }
  const ExploreResult result = explore(*problem, &store, id, options);
  const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  if (o.json) {
    JsonValue json = result_json(result);
    std::cout << to_text(json.set("event", "result")
                             .set("reused", JsonValue(result.reused))
                             .set("seconds", JsonValue(seconds)),
                         -1)
              << '\n';
  } else {
    std::cout << explore_text(problem->name(), result, seconds);
  }
  if (result.end == RunState::interrupted) throw Infeasible("interrupted; what was done is in " + o.store);
}

void add(CLI::App& app, ExploreLeader* leader) {
  auto o = std::make_shared<Options>();
  CLI::App* c = app.add_subcommand("explore", "Search a space of designs for its Pareto front");
  c->add_option("sweep", o->sweep, "Sweep: a file or a name of `statelane list sweeps`")->required();
  c->add_option("--store", o->store, "File that keeps all results (SQLite)")->required();
  std::vector<std::string> strategies;
  for (const auto& n : DescribeEnum<Strategy>::names) strategies.emplace_back(n.name);
  c->add_option(
       "--strategy", o->strategy,
       "exact: the front with a proof; grid: simulate everything; random, nsga2: search within the budget")
      ->check(known_name(strategies))
      ->capture_default_str();
  c->add_option("--jobs", o->jobs,
                "Processes and threads (all processors if left out; 1 a process under mpirun)");
  c->add_option("--simulations", o->simulations,
                "Most simulations, in place of the sweep's budget; 0: no limit");
  c->add_option("--shard", o->shard, "I/N: the I-th of N parts; auto: as Slurm, HTCondor or Open MPI say");
  c->add_flag("--resume", o->resume, "Go on with what the store has of this sweep");
  c->add_flag("--quiet", o->quiet, "No progress on the terminal");
  c->add_flag("--json", o->json, "Progress and result as JSON, one object a line");
  c->footer(
      "Example: statelane explore lightmamba-vck190 --store lm.db && statelane pareto lm.db --png front.png\n"
      "         mpirun -n 16 statelane explore lightmamba-vck190 --store lm.db");
  c->callback([o, leader] { run(*o, leader); });
}

}  // namespace

void add_explore_command(CLI::App& app) {
  add(app, nullptr);
}

void add_explore_command(CLI::App& app, ExploreLeader& leader) {
  add(app, &leader);
}

}  // namespace statelane
