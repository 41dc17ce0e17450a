// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <limits>
#include <map>
#include <random>

#include "explore/search/sampling_search.h"

namespace statelane {
namespace {

struct Individual {
  Digits digits;
  Contender vector;
  double violation = 0;  ///< 0: feasible
  std::uint32_t rank = 0;
  double crowding = 0;
};

/// Better by constraint domination, then rank, then crowding; the index decides ties.
bool better(const Individual& a, const Individual& b) {
  if (a.violation != b.violation) return a.violation < b.violation;
  if (a.violation > 0) return a.vector.index < b.vector.index;
  if (a.rank != b.rank) return a.rank < b.rank;
  if (a.crowding != b.crowding) return a.crowding > b.crowding;
  return a.vector.index < b.vector.index;
}

void crowd(std::vector<Individual*>& front, std::size_t objectives) {
  for (Individual* i : front) i->crowding = 0;
  for (std::size_t k = 0; k < objectives; ++k) {
    std::sort(front.begin(), front.end(), [k](const Individual* a, const Individual* b) {
      return a->vector.value[k] != b->vector.value[k] ? a->vector.value[k] < b->vector.value[k]
                                                      : a->vector.index < b->vector.index;
    });
    const double width = front.back()->vector.value[k] - front.front()->vector.value[k];
    front.front()->crowding = front.back()->crowding = std::numeric_limits<double>::infinity();
    for (std::size_t i = 1; i + 1 < front.size() && width > 0; ++i)
      front[i]->crowding += (front[i + 1]->vector.value[k] - front[i - 1]->vector.value[k]) / width;
  }
}

class Nsga2 {
 public:
  explicit Nsga2(SearchContext& x)
      : x_(x), axes_(x.problem.space().axes()), engine_(static_cast<std::uint64_t>(x.problem.sweep().seed)) {}

  void run() {
    const SweepBudget& budget = x_.problem.sweep().budget;
    const auto size = static_cast<std::size_t>(budget.population);
    std::vector<Individual> population;
    for (std::size_t i = 0; i < size; ++i) population.push_back({random_digits(), {}, 0, 0, 0});
    if (!judge(population)) return;
    sort(population);
    for (std::int64_t g = 0; g < budget.generations; ++g) {
      std::vector<Individual> children;
      for (std::size_t i = 0; i < size; ++i) children.push_back(child(population));
      const bool more = judge(children);
      population.insert(population.end(), children.begin(), children.end());
      sort(population);
      if (population.size() > size) population.resize(size);
      if (!more) return;
    }
  }

 private:
  std::uint64_t below(std::uint64_t n) { return engine_() % n; }
  bool chance(double p) { return static_cast<double>(engine_() >> 11) * 0x1p-53 < p; }

  Digits random_digits() {
    Digits d;
    for (const Axis& a : axes_) d.push_back(static_cast<std::uint32_t>(below(a.values.size())));
    return d;
  }

  /// The point a set of digits means: axes that are switched off have digit 0.
  std::uint64_t settle(Digits& digits) {
    PointEvaluator& e = x_.scanner.evaluator();
    while (e.evaluate(x_.problem.space().index(digits)) == PointEvaluator::Verdict::no_point) {
      for (std::size_t i = 0; i < digits.size(); ++i) {
        if (!e.cursor().active()[i]) digits[i] = 0;
      }
    }
    return x_.problem.space().index(digits);
  }

