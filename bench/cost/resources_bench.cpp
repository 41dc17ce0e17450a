// SPDX-License-Identifier: Apache-2.0
// What an exploration pays for the resources and the energy of a candidate that is lowered already.
#include <benchmark/benchmark.h>

#include "models/evaluate/energy.h"
#include "tests/evaluate/lowered.h"

namespace statelane {
namespace {

const char* experiment_of(const benchmark::State& state) {
  return testing::shipped[state.range(0)];
}

void describe(benchmark::State& state, const testing::Lowered& run) {
  state.SetLabel(experiment_of(state));
  state.counters["units"] = static_cast<double>(run.experiment.design.units.size());
  state.counters["channels"] = static_cast<double>(run.graph.channels.size());
}

void total_cost_of_a_design(benchmark::State& state) {
  const FabricConstants constants = testing::constants();
  const testing::Lowered run(experiment_of(state));
  const Experiment& e = run.experiment;
  GraphActivity activity;
  activity.count(run.graph);
  const EnergyRun energy_run{Seconds(0.1), Joules(0.1)};
  for (auto _ : state) {
    benchmark::DoNotOptimize(
        total_cost(e.design, e.network, run.graph, activity, e.board, constants, energy_run));
  }
  describe(state, run);
}
BENCHMARK(total_cost_of_a_design)->DenseRange(0, 2);

void whole_report(benchmark::State& state) {
  const FabricConstants constants = testing::constants();
  const testing::Lowered run(experiment_of(state));
  const Experiment& e = run.experiment;
  for (auto _ : state) {
    benchmark::DoNotOptimize(estimate_resources(e.design, e.network, run.graph, e.board, constants));
  }
  describe(state, run);
}
BENCHMARK(whole_report)->DenseRange(0, 2);

}  // namespace
}  // namespace statelane
