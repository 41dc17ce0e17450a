// SPDX-License-Identifier: Apache-2.0
#include "explore/front/pareto.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>

#include "explore/front/archive.h"

namespace statelane {
namespace {

using Point = std::array<double, max_objectives>;

bool strictly_better(const Point& a, const Point& b, std::size_t n) {
  bool better = false;
  for (std::size_t i = 0; i < n; ++i) {
    if (a[i] > b[i]) return false;
    better = better || a[i] < b[i];
  }
  return better;
}

double box(const Point& p, const Point& reference, std::size_t n) {
  double v = 1;
  for (std::size_t i = 0; i < n; ++i) v *= reference[i] - p[i];
  return v;
}

/// Points that are not weakly dominated by an earlier or strictly better one.
std::vector<Point> nondominated(std::vector<Point> points, std::size_t n) {
  std::vector<Point> out;
  for (std::size_t i = 0; i < points.size(); ++i) {
    bool keep = true;
    for (std::size_t k = 0; k < points.size() && keep; ++k) {
      keep = !(strictly_better(points[k], points[i], n) || (k < i && points[k] == points[i]));
    }
    if (keep) out.push_back(points[i]);
  }
  return out;
}

double volume(std::vector<Point> points, const Point& reference, std::size_t n) {
  if (points.empty()) return 0;
  std::sort(points.begin(), points.end());
  if (n == 1) return reference[0] - points.front()[0];
  if (n == 2) {  // a staircase
    double sum = 0;
    double ceiling = reference[1];
    for (const Point& p : points) {
      if (p[1] >= ceiling) continue;
      sum += (reference[0] - p[0]) * (ceiling - p[1]);
      ceiling = p[1];
    }
    return sum;
  }
  double sum = 0;
  for (std::size_t i = 0; i < points.size(); ++i) {
    // What the points after this one share with its box.
    std::vector<Point> limited;
    limited.reserve(points.size() - i - 1);
    for (std::size_t k = i + 1; k < points.size(); ++k) {
      Point p = points[k];
      for (std::size_t j = 0; j < n; ++j) p[j] = std::max(p[j], points[i][j]);
      limited.push_back(p);
    }
    sum += box(points[i], reference, n) - volume(nondominated(std::move(limited), n), reference, n);
  }
  return sum;
}

}  // namespace

std::vector<Contender> pareto_front(const std::vector<Contender>& points, std::size_t objectives) {
  Archive archive(objectives);
  for (const Contender& p : points) archive.add(p);
  return archive.sorted();
}

std::vector<std::uint32_t> domination_ranks(const std::vector<Contender>& points, std::size_t objectives) {
  const std::size_t n = points.size();
  std::vector<std::uint32_t> rank(n, 0);
  std::vector<std::vector<std::size_t>> dominated(n);
  std::vector<std::size_t> dominators(n, 0);
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t k = 0; k < n; ++k) {
      if (!strictly_better(points[i].value, points[k].value, objectives)) continue;
      dominated[i].push_back(k);
      ++dominators[k];
    }
  }
  std::vector<std::size_t> current;
  for (std::size_t i = 0; i < n; ++i) {
    if (dominators[i] == 0) current.push_back(i);
  }
  for (std::uint32_t level = 0; !current.empty(); ++level) {
    std::vector<std::size_t> next;
    for (const std::size_t i : current) {
      rank[i] = level;
      for (const std::size_t k : dominated[i]) {
        if (--dominators[k] == 0) next.push_back(k);
      }
    }
    current = std::move(next);
  }
  return rank;
}

double hypervolume(const std::vector<Contender>& points, const Contender& reference, std::size_t objectives) {
  std::vector<Point> inside;
  for (const Contender& p : points) {
    bool below = true;
    for (std::size_t i = 0; i < objectives; ++i) below = below && p.value[i] < reference.value[i];
    if (below) inside.push_back(p.value);
  }
  return volume(nondominated(std::move(inside), objectives), reference.value, objectives);
}

Extent extent_of(const std::vector<Contender>& points, std::size_t objectives) {
  Extent e;
  for (std::size_t i = 0; i < objectives; ++i) {
    e.best.value[i] = std::numeric_limits<double>::infinity();
    e.worst.value[i] = -std::numeric_limits<double>::infinity();
    for (const Contender& p : points) {
      e.best.value[i] = std::min(e.best.value[i], p.value[i]);
      e.worst.value[i] = std::max(e.worst.value[i], p.value[i]);
    }
  }
  return e;
}

double relative_hypervolume(const std::vector<Contender>& points, const Extent& extent,
                            std::size_t objectives) {
  // Scaled, so that the volume does not over- or underflow; objectives without extent do not count.
  std::vector<Contender> scaled;
  Contender corner;
  std::size_t n = 0;
  for (std::size_t i = 0; i < objectives; ++i) {
    if (extent.worst.value[i] > extent.best.value[i]) corner.value[n++] = 1;
  }
  for (const Contender& p : points) {
    Contender q;
    std::size_t at = 0;
    for (std::size_t i = 0; i < objectives; ++i) {
      const double width = extent.worst.value[i] - extent.best.value[i];
      if (width > 0) q.value[at++] = (p.value[i] - extent.best.value[i]) / width;
    }
    scaled.push_back(q);
  }
  return n == 0 ? 0 : hypervolume(scaled, corner, n);
}

std::size_t knee(const std::vector<Contender>& front, std::size_t objectives) {
  const Extent extent = extent_of(front, objectives);
  std::size_t best = 0;
  double nearest = std::numeric_limits<double>::infinity();
  for (std::size_t k = 0; k < front.size(); ++k) {
    double distance = 0;
    for (std::size_t i = 0; i < objectives; ++i) {
      const double width = extent.worst.value[i] - extent.best.value[i];
      const double x = width > 0 ? (front[k].value[i] - extent.best.value[i]) / width : 0;
      distance += x * x;
    }
    if (distance < nearest) {
      nearest = distance;
      best = k;
    }
  }
  return best;
}

std::vector<Contender> thin_front(const std::vector<Contender>& front, std::size_t objectives,
                                  double epsilon) {
  if (epsilon <= 0) return front;
  const Extent extent = extent_of(front, objectives);
  std::map<std::vector<std::int64_t>, Contender> boxes;  // one point a box of the grid, the best of its sum
  const auto sum = [&](const Contender& c) {
    double s = 0;
    for (std::size_t i = 0; i < objectives; ++i) {
      const double width = extent.worst.value[i] - extent.best.value[i];
      if (width > 0) s += (c.value[i] - extent.best.value[i]) / width;
    }
    return s;
  };
  for (const Contender& c : front) {
    std::vector<std::int64_t> at;
    for (std::size_t i = 0; i < objectives; ++i) {
      const double width = extent.worst.value[i] - extent.best.value[i];
      at.push_back(width > 0 ? static_cast<std::int64_t>(
                                   std::floor((c.value[i] - extent.best.value[i]) / (epsilon * width)))
                             : 0);
    }
    const auto [there, added] = boxes.emplace(std::move(at), c);
    if (!added && sum(c) < sum(there->second)) there->second = c;
  }
  std::vector<Contender> out;
  for (const auto& [at, c] : boxes) out.push_back(c);
  std::sort(out.begin(), out.end(), [](const Contender& a, const Contender& b) { return a.index < b.index; });
  return out;
}

}  // namespace statelane
