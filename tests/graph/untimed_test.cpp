// SPDX-License-Identifier: Apache-2.0
#include "models/graph/untimed.h"

#include <gtest/gtest.h>

#include "models/evaluate/lowering.h"
#include "models/graph/builder.h"
#include "models/graph/program.h"
#include "tests/graph/experiments.h"

namespace statelane {
namespace {

Graph lowered(const Experiment& e) {
  Graph graph;
  EXPECT_EQ(lower(e.design, e.network, e.phase, graph), "");
  return graph;
}

std::int64_t all_firings(const Graph& graph) {
  std::int64_t firings = 0;
  for (const Actor& a : graph.actors) firings += program_totals(graph, graph.program(a)).firings;
  return firings;
}

TEST(Untimed, EveryShippedExperimentIsConsistentAndEnds) {
  for (const std::string& name : test::shipped_catalog().names("experiments")) {
    const Experiment e = test::load(name);
    const Graph graph = lowered(e);
    EXPECT_EQ(check_consistency(graph), "") << name;
    const UntimedResult result = run_untimed(graph);
    EXPECT_EQ(result.deadlock, "") << name;
    EXPECT_EQ(result.firings, all_firings(graph)) << name;
    for (std::size_t i = 0; i < graph.channels.size(); ++i) {
      EXPECT_LE(result.peaks[i], graph.channels[i].capacity) << name << ": " << graph.channels[i].name;
    }
  }
}

/// Two actors and a channel of `capacity` tiles: `fast` puts 2 a firing, `slow` takes 3.
Graph pair(std::int64_t capacity, std::int64_t puts) {
  Graph graph;
  GraphBuilder build(graph);
  const ChannelId c = build.channel("link", 1, Bits{8}, capacity);
  build.begin_actor("fast", ActorKind::compute, 0);
  const FiringId put = build.firing(Cycles{1}, Cycles{0}, {});
  build.out(c, 2);
  build.fire(put, puts);
  build.end_actor();
  build.begin_actor("slow", ActorKind::compute, 0);
  const FiringId take = build.firing(Cycles{1}, Cycles{0}, {});
  build.in(c, 3);
  {
    auto loop = build.loop(2);
    build.fire(take, 2);
  }
  build.end_actor();
  return graph;
}

TEST(Untimed, SmallestCapacityOfTwoRates) {
  const Graph graph = pair(12, 6);
  EXPECT_EQ(check_consistency(graph), "");
  EXPECT_EQ(run_untimed(graph).deadlock, "");
  // Rates p and c without common divisor need p + c - 1 places.
  const auto least = minimum_capacities(graph);
  ASSERT_TRUE(least.has_value());
  EXPECT_EQ((*least)[0], 4);
  const std::vector<std::int32_t> less{3};
  EXPECT_EQ(run_untimed(graph, nullptr, less).deadlock,
            "deadlock: fast waits for 2 places in channel link, which has 1 free of 3; "
            "slow waits for 3 tiles of channel link, which has 2");
}

TEST(Untimed, ConsistencyNamesTheChannel) {
  EXPECT_EQ(check_consistency(pair(2, 6)), "channel link holds 2 tiles, a firing moves 3");
  EXPECT_EQ(check_consistency(pair(12, 5)), "channel link is asked for 12 tiles, gets 10");
  EXPECT_EQ(check_consistency(pair(4, 9)), "channel link is left with 6 tiles, holds 4");
  Graph open = pair(12, 6);
  open.channels[0].consumer = no_id;
  EXPECT_EQ(check_consistency(open), "channel link is never read");
}

TEST(Untimed, TooSmallABufferDeadlocks) {
  const Experiment e = test::load("lightmamba-vck190-w4a4-decode-2.7b", {"/network/n_layer=1"});
  Graph graph = lowered(e);
  for (Channel& c : graph.channels) {
    if (c.name == "gated") --c.capacity;  // the norm needs the whole vector
  }
  EXPECT_NE(check_consistency(graph).find("channel gated"), std::string::npos);
  const std::string deadlock = run_untimed(graph).deadlock;
  EXPECT_NE(deadlock.find("channel gated"), std::string::npos) << deadlock;
}

TEST(Untimed, MinimumCapacitiesSufficeAndAreTight) {
  for (const char* name : {"lightmamba-vck190-w4a4-decode-2.7b", "fastmamba-vc709-w8a8-decode-2.7b",
                           "lightmamba-vck190-w4a4-fht-decode-2.7b"}) {
    const Experiment e = test::load(name, {"/network/n_layer=1"});
    const Graph graph = lowered(e);
    const auto least = minimum_capacities(graph);
    ASSERT_TRUE(least.has_value()) << name;
    EXPECT_EQ(run_untimed(graph, nullptr, *least).deadlock, "") << name;
    for (std::size_t i = 0; i < least->size(); ++i) {
      EXPECT_LE((*least)[i], graph.channels[i].capacity) << name << ": " << graph.channels[i].name;
      if ((*least)[i] <= std::max<std::int32_t>(1, graph.channels[i].initial)) continue;
      std::vector<std::int32_t> less = *least;
      --less[i];
      EXPECT_NE(run_untimed(graph, nullptr, less).deadlock, "") << name << ": " << graph.channels[i].name;
    }
  }
}

/// Sees that no channel underflows or overflows.
class Counter final : public FiringListener {
 public:
  explicit Counter(const Graph& graph) : graph_(graph) {
    for (const Channel& c : graph.channels) tiles_.push_back(c.initial);
  }
  void fire(ActorId, FiringId firing) override {
    for (const Rate& r : graph_.inputs(graph_.firings[firing])) {
      tiles_[r.channel] -= r.tiles;
      legal_ = legal_ && tiles_[r.channel] >= 0;
    }
    for (const Rate& r : graph_.outputs(graph_.firings[firing])) {
      tiles_[r.channel] += r.tiles;
      legal_ = legal_ && tiles_[r.channel] <= graph_.channels[r.channel].capacity;
    }
  }
  [[nodiscard]] bool legal() const { return legal_; }

 private:
  const Graph& graph_;
  std::vector<std::int64_t> tiles_;
  bool legal_ = true;
};

TEST(Untimed, ListenerSeesALegalOrder) {
  const Experiment e =
      test::load("fastmamba-vc709-w8a8-decode-2.7b", {"/network/n_layer=2", "/phase/length=3"});
  const Graph graph = lowered(e);
  Counter counter(graph);
  EXPECT_EQ(run_untimed(graph, &counter).deadlock, "");
  EXPECT_TRUE(counter.legal());
}

TEST(Untimed, ReadsWaitForWritesOfThePassBefore) {
  const auto count = [](const Graph& graph, std::string_view name) {
    return std::count_if(graph.channels.begin(), graph.channels.end(),
                         [&](const Channel& c) { return c.name == name; });
  };
  const Graph one = lowered(test::load("lightmamba-vck190-w4a4-decode-2.7b", {"/network/n_layer=2"}));
  EXPECT_EQ(count(one, "state_order"), 0);
  const Graph two =
      lowered(test::load("lightmamba-vck190-w4a4-decode-2.7b", {"/network/n_layer=2", "/phase/length=2"}));
  EXPECT_EQ(count(two, "state_order"), 1);
  EXPECT_EQ(count(two, "conv_order"), 1);
}

}  // namespace
}  // namespace statelane