  /// Fills in vectors and violations. False if the search ends here; what was not judged is dropped.
  bool judge(std::vector<Individual>& all) {
    std::vector<std::uint64_t> missing;
    for (Individual& i : all) {
      i.vector.index = settle(i.digits);
      if (judged_.count(i.vector.index) > 0) continue;
      PointEvaluator& e = x_.scanner.evaluator();
      const bool good = e.why() == Legality::legal;
      if (std::find(missing.begin(), missing.end(), i.vector.index) != missing.end()) continue;  // a twin
      ++x_.result.counts.indices;
      ++x_.result.counts.points;
      if (good) {
        ++x_.result.counts.legal;
        missing.push_back(i.vector.index);
      } else {
        ++x_.result.counts.refused[static_cast<std::size_t>(e.why())];
        judged_[i.vector.index] = {{}, i.vector, std::max(e.violation(), 1e-9), 0, 0};
      }
    }
    const std::size_t before = x_.result.simulated.size();
    const std::size_t done = x_.simulate(missing);
    for (std::size_t k = 0; k < done; ++k) judged_[missing[k]] = {{}, {missing[k], {}}, 1, 0, 0};
    for (std::size_t k = before; k < x_.result.simulated.size(); ++k)
      judged_[x_.result.simulated[k].index] = {{}, x_.result.simulated[k], 0, 0, 0};
    std::vector<Individual> kept;
    for (Individual& i : all) {
      const auto found = judged_.find(i.vector.index);
      if (found == judged_.end()) continue;
      i.vector = found->second.vector;
      i.violation = found->second.violation;
      kept.push_back(std::move(i));
    }
    all = std::move(kept);
    if (done == missing.size() && !x_.stopped()) return true;
    x_.result.end = x_.simulator.budget_spent() && !x_.stopped() ? RunState::budget : RunState::interrupted;
    return false;
  }

  /// Ranks, crowding, and the order better() says; equal designs once.
  void sort(std::vector<Individual>& all) {
    std::sort(all.begin(), all.end(),
              [](const Individual& a, const Individual& b) { return a.vector.index < b.vector.index; });
    all.erase(std::unique(
                  all.begin(), all.end(),
                  [](const Individual& a, const Individual& b) { return a.vector.index == b.vector.index; }),
              all.end());
    std::vector<Contender> feasible;
    std::vector<Individual*> owners;
    for (Individual& i : all) {
      if (i.violation > 0) continue;
      feasible.push_back(i.vector);
      owners.push_back(&i);
    }
    const std::vector<std::uint32_t> ranks = domination_ranks(feasible, x_.objectives);
    std::map<std::uint32_t, std::vector<Individual*>> fronts;
    for (std::size_t k = 0; k < owners.size(); ++k) {
      owners[k]->rank = ranks[k];
      fronts[ranks[k]].push_back(owners[k]);
    }
    for (auto& [rank, front] : fronts) crowd(front, x_.objectives);
    std::sort(all.begin(), all.end(), better);
  }

  const Individual& tournament(const std::vector<Individual>& population) {
    const Individual& a = population[below(population.size())];
    const Individual& b = population[below(population.size())];
    return better(b, a) ? b : a;
  }

  Individual child(const std::vector<Individual>& population) {
    const Individual& a = tournament(population);
    const Individual& b = tournament(population);
    Individual c;
    constexpr double crossover = 0.9;  // as in the paper
    const bool cross = chance(crossover);
    const double mutation = 1.0 / static_cast<double>(axes_.size());
    for (std::size_t i = 0; i < axes_.size(); ++i) {
      std::uint32_t digit = cross && chance(0.5) ? b.digits[i] : a.digits[i];
      const auto n = static_cast<std::uint32_t>(axes_[i].values.size());
      if (n > 1 && chance(mutation)) {
        if (axes_[i].numeric && chance(0.5)) {  // a neighbour, where values have an order
          digit = chance(0.5) ? std::min(digit + 1, n - 1) : digit - std::min<std::uint32_t>(digit, 1);
        } else {
          digit = static_cast<std::uint32_t>(below(n));
        }
      }
      c.digits.push_back(digit);
    }
    return c;
  }

  SearchContext& x_;
  const std::vector<Axis>& axes_;
  std::mt19937_64 engine_;
  std::map<std::uint64_t, Individual> judged_;
};

}  // namespace

void search_nsga2(SearchContext& x) {
  Nsga2(x).run();
}

}  // namespace statelane
