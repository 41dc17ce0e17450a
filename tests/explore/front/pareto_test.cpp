// SPDX-License-Identifier: Apache-2.0
#include "explore/front/pareto.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <random>

namespace statelane {
namespace {

std::vector<Contender> random_points(std::uint64_t seed, std::size_t count, std::size_t objectives,
                                     std::uint64_t grid) {
  std::mt19937_64 engine(seed);
  std::vector<Contender> out(count);
  for (std::size_t i = 0; i < count; ++i) {
    out[i].index = i;
    for (std::size_t k = 0; k < objectives; ++k)
      out[i].value[k] = static_cast<double>(engine() % grid) / static_cast<double>(grid);
  }
  return out;
}

RC_GTEST_PROP(Pareto, TheFrontIsWhatNobodyBeatsInAnyOrder, (std::uint64_t seed)) {
  const std::size_t n = 2 + seed % 3;
  std::vector<Contender> points = random_points(seed, 60, n, 6);
  std::vector<Contender> expected;
  for (const Contender& a : points) {
    const bool beaten =
        std::any_of(points.begin(), points.end(), [&](const Contender& b) { return beats(b, a, n); });
    if (!beaten) expected.push_back(a);
  }
  RC_ASSERT(pareto_front(points, n) == expected);
  std::shuffle(points.begin(), points.end(), std::mt19937_64(seed));
  RC_ASSERT(pareto_front(points, n) == expected);
}

RC_GTEST_PROP(Pareto, RanksPeelFronts, (std::uint64_t seed)) {
  const std::vector<Contender> points = random_points(seed, 40, 3, 5);
  const std::vector<std::uint32_t> ranks = domination_ranks(points, 3);
  for (std::size_t i = 0; i < points.size(); ++i) {
    std::uint32_t expected = 0;
    for (std::size_t k = 0; k < points.size(); ++k) {
      const bool better = covers(points[k], points[i], 3) && points[k].value != points[i].value;
      if (better) expected = std::max(expected, ranks[k] + 1);
    }
    RC_ASSERT(ranks[i] == expected);
  }
}

/// The same volume by counting the cells of the grid the points lie on.
double counted(const std::vector<Contender>& points, std::size_t objectives, std::int64_t grid) {
  std::int64_t cells = 0;
  std::int64_t all = 1;
  for (std::size_t i = 0; i < objectives; ++i) all *= grid;
  for (std::int64_t cell = 0; cell < all; ++cell) {
    Contender corner;
    std::int64_t rest = cell;
    for (std::size_t i = 0; i < objectives; ++i) {
      corner.value[i] = static_cast<double>(rest % grid) / static_cast<double>(grid);
      rest /= grid;
    }
    cells += std::any_of(points.begin(), points.end(),
                         [&](const Contender& p) { return covers(p, corner, objectives); })
                 ? 1
                 : 0;
  }
  return static_cast<double>(cells) / static_cast<double>(all);
}

RC_GTEST_PROP(Hypervolume, IsTheCountOfTheCellsDominated, (std::uint64_t seed)) {
  const std::size_t n = 1 + seed % 4;
  const std::vector<Contender> points = random_points(seed, 1 + seed % 12, n, 8);
  Contender reference;
  for (std::size_t i = 0; i < n; ++i) reference.value[i] = 1;
  RC_ASSERT(std::abs(hypervolume(points, reference, n) - counted(points, n, 8)) < 1e-12);
}

TEST(Hypervolume, LeavesOutWhatIsNotBelowTheReference) {
  const std::vector<Contender> points = {{0, {0.5, 0.5}}, {1, {0.1, 2}}, {2, {1, 0.1}}};
  EXPECT_DOUBLE_EQ(hypervolume(points, {0, {1, 1}}, 2), 0.25);
  EXPECT_EQ(hypervolume({}, {0, {1, 1}}, 2), 0);
}

TEST(Pareto, KneeAndThinning) {
  std::vector<Contender> front;
  for (std::uint64_t i = 0; i <= 100; ++i) {
    const double x = static_cast<double>(i) / 100;
    front.push_back({i, {x, (1 - x) * (1 - x)}});
  }
  const std::size_t k = knee(front, 2);
  EXPECT_GT(k, 20U);
  EXPECT_LT(k, 60U);
  const std::vector<Contender> thin = thin_front(front, 2, 0.1);
  EXPECT_LT(thin.size(), 22U);
  for (const Contender& c : front) {
    EXPECT_TRUE(std::any_of(thin.begin(), thin.end(), [&](const Contender& t) {
      return t.value[0] <= c.value[0] + 0.1 + 1e-12 && t.value[1] <= c.value[1] + 0.1 + 1e-12;
    }));
  }
  EXPECT_EQ(thin_front(front, 2, 0).size(), front.size());
}

}  // namespace
}  // namespace statelane
