// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <cmath>

#include "tests/sim/published.h"

namespace statelane {
namespace {

using ::statelane::testing::number;
using ::statelane::testing::simulate_shipped;

constexpr const char* vck190 = "lightmamba-vck190-w4a4-decode-2.7b";
constexpr const char* u280 = "lightmamba-u280-w4a4-decode-2.7b";
constexpr const char* vc709 = "fastmamba-vc709-w8a8-decode-2.7b";
constexpr const char* prefill = "fastmamba-vc709-w8a8-prefill-130m-l64";
const std::vector<std::string> small = {"/network=mamba2-130m"};

std::string without_wall_time(JsonValue result) {
  result.set("simulation_wall_s", JsonValue(0));
  return to_text(result);
}

TEST(Simulation, EveryActorsTimeAddsUpToTheRun) {
  for (const char* experiment : {vck190, vc709, prefill}) {
    const JsonValue result = simulate_shipped(experiment, small);
    const JsonValue* actors = result.find("actors");
    ASSERT_NE(actors, nullptr);
    ASSERT_GT(actors->items().size(), 15u);
    for (const JsonValue& a : actors->items()) {
      const double sum = number(a, "/busy") + number(a, "/stalled_on_input") +
                         number(a, "/stalled_on_output") + number(a, "/stalled_on_memory");
      EXPECT_NEAR(sum, 1.0, 1e-6) << experiment << " " << a.find("name")->as_string();
    }
  }
}

TEST(Simulation, TwoRunsGiveTheSameTextToTheByte) {
  for (const char* experiment : {vck190, prefill}) {
    EXPECT_EQ(without_wall_time(simulate_shipped(experiment, small)),
              without_wall_time(simulate_shipped(experiment, small)));
  }
}

TEST(Simulation, OccupancyNeverExceedsCapacity) {
  const JsonValue result = simulate_shipped(u280, small);
  for (const JsonValue& c : result.find("channels")->items()) {
    EXPECT_LE(number(c, "/peak_occupancy"), number(c, "/capacity")) << c.find("name")->as_string();
    EXPECT_GE(number(c, "/peak_occupancy"), 1) << c.find("name")->as_string();
  }
}

TEST(Simulation, AComputeBoundDesignScalesWithItsClockAndAMemoryBoundOneDoesNot) {
  const double slow = number(simulate_shipped(prefill, {"/design/clock=125 MHz"}), "/latency_s");
  const double fast = number(simulate_shipped(prefill), "/latency_s");
  EXPECT_NEAR(slow / fast, 2.0, 0.1);
  const double memory_bound = number(simulate_shipped(vck190, {"/network=mamba2-370m"}), "/latency_s");
  const double faster =
      number(simulate_shipped(vck190, {"/network=mamba2-370m", "/design/clock=450 MHz"}), "/latency_s");
  EXPECT_NEAR(memory_bound / faster, 1.0, 0.02);
}

TEST(Simulation, OneDimmCannotCarryWhatAWidePortAsksFor) {
  const double two = number(simulate_shipped(vc709, {"/network=mamba2-370m"}), "/latency_s");
  const double one =
      number(simulate_shipped(vc709, {"/network=mamba2-370m", "/design/memory/weights/channels=1",
                                      "/design/memory/state/channels=1"}),
             "/latency_s");
  EXPECT_GT(one, 1.05 * two);
}

TEST(Simulation, TheAddressMapMatters) {
  // brc keeps consecutive bursts in one bank; rcb spreads them over the banks.
  const std::vector<std::string> one = {"/network=mamba2-370m", "/design/memory/weights/channels=1",
                                        "/design/memory/state/channels=1"};
  std::vector<std::string> spread = one;
  spread.emplace_back("/design/memory/address_map=rcb");
  const double board = number(simulate_shipped(vc709, one), "/latency_s");
  EXPECT_NE(number(simulate_shipped(vc709, spread), "/latency_s"), board);
}

// `bottleneck` claims that widening what it names helps and widening something else does not.
TEST(Bottleneck, MemoryPortOfLightMambaOnVck190) {
  const JsonValue base = simulate_shipped(vck190);
  EXPECT_EQ(find_pointer(base, "/bottleneck_detail/resource")->as_string(), "port axi");
  const double before = number(base, "/throughput_tokens_per_s");
  const double less = number(simulate_shipped(vck190, {"/design/memory/ports/0/bandwidth=10.9 GB/s"}),
                             "/throughput_tokens_per_s");
  EXPECT_LT(less, 0.95 * before);
  const double lanes =
      number(simulate_shipped(vck190, {"/design/units/mmu/outputs=32"}), "/throughput_tokens_per_s");
  EXPECT_NEAR(lanes / before, 1.0, 0.01);
  const double state =
      number(simulate_shipped(vck190, {"/design/units/b_x/lanes=32", "/design/units/a_h/lanes=32",
                                       "/design/units/h_add/lanes=32", "/design/units/h_c/lanes=32"}),
             "/throughput_tokens_per_s");
  EXPECT_NEAR(state / before, 1.0, 0.01);
}

TEST(Bottleneck, UnitsNamedForLightMambaOnU280) {
  const JsonValue base = simulate_shipped(u280);
  const JsonValue* units = find_pointer(base, "/bottleneck_detail/units");
  ASSERT_NE(units, nullptr);
  ASSERT_FALSE(units->items().empty());
  std::vector<std::string> wider = {
      "/design/schedule/weight_buffer=1 MiB"};  // a wider matrix unit has larger tiles
  for (const JsonValue& u : units->items()) {
    const std::string name = u.as_string();
    wider.push_back("/design/units/" + name + (name == "mmu" ? "/outputs=128" : "/lanes=64"));
  }
  const double before = number(base, "/throughput_tokens_per_s");
  EXPECT_GT(number(simulate_shipped(u280, wider), "/throughput_tokens_per_s"), 1.15 * before);
  const double other =
      number(simulate_shipped(u280, {"/design/units/silu/lanes=16", "/design/units/y_z/lanes=8"}),
             "/throughput_tokens_per_s");
  EXPECT_NEAR(other / before, 1.0, 0.01);
}

TEST(Bottleneck, MatrixUnitOfFastMambaPrefill) {
  const JsonValue base = simulate_shipped(prefill);
  EXPECT_EQ(find_pointer(base, "/bottleneck_detail/resource")->as_string(), "unit mat");
  const double before = number(base, "/throughput_tokens_per_s");
  EXPECT_GT(number(simulate_shipped(prefill, {"/design/units/mat/inputs=48"}), "/throughput_tokens_per_s"),
            1.2 * before);
  EXPECT_NEAR(
      number(simulate_shipped(prefill, {"/design/units/conv/lanes=64"}), "/throughput_tokens_per_s") / before,
      1.0, 0.02);
}

TEST(Bound, IsTightOnTheShippedDesigns) {
  for (const char* experiment : {vck190, u280, vc709, prefill}) {
    const JsonValue result = simulate_shipped(experiment);
    const double tightness = number(result, "/bound_cycles") / number(result, "/cycles");
    std::printf("%-45s bound / simulated = %.4f\n", experiment, tightness);
    EXPECT_LE(tightness, 1.0);
    EXPECT_GT(tightness, 0.85);
  }
}

}  // namespace
}  // namespace statelane
