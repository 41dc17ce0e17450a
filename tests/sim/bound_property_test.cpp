// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <cstdio>
#include <cstdlib>

#include "models/evaluate/bound.h"
#include "models/evaluate/lowering.h"
#include "models/graph/program.h"
#include "sim/isolated.h"
#include "sim/simulator.h"
#include "tests/sim/random_design.h"

namespace statelane {
namespace {

using ::statelane::testing::describe;
using ::statelane::testing::random_case;
using ::statelane::testing::RandomCase;

/// "cycles bound" of a case, or "refused: why".
std::string run_case(std::uint64_t seed) {
  const RandomCase c = random_case(seed);
  Graph graph;
  if (const std::string why = lower(c.design, c.network, c.phase, graph); !why.empty())
    return "refused: " + why;
  BoundEvaluator evaluator;
  const Bound bound =
      evaluator.evaluate(graph, c.design.clock, c.design.memory.ports, {c.dram.peak(), c.channels});
  const SimulationResult r = simulate(graph, c.design.clock, c.design.memory.ports, {c.dram, c.channels});
  Bytes expected{0};
  for (const Actor& actor : graph.actors) expected += program_totals(graph, graph.program(actor)).bytes;
  Bytes moved{0};
  for (const PortResult& port : r.ports) moved += port.read + port.written;
  if (moved != expected) return "bytes moved differ from bytes needed";
  for (const Activity& a : r.actors) {
    if (a.on_input < Femtoseconds{0} || a.on_output < Femtoseconds{0} || a.on_memory < Femtoseconds{0}) {
      return "an actor's times do not add up";
    }
  }
  return std::to_string(r.cycles.count()) + " " + std::to_string(bound.cycles.count()) + " " +
         std::to_string(static_cast<int>(bound.kind));
}

TEST(BoundProperty, NeverAboveTheSimulationOverRandomDesigns) {
  constexpr std::size_t batch = 100;
  const char* asked = std::getenv("STATELANE_RANDOM_DESIGNS");
  const std::size_t cases = asked != nullptr ? std::strtoull(asked, nullptr, 10) : 3000;
  std::size_t simulated = 0, refused = 0;
  std::size_t kinds[4] = {};
  double tightness = 0;
  for (std::size_t first = 0; first < cases; first += batch) {
    std::vector<std::function<std::string()>> work;
    for (std::size_t i = first; i < first + batch; ++i) work.emplace_back([i] { return run_case(i); });
    const std::vector<IsolatedResult> results = run_isolated(work, 2, {Bytes{std::int64_t{0}}, Seconds{60}});
    for (std::size_t i = 0; i < results.size(); ++i) {
      ASSERT_TRUE(results[i].value) << "seed " << first + i << ": " << results[i].error << "\n"
                                    << describe(random_case(first + i));
      if (results[i].value->starts_with("refused")) {
        ++refused;
        continue;
      }
      long cycles = 0, bound = 0;
      int kind = 0;
      ASSERT_EQ(std::sscanf(results[i].value->c_str(), "%ld %ld %d", &cycles, &bound, &kind), 3)
          << "seed " << first + i << ": " << *results[i].value << "\n"
          << describe(random_case(first + i));
      ASSERT_LE(bound, cycles) << "seed " << first + i << "\n" << describe(random_case(first + i));
      ++simulated;
      ++kinds[kind];
      tightness += static_cast<double>(bound) / static_cast<double>(cycles);
    }
  }
  std::printf(
      "%zu random designs simulated (%zu refused); bound by unit %zu, port %zu, memory %zu, path %zu; mean "
      "tightness %.3f\n",
      simulated, refused, kinds[0], kinds[1], kinds[2], kinds[3], tightness / static_cast<double>(simulated));
  EXPECT_GT(simulated, cases / 2) << "most random designs should be legal";
}

}  // namespace
}  // namespace statelane
