// SPDX-License-Identifier: Apache-2.0
// make_store SWEEP COUNT STORE: a store of COUNT different designs of a sweep, drawn with a fixed seed, with
// the figures of the closed form, to see how a page copes with so many. They stand as simulated, so that
// there is a front: no store for people.
#include <iostream>
#include <random>
#include <set>

#include "explore/front/front_view.h"
#include "explore/space/point_evaluator.h"
#include "explore/space/point_text.h"
#include "explore/space/problem.h"
#include "explore/store/store.h"

namespace statelane {
namespace {

int make(const std::string& sweep, std::size_t count, const std::string& path) {
  const Catalog catalog = Catalog::standard();
  Diagnostics diagnostics;
  const std::optional<SweepFile> file = load_sweep(catalog, sweep, diagnostics);
  throw_if_errors(diagnostics);
  const auto problem = Problem::load(catalog, builtin_units(), *file, diagnostics);
  throw_if_errors(diagnostics);
  Store store(path, Store::Mode::write);
  RunRecord run;
  run.sweep = problem->name();
  run.hash = problem->hash();
  run.strategy = "random";
  run.objectives = objectives_text(problem->sweep().objectives);
  run.document = to_text(to_json(problem->sweep()), -1);
  run.state = RunState::finished;
  run.version = "a test";
  run.started = "2000-01-01T00:00:00Z";
  store.begin();
  const std::int64_t id = store.add_run(run);
  std::mt19937_64 random(1);
  std::set<std::uint64_t> seen;
  PointEvaluator evaluator(*problem);
  // Sweeps with too few legal designs are an error, not an endless search.
  for (std::size_t tries = 0; seen.size() < count; ++tries) {
    if (tries > 50 * count) throw std::runtime_error("the sweep has too few legal designs");
    const std::uint64_t index = random() % problem->space().size();
    if (seen.count(index) > 0 || evaluator.evaluate(index) != PointEvaluator::Verdict::good) continue;
    seen.insert(index);
    PointRecord p;
    p.index = index;
    p.simulation = std::to_string(index);
    p.parameters = parameters_text(problem->space(), evaluator.cursor());
    p.numbers = numbers_text(problem->space(), evaluator.cursor());
    p.figures = evaluator.figures();
    store.put_point(id, p);
  }
  store.set_state(id, RunState::finished, "{}");
  store.commit();
  return 0;
}

}  // namespace
}  // namespace statelane

int main(int argc, char** argv) try {
  if (argc != 4) throw std::runtime_error("make_store SWEEP COUNT STORE");
  return statelane::make(argv[1], static_cast<std::size_t>(std::stoul(argv[2])), argv[3]);
} catch (const std::exception& e) {
  std::cerr << e.what() << '\n';
  return 1;
}
