// SPDX-License-Identifier: Apache-2.0
#include "explore/search/exact_search.h"

#include <algorithm>

#include "explore/space/point_text.h"

namespace statelane {
namespace {

using Candidates = std::vector<KeyedContender>;

std::vector<Contender> front_of(const Candidates& left, std::size_t objectives) {
  Archive archive(objectives);
  for (const KeyedContender& k : left) archive.add(k.contender);
  return archive.sorted();
}

/// Different simulations a round asks for, where there are so many: workers are to have work, however narrow
/// the front. The same for any number of workers, so that the search is.
constexpr std::size_t least_round = 16;

std::uint64_t key_of(const Candidates& by_index, const Contender& c) {
  const auto at =
      std::lower_bound(by_index.begin(), by_index.end(), c.index,
                       [](const KeyedContender& k, std::uint64_t i) { return k.contender.index < i; });
  return at->key;
}

/// Adds to a round whose simulations are `asked` the front of what is left without them, and the front of the
/// rest, and so on, until it asks for `least`: those would most likely be the next rounds.
void fill_round(std::vector<Contender>& round, std::unordered_set<std::uint64_t> asked, Candidates rest,
                std::size_t least, std::size_t objectives) {
  while (asked.size() < least) {
    std::erase_if(rest, [&](const KeyedContender& k) { return asked.count(k.key) > 0; });
    if (rest.empty()) return;
    for (const Contender& c : front_of(rest, objectives)) {
      if (asked.size() == least) return;
      if (asked.insert(key_of(rest, c)).second) round.push_back(c);
    }
  }
}

/// A round out of all that is left.
std::vector<Contender> next_round(const Candidates& left, std::size_t objectives) {
  std::vector<Contender> round = front_of(left, objectives);
  std::unordered_set<std::uint64_t> asked;
  for (const Contender& c : round) asked.insert(key_of(left, c));
  if (asked.size() < least_round && round.size() < left.size())
    fill_round(round, std::move(asked), left, least_round, objectives);
  return round;
}

/// A round where what is left does not fit in memory: its front, and of the others the first of each
/// simulation. Each of these rounds costs a scan of the space, so it asks for as many simulations as there
/// were before.
std::vector<Contender> next_round(SearchContext& x, const ScanResult& scan) {
  std::vector<Contender> round = scan.front;
  std::unordered_set<std::uint64_t> asked;
  for (const Contender& c : round) asked.insert(short_key(x.simulator.key(c.index)));
  const auto known = static_cast<std::size_t>(x.simulator.simulations());
  fill_round(round, std::move(asked), scan.candidates, std::max(known, least_round), x.objectives);
  return round;
}

/// Simulates a round. False if the search ends here: budget or interrupt.
bool simulate_round(SearchContext& x, const std::vector<Contender>& front) {
  std::vector<std::uint64_t> indices;
  for (const Contender& c : front) indices.push_back(c.index);
  if (x.simulate(indices) == front.size()) return true;
  x.result.end = x.simulator.budget_spent() && !x.stopped() ? RunState::budget : RunState::interrupted;
  return false;
}

/// Takes designs out that are decided: simulated, beaten, or of a simulation that another design asked for.
void decide(SearchContext& x, Candidates& left) {
  std::unordered_set<std::uint64_t> known;
  for (const auto& [key, record] : x.simulator.known()) known.insert(short_key(key));
  std::erase_if(left, [&](const KeyedContender& k) {
    if (x.simulated.count(k.contender.index) > 0 || x.front.beaten(k.contender)) return true;
    if (known.count(k.key) == 0) return false;
    const std::optional<SimulatedPoint> point = x.simulator.judge(k.contender.index);
    if (!point) return false;
    ++x.result.simulated_points;
    if (point->obeys) x.front.add(point->vector);
    return true;
  });
}

ScanRequest rest(const SearchContext& x) {
  ScanRequest request;
  request.simulated = x.front.members();
  request.skip = &x.simulated;
  request.known = &x.simulator.known();
  request.collect = x.options.collect;
  return request;
}

/// What is not decided when a search ends early: how many designs, and what they could add.
void record_open(SearchContext& x, const std::vector<Contender>& left, std::uint64_t count) {
  x.result.open = count;
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
    x.result.end = RunState::interrupted;
    return;
  }
  x.store_sample(scan.sample);
  // Rounds over the space until what is left fits in memory, then rounds over that.
  Candidates left;
  bool complete = scan.front.empty();
  bool go_on = simulate_round(x, scan.front);
  while (go_on && !complete) {
    scan = x.scan(rest(x), "refuting");
    if (scan.interrupted) {
      x.result.end = RunState::interrupted;
      return;
    }
    for (const Contender& c : scan.settled) x.front.add(c);
    x.result.simulated_points += static_cast<std::int64_t>(scan.settled_designs);
    complete = scan.complete;
    if (complete) {
      left = std::move(scan.candidates);
    } else {
      go_on = simulate_round(x, next_round(x, scan));
    }
  }
  while (go_on) {
    decide(x, left);
    if (left.empty()) {
      x.result.exact = true;
      return;
    }
    go_on = simulate_round(x, next_round(left, x.objectives));
  }
  if (x.result.end == RunState::interrupted) return;
  if (!complete) {
    scan = x.scan(rest(x), "counting what is open");
    record_open(x, scan.front, scan.kept);
  } else {
    decide(x, left);
    record_open(x, front_of(left, x.objectives), left.size());
  }
}

}  // namespace statelane
