// SPDX-License-Identifier: Apache-2.0
#include "explore/exact_search.h"

namespace ssmscope {
namespace {

std::vector<std::uint64_t> indices_of(const std::vector<Contender>& candidates) {
  std::vector<std::uint64_t> out;
  out.reserve(candidates.size());
  for (const Contender& c : candidates) out.push_back(c.index);
  return out;
}

/// Simulates a round. False if the search ends here: budget or interrupt.
bool round(SearchContext& x, const std::vector<Contender>& front) {
  const std::size_t done = x.simulate(indices_of(front));
  if (done == front.size()) return true;
  x.result.end = x.pool.budget_spent() && !x.stopped() ? ExploreEnd::budget : ExploreEnd::interrupted;
  return false;
}

void drop_refuted(SearchContext& x, std::vector<Contender>& left) {
  std::erase_if(left,
                [&](const Contender& c) { return x.simulated.count(c.index) > 0 || x.front.beaten(c); });
}

/// What is not decided when a search ends early: how many designs, and what they could add.
void record_open(SearchContext& x, const std::vector<Contender>& left) {
  x.result.open = left.size();
  std::vector<Contender> both = x.front.members();
  both.insert(both.end(), left.begin(), left.end());
  const Extent box = extent_of(x.result.simulated.empty() ? both : x.result.simulated, x.objectives);
  x.result.open_hypervolume = relative_hypervolume(pareto_front(both, x.objectives), box, x.objectives) -
                              relative_hypervolume(x.front.members(), box, x.objectives);
  if (x.store == nullptr) return;
  x.store->begin();
  for (std::size_t i = 0; i < std::min(left.size(), x.options.most_open); ++i) {
    PointEvaluator& e = x.scanner.evaluator();
    if (e.evaluate(left[i].index) != PointEvaluator::Verdict::good) continue;
    PointRecord row;
    row.index = left[i].index;
    row.kind = PointKind::open;
    row.parameters = parameters_text(x.problem.space(), e.cursor());
    row.numbers = numbers_text(x.problem.space(), e.cursor());
    row.figures = e.figures();
    x.store->put_point(x.run, row);
  }
  x.store->commit();
}

}  // namespace

void search_exactly(SearchContext& x) {
  ScanRequest first;
  first.sample = x.options.sample;
  ScanResult scan = x.scan(first, "enumerating");
  x.result.counts = scan.counts;
  if (scan.interrupted) {
    x.result.end = ExploreEnd::interrupted;
    return;
  }
  x.store_sample(scan.sample);
  std::vector<Contender> left = scan.front;
  bool complete = left.empty();  // whether `left` is all there is to decide
  bool go_on = true;
  while (go_on && !(complete && left.empty())) {
    go_on = round(x, complete ? pareto_front(left, x.objectives) : left);
    drop_refuted(x, left);
    if (complete || !go_on) continue;
    ScanRequest request;
    request.simulated = x.front.members();
    request.skip = &x.simulated;
    request.collect = x.options.collect;
    ScanResult rest = x.scan(request, "refuting");
    if (rest.interrupted) {
      x.result.end = ExploreEnd::interrupted;
      return;
    }
    complete = rest.complete;
    left = complete ? std::move(rest.candidates) : std::move(rest.front);
  }
  if (go_on) {
    x.result.exact = true;
    return;
  }
  if (!complete && x.result.end == ExploreEnd::budget) {
    ScanRequest request;
    request.simulated = x.front.members();
    request.skip = &x.simulated;
    request.collect = x.options.collect;
    ScanResult rest = x.scan(request, "counting what is open");
    if (rest.complete) left = std::move(rest.candidates);
    record_open(x, left);
    x.result.open = rest.kept;
    return;
  }
  record_open(x, left);
}

}  // namespace ssmscope
