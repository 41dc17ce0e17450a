// SPDX-License-Identifier: Apache-2.0
#include "explore/search/sampling_search.h"

#include <random>

namespace statelane {
namespace {

constexpr std::size_t batch = 256;  // points simulated between two looks at the space

/// Sets the end of a search whose last batch came to `done` of `asked` points. True to go on.
bool goes_on(SearchContext& x, std::size_t done, std::size_t asked) {
  if (done == asked && !x.stopped()) return true;
  x.result.end = x.simulator.budget_spent() && !x.stopped() ? RunState::budget : RunState::interrupted;
  return false;
}

void count(SearchContext& x, PointEvaluator& e, PointEvaluator::Verdict verdict) {
  ScanCounts& c = x.result.counts;
  ++c.indices;
  if (verdict == PointEvaluator::Verdict::no_point) return;
  ++c.points;
  if (verdict == PointEvaluator::Verdict::good) {
    ++c.legal;
  } else {
    ++c.refused[static_cast<std::size_t>(e.why())];
  }
}

}  // namespace

void search_grid(SearchContext& x) {
  PointEvaluator& e = x.scanner.evaluator();
  std::vector<std::uint64_t> next;
  const auto flush = [&] {
    const std::size_t asked = next.size();
    const bool more = goes_on(x, x.simulate(next), asked);
    next.clear();
    return more;
  };
  for (std::uint64_t i = 0; i < x.problem.space().size(); ++i) {
    if (!in_shard(i, x.options.shard)) continue;
    const auto verdict = e.evaluate(i);
    count(x, e, verdict);
    if (verdict != PointEvaluator::Verdict::good) continue;
    next.push_back(i);
    if (next.size() == batch && !flush()) return;
  }
  if (!flush()) return;
  x.result.exact = true;
}

void search_randomly(SearchContext& x) {
  const SweepBudget& budget = x.problem.sweep().budget;
  constexpr std::int64_t by_default = 1000;
  const std::int64_t wanted = budget.points > 0        ? budget.points
                              : budget.simulations > 0 ? budget.simulations
                                                       : by_default;
  const std::int64_t most_draws = 1000 * wanted;  // in spaces where hardly anything is legal
  std::mt19937_64 engine(static_cast<std::uint64_t>(x.problem.sweep().seed));
  PointEvaluator& e = x.scanner.evaluator();
  std::unordered_set<std::uint64_t> drawn;
  std::vector<std::uint64_t> next;
  std::int64_t good = 0;
  for (std::int64_t draw = 0; draw < most_draws && good < wanted; ++draw) {
    const std::uint64_t index = engine() % x.problem.space().size();
    if (!drawn.insert(index).second) continue;
    const auto verdict = e.evaluate(index);
    count(x, e, verdict);
    if (verdict != PointEvaluator::Verdict::good) continue;
    ++good;  // all shards draw the same and keep their own
    if (!in_shard(index, x.options.shard)) continue;
    next.push_back(index);
    if (next.size() < batch) continue;
    if (!goes_on(x, x.simulate(next), next.size())) return;
    next.clear();
  }
  (void)goes_on(x, x.simulate(next), next.size());
}

}  // namespace statelane
