// SPDX-License-Identifier: Apache-2.0
// What an exploration pays for one candidate in closed form: lowering, bound, resources and energy.
#include <benchmark/benchmark.h>

#include <stdexcept>
#include <vector>

#include "models/evaluate/bound.h"
#include "models/evaluate/cost_evaluator.h"
#include "models/evaluate/lowering.h"
#include "models/units/vector_unit/vector_unit.h"
#include "tests/evaluate/lowered.h"

namespace statelane {
namespace {

void lower_a_design(benchmark::State& state) {
  const testing::Lowered run(testing::shipped[state.range(0)]);
  const Experiment& e = run.experiment;
  Graph graph;
  for (auto _ : state) {
    benchmark::DoNotOptimize(lower(e.design, e.network, e.phase, graph));
  }
  state.SetLabel(testing::shipped[state.range(0)]);
}
BENCHMARK(lower_a_design)->DenseRange(0, 2);

void bound_of_a_lowered_design(benchmark::State& state) {
  const testing::Lowered run(testing::shipped[state.range(0)]);
  const Experiment& e = run.experiment;
  const MemoryPeak peak{e.dram.peak(), e.memory()->channels};
  BoundEvaluator evaluator;
  for (auto _ : state) {
    benchmark::DoNotOptimize(evaluator.evaluate(run.graph, e.design.clock, e.design.memory.ports, peak));
  }
  state.SetLabel(testing::shipped[state.range(0)]);
}
BENCHMARK(bound_of_a_lowered_design)->DenseRange(0, 2);

void closed_form_of_a_design(benchmark::State& state) {
  const FabricConstants constants = testing::constants();
  const testing::Lowered run(testing::shipped[state.range(0)]);
  const Experiment& e = run.experiment;
  Graph graph;
  GraphActivity activity;
  BoundEvaluator evaluator;
  for (auto _ : state) {
    if (!lower(e.design, e.network, e.phase, graph).empty()) throw std::logic_error("not lowered");
    activity.count(graph);
    const Bound bound = evaluator.evaluate(graph, activity, e.design.clock, e.design.memory.ports,
                                           {e.dram.peak(), e.memory()->channels});
    const EnergyRun energy{bound.cycles / e.design.clock, Joules(0.1)};
    benchmark::DoNotOptimize(total_cost(e.design, e.network, graph, activity, e.board, constants, energy));
  }
  state.SetLabel(testing::shipped[state.range(0)]);
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(closed_form_of_a_design)->DenseRange(0, 2);

/// The design with other lanes and depths of its vector units, as a sweep visits them.
std::vector<Design> neighbours(const Design& design) {
  std::vector<Design> designs;
  for (const std::int64_t factor : {1, 2, 4, 8}) {
    for (std::size_t u = 0; u < design.units.size(); ++u) {
      auto changed = design;
      auto* unit = dynamic_cast<VectorUnit*>(&changed.units[u].model());
      if (unit == nullptr) continue;
      unit->lanes *= factor;
      unit->latency += Cycles{1};
      designs.push_back(std::move(changed));
    }
  }
  return designs;
}

void closed_form_of_neighbours(benchmark::State& state) {
  const FabricConstants constants = testing::constants();
  const testing::Lowered run(testing::shipped[state.range(0)]);
  const Experiment& e = run.experiment;
  const std::vector<Design> designs = neighbours(e.design);
  DesignVersions versions;
  Lowering lowering;
  GraphActivity activity;
  BoundEvaluator evaluator;
  CostEvaluator cost(constants);
  std::size_t next = 0;
  for (auto _ : state) {
    const Design& design = designs[next];
    next = next + 1 == designs.size() ? 0 : next + 1;
    versions.update(design, e.network, e.phase, e.board);
    if (!lowering.lower(design, e.network, e.phase, versions).empty()) throw std::logic_error("not lowered");
    const Graph& graph = lowering.graph();
    if (lowering.change() == GraphChange::structure) {
      activity.count(graph);
    } else {
      activity.recount(graph);
    }
    const Bound bound = evaluator.evaluate(graph, activity, design.clock, design.memory.ports,
                                           {e.dram.peak(), e.memory()->channels}, lowering.change());
    cost.update(design, versions, e.network, graph, activity, lowering.change(), e.board);
    benchmark::DoNotOptimize(cost.totals({bound.cycles / design.clock, Joules(0.1)}));
  }
  state.SetLabel(testing::shipped[state.range(0)]);
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(closed_form_of_neighbours)->DenseRange(0, 2);

}  // namespace
}  // namespace statelane
