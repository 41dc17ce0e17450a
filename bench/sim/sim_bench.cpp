// SPDX-License-Identifier: Apache-2.0
// One run of each shipped accelerator, all layers tile by tile with DRAM. SystemC elaborates once a process,
// so every run has a process of its own, and the times are its processor time. `cycles` are those of the
// fabric; events are the firings of actors and the bursts of ports; `dram_commands` what the memory channels
// decided.
#include <benchmark/benchmark.h>
#include <sys/resource.h>

#include <sstream>
#include <stdexcept>

#include "sim/isolated.h"
#include "sim/simulator.h"
#include "tests/evaluate/lowered.h"

namespace statelane {
namespace {

struct Figures {
  double cycles = 0, firings = 0, bursts = 0, commands = 0, deltas = 0;
};

std::string run_one(const testing::Lowered& run) {
  const Experiment& e = run.experiment;
  const SimulationResult r =
      simulate(run.graph, e.design.clock, e.design.memory.ports, {e.dram, e.memory()->channels});
  std::int64_t bursts = 0, commands = 0;
  for (const PortResult& p : r.ports) bursts += p.bursts;
  for (const DramStats& m : r.memory) {
    commands += m.activates + m.precharges + m.precharges_all + m.refreshes + m.bursts();
  }
  std::ostringstream text;
  text << r.cycles.count() << ' ' << r.firings << ' ' << bursts << ' ' << commands << ' ' << r.delta_cycles;
  return text.str();
}

double children_cpu() {
  rusage use{};
  getrusage(RUSAGE_CHILDREN, &use);
  const auto seconds = [](const timeval& t) {
    return static_cast<double>(t.tv_sec) + 1e-6 * static_cast<double>(t.tv_usec);
  };
  return seconds(use.ru_utime) + seconds(use.ru_stime);
}

void simulate_a_design(benchmark::State& state) {
  const testing::Lowered run(testing::shipped[state.range(0)]);
  Figures f;
  double cpu = 0;
  for (auto _ : state) {
    const double before = children_cpu();
    const IsolatedResult result = run_isolated([&] { return run_one(run); });
    const double seconds = children_cpu() - before;
    if (!result.value) throw std::runtime_error(result.error);
    std::istringstream(*result.value) >> f.cycles >> f.firings >> f.bursts >> f.commands >> f.deltas;
    state.SetIterationTime(seconds);
    cpu += seconds;
  }
  const double runs = static_cast<double>(state.iterations());
  state.counters["cycles"] = f.cycles;
  state.counters["cycles/s"] = f.cycles * runs / cpu;
  state.counters["events"] = f.firings + f.bursts;
  state.counters["events/s"] = (f.firings + f.bursts) * runs / cpu;
  state.counters["dram_commands/s"] = f.commands * runs / cpu;
  state.counters["delta_cycles"] = f.deltas;
  rusage use{};
  getrusage(RUSAGE_CHILDREN, &use);
  state.counters["largest_run_MB"] = static_cast<double>(use.ru_maxrss) / 1024.0;
  state.SetLabel(testing::shipped[state.range(0)]);
}
BENCHMARK(simulate_a_design)
    ->DenseRange(0, static_cast<int>(std::size(testing::shipped)) - 1)
    ->UseManualTime()
    ->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace statelane
