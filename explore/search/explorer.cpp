// SPDX-License-Identifier: Apache-2.0
#include "explore/search/explorer.h"

#include <cmath>

#include "explore/search/exact_search.h"
#include "explore/search/sampling_search.h"
#include "explore/space/point_text.h"

namespace statelane {
SearchContext::SearchContext(const Problem& p, Store* s, std::int64_t r, const ExploreOptions& o)
    : problem(p),
      store(s),
      run(r),
      options(o),
      objectives(p.sweep().objectives.size()),
      scanner(p, o.jobs, o.pool),
      simulator(p, scanner.evaluator(), s, r,
                {o.jobs,
                 {p.sweep().budget.simulation_memory, p.sweep().budget.simulation_time},
                 p.sweep().budget.simulations,
                 o.pool}),
      front(objectives) {}

bool SearchContext::stopped() const {
  return options.stop && options.stop();
}

void SearchContext::report(const std::string& phase, std::uint64_t done, std::uint64_t all) const {
  if (!options.progress) return;
  options.progress(
      {phase, done, all, front.size(),
       relative_hypervolume(front.members(), extent_of(result.simulated, objectives), objectives),
       options.pool != nullptr ? options.pool->workers() : options.jobs});
}

std::size_t SearchContext::simulate(const std::vector<std::uint64_t>& indices) {
  const auto stop = [&](std::size_t done, std::size_t all) {
    report("simulating", done, all);
    return stopped();
  };
  const std::vector<SimulatedPoint> points = simulator.simulate(indices, stop);
  for (const SimulatedPoint& p : points) {
    simulated.insert(p.index);
    ++result.simulated_points;
    if (!p.error.empty() || !p.obeys) continue;
    result.simulated.push_back(p.vector);
    front.add(p.vector);
  }
  return points.size();
}

ScanResult SearchContext::scan(ScanRequest request, const std::string& phase) {
  request.shard = options.shard;
  const std::uint64_t all = shard_size(problem.space().size(), options.shard);
  return scanner.scan(request, [&](std::uint64_t done) {
    report(phase, done, all);
    return !stopped();
  });
}

void SearchContext::store_sample(const std::vector<std::uint64_t>& sample) {
  if (store == nullptr) return;
  store->begin();
  store->clear_points(run, PointKind::sample);
  for (const std::uint64_t index : sample) {
    PointEvaluator& e = scanner.evaluator();
    if (e.evaluate(index) != PointEvaluator::Verdict::good) continue;
    PointRecord row;
    row.index = index;
    row.kind = PointKind::sample;
    row.parameters = parameters_text(problem.space(), e.cursor());
    row.numbers = numbers_text(problem.space(), e.cursor());
    row.figures = e.figures();
    store->put_point(run, row);
  }
  store->commit();
}

namespace {

/// The front of the first simulated points, then of more, in the order they were simulated in.
std::vector<ProgressPoint> progress_of(const std::vector<Contender>& simulated, std::size_t objectives) {
  constexpr double checkpoints = 24;
  const Extent box = extent_of(simulated, objectives);
  const auto all = static_cast<double>(simulated.size());
  std::vector<ProgressPoint> out;
  Archive front(objectives);
  double step = 0;
  for (std::size_t i = 0; i < simulated.size(); ++i) {
    front.add(simulated[i]);
    if (static_cast<double>(i + 1) < std::pow(all, step / checkpoints) && i + 1 < simulated.size()) continue;
    out.push_back({i + 1, relative_hypervolume(front.members(), box, objectives)});
    while (step <= checkpoints && std::pow(all, step / checkpoints) <= static_cast<double>(i + 1)) ++step;
  }
  return out;
}

}  // namespace

ExploreResult explore(const Problem& problem, Store* store, std::int64_t run, const ExploreOptions& options) {
  SearchContext context(problem, store, run, options);
  if (store != nullptr) {
    for (const PointKind kind : {PointKind::simulated, PointKind::failed, PointKind::open})
      store->clear_points(run, kind);
  }
  switch (options.strategy) {
    case Strategy::exact:
      search_exactly(context);
      break;
    case Strategy::grid:
      search_grid(context);
      break;
    case Strategy::random:
      search_randomly(context);
      break;
    case Strategy::nsga2:
      search_nsga2(context);
      break;
  }
  ExploreResult& r = context.result;
  r.simulations = context.simulator.simulations();
  r.reused = context.simulator.reused();
  r.failed = context.simulator.failed();
  r.front = context.front.sorted();
  context.simulator.write_points(r.front);
  r.hypervolume =
      relative_hypervolume(r.front, extent_of(r.simulated, context.objectives), context.objectives);
  r.progress = progress_of(r.simulated, context.objectives);
  // Designs that share a simulation are decided by it without being asked for.
  const auto decided = static_cast<std::size_t>(r.simulated_points);
  if (!r.progress.empty() && decided > r.progress.back().simulated)
    r.progress.push_back({decided, r.hypervolume});
  if (store != nullptr) {
    store->begin();
    store->set_state(run, r.end, to_text(result_json(r), -1));
    store->commit();
  }
  return r;
}

JsonValue result_json(const ExploreResult& r) {
  JsonValue refused = JsonValue::object();
  for (std::size_t i = 1; i < legality_count; ++i) {
    if (r.counts.refused[i] > 0)
      refused.set(legality_name(static_cast<Legality>(i)),
                  JsonValue(static_cast<std::int64_t>(r.counts.refused[i])));
  }
  JsonValue progress = JsonValue::array();
  for (const ProgressPoint& p : r.progress) {
    progress.push_back(JsonValue::array()
                           .push_back(static_cast<std::int64_t>(p.simulated))
                           .push_back(JsonValue(p.hypervolume)));
  }
  const auto number = [](std::uint64_t n) { return JsonValue(static_cast<std::int64_t>(n)); };
  return JsonValue::object()
      .set("end", std::string(name_of(r.end)))
      .set("indices", number(r.counts.indices))
      .set("points", number(r.counts.points))
      .set("legal", number(r.counts.legal))
      .set("refused", std::move(refused))
      .set("simulated_points", JsonValue(r.simulated_points))
      .set("simulations", JsonValue(r.simulations))
      .set("failed", JsonValue(r.failed))
      .set("open", number(r.open))
      .set("exact", JsonValue(r.exact))
      .set("front", number(r.front.size()))
      .set("hypervolume", JsonValue(r.hypervolume))
      .set("open_hypervolume", JsonValue(r.open_hypervolume))
      .set("progress", std::move(progress));
}

}  // namespace statelane
