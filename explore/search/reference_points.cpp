// SPDX-License-Identifier: Apache-2.0
#include "explore/search/reference_points.h"

#include "explore/search/simulation.h"
#include "explore/space/design_evaluator.h"

namespace statelane {

void simulate_reference_points(const Catalog& catalog, const UnitRegistry& registry, const Problem& problem,
                               Store& store, std::int64_t run, const IsolationLimits& limits,
                               Diagnostics& diagnostics) {
  std::uint64_t number = 0;
  for (const ReferencePoint& reference : problem.sweep().references) {
    const std::optional<Experiment> e =
        load_experiment(catalog, registry, {reference.experiment, {}}, diagnostics);
    if (!e) continue;
    DesignEvaluator evaluator(problem.constants());
    if (evaluator.evaluate(*e) != Legality::legal) continue;
    const std::string key = SimulationKeys()(*e, evaluator.graph());
    std::optional<SimulationRecord> record = store.simulation(key);
    if (!record) {
      const IsolatedResult result =
          run_isolated([&] { return simulate_to_text(*e, problem.constants()); }, limits);
      record.emplace();
      if (result.value) record->run = run_of(*result.value);
      record->error = result.error;
      store.begin();
      store.put_simulation(key, *record);
      store.commit();
    }
    if (!record->run) continue;
    PointRecord row;
    row.index = number++;
    row.kind = PointKind::reference;
    row.label = reference.name;
    row.simulation = key;
    row.parameters = "{}";
    row.numbers = "{}";
    row.figures = evaluator.simulated(*e, *record->run);
    store.begin();
    store.put_point(run, row);
    store.commit();
  }
}

}  // namespace statelane
