// SPDX-License-Identifier: Apache-2.0
#include "tests/functional/damage.h"

#include <algorithm>
#include <cmath>
#include <stdexcept>

namespace statelane::test {
namespace {

const Actor& actor_named(const Graph& graph, std::string_view name) {
  for (const Actor& a : graph.actors) {
    if (a.name == name) return a;
  }
  throw std::logic_error("no actor " + std::string(name));
}

double value(const TileData& tile, std::size_t i) {
  return tile.reals.empty() ? static_cast<double>(tile.codes[i]) : static_cast<double>(tile.reals[i]);
}

bool differ(const TileData& a, const TileData& b) {
  if (a.size() != b.size()) return true;
  double worst = 0;
  double most = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    worst = std::max(worst, std::abs(value(a, i) - value(b, i)));
    most = std::max(most, std::abs(value(a, i)));
  }
  return worst > 0.1 * most;
}

}  // namespace

void swap_parts(Graph& graph, std::string_view actor, Part a, Part b) {
  const Actor& at = actor_named(graph, actor);
  const auto first = [&](Part part) -> FiringId {
    for (const Instruction& in : graph.program(at)) {
      if (in.body == 0 && graph.firings[in.firing].shape.part == part) return in.firing;
    }
    throw std::logic_error("no such part");
  };
  const FiringId fa = first(a);
  const FiringId fb = first(b);
  for (std::uint32_t i = at.first_instruction; i < at.first_instruction + at.instructions; ++i) {
    FiringId& f = graph.code[i].firing;
    if (f == fa || f == fb) f = f == fa ? fb : fa;
  }
}

bool swap_two(std::deque<TileData>& tiles) {
  for (std::size_t i = 1; i < tiles.size(); ++i) {
    if (!differ(tiles[i - 1], tiles[i])) continue;
    std::swap(tiles[i - 1], tiles[i]);
    return true;
  }
  return false;
}

bool lose_one(std::deque<TileData>& tiles) {
  if (tiles.empty()) return false;
  tiles.pop_front();
  return true;
}

bool alter_one(std::deque<TileData>& tiles) {
  if (tiles.empty()) return false;
  for (float& v : tiles.front().reals) v = 3.0F - 2.0F * v;
  for (std::int64_t& v : tiles.front().codes) v = 3 - 2 * v;
  return true;
}

}  // namespace statelane::test
