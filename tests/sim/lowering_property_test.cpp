// SPDX-License-Identifier: Apache-2.0
// Keeping a graph's structure from one design to the next must not show in any result.
#include <gtest/gtest.h>

#include "models/evaluate/bound.h"
#include "models/evaluate/lowering.h"
#include "tests/sim/random_design.h"

namespace statelane {
namespace {

using ::statelane::testing::random_case;
using ::statelane::testing::RandomCase;

/// Everything of a graph that can differ between two lowerings, as text.
std::string text_of(const Graph& g) {
  std::string text;
  const auto put = [&](std::int64_t n) { text += std::to_string(n) + " "; };
  for (const Actor& a : g.actors) {
    text += std::string(a.name) + " ";
    put(a.first_instruction);
  }
  for (const Channel& c : g.channels) {
    put(c.capacity);
    put(c.storage_bits().count());
  }
  for (const Firing& f : g.firings) {
    put(f.busy.count());
    put(f.latency.count());
    put(f.bytes.count());
  }
  for (const Rate& r : g.rates) put(r.tiles);
  for (const Instruction& in : g.code) put(in.count);
  for (const Stream& s : g.streams) put(s.base.count() + s.size.count());
  put(g.tokens);
  return text;
}

/// The case with one unit's parameter changed, or its clock: mostly what keeps the structure.
Design neighbour(const Design& design, std::uint64_t step) {
  Design changed = design;
  if (step % 5 == 0) {
    changed.clock = Hertz(changed.clock.count() * 1.25);
    return changed;
  }
  Unit& unit = changed.units[step % changed.units.size()];
  Diagnostics diagnostics;
  const char* field = step % 2 == 0 ? "/latency" : "/ii";
  set_field(unit.model().table(), unit.model().parameters(), field, JsonValue(std::int64_t(1 + step % 7)),
            diagnostics);
  return changed;
}

TEST(Lowering, KeepingTheStructureChangesNoResult) {
  DesignVersions versions;
  Lowering lowering;
  BoundEvaluator kept;
  GraphActivity activity;
  std::size_t kept_structures = 0, unchanged = 0, lowered = 0;
  for (std::uint64_t seed = 0; seed < 300; ++seed) {
    const RandomCase c = random_case(seed);
    Design design = c.design;
    for (std::uint64_t step = 0; step < 6; ++step) {
      Graph anew;
      const std::string why = lower(design, c.network, c.phase, anew);
      versions.update(design, c.network, c.phase, {});
      ASSERT_EQ(lowering.lower(design, c.network, c.phase, versions), why) << seed;
      if (why.empty()) {
        ++lowered;
        const Graph& graph = lowering.graph();
        ASSERT_EQ(text_of(graph), text_of(anew)) << seed;
        const bool structure = lowering.change() == GraphChange::structure;
        kept_structures += structure ? 0 : 1;
        structure ? activity.count(graph) : activity.recount(graph);
        unchanged += lowering.change() == GraphChange::none ? 1 : 0;
        const MemoryPeak peak{c.dram.peak(), c.channels};
        const Bound bound =
            kept.evaluate(graph, activity, design.clock, design.memory.ports, peak, lowering.change());
        const Bound expected = BoundEvaluator().evaluate(anew, design.clock, design.memory.ports, peak);
        ASSERT_EQ(bound.cycles, expected.cycles) << seed;
        ASSERT_EQ(bound.path, expected.path) << seed;
        ASSERT_EQ(bound.busiest, expected.busiest) << seed;
      }
      design = neighbour(design, seed + step);
    }
  }
  EXPECT_GT(kept_structures, lowered / 2);
  EXPECT_LT(kept_structures, lowered);
  EXPECT_GT(unchanged, 0U);
  EXPECT_LT(unchanged, kept_structures / 2);
}

}  // namespace
}  // namespace statelane
