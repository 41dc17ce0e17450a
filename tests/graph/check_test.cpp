// SPDX-License-Identifier: Apache-2.0
#include "models/evaluate/graph_check.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>

#include "models/evaluate/lowering.h"
#include "models/graph/untimed.h"
#include "tests/graph/experiments.h"

namespace statelane {
namespace {

Graph lowered(const Design& design, const Mamba2Shape& shape, const Phase& phase) {
  Graph graph;
  EXPECT_EQ(lower(design, shape, phase, graph), "");
  return graph;
}

TEST(CheckGraph, ShippedExperiments) {
  for (const std::string& name : test::shipped_catalog().names("experiments")) {
    const Experiment e = test::load(name);
    EXPECT_EQ(check_graph(lowered(e.design, e.network, e.phase), e.design, e.network, e.phase), "") << name;
  }
}

TEST(CheckGraph, NamesWhatIsWrong) {
  const Experiment e = test::load("lightmamba-vck190-w4a4-decode-2.7b");
  Graph graph = lowered(e.design, e.network, e.phase);
  for (Channel& c : graph.channels) {
    if (c.name == "gated") --c.capacity;
  }
  EXPECT_NE(check_graph(graph, e.design, e.network, e.phase).find("channel gated"), std::string::npos);
}

const std::vector<Experiment>& experiments() {
  static const std::vector<Experiment> all{
      test::load("lightmamba-vck190-w4a4-decode-2.7b"), test::load("lightmamba-vck190-w4a4-fht-decode-2.7b"),
      test::load("lightmamba-u280-w4a4-decode-2.7b"), test::load("fastmamba-vc709-w8a8-prefill-130m-l64"),
      test::load("fastmamba-vc709-w8a8-token-outer-prefill-130m-l64")};
  return all;
}

/// Capacities of `graph`, some of those below `limit` cut to the fraction drawn for their channel's place.
std::vector<std::int32_t> cut(const Graph& graph, const std::vector<int>& percent) {
  std::vector<std::int32_t> capacities;
  for (std::size_t i = 0; i < graph.channels.size(); ++i) {
    const Channel& c = graph.channels[i];
    const bool grows = c.initial > 0;  // its size follows the number of layers or passes
    const auto less = static_cast<std::int32_t>(std::int64_t{c.capacity} * percent[i % percent.size()] / 100);
    capacities.push_back(grows ? c.capacity : std::max(less, 1));
  }
  return capacities;
}

// Two layers and two passes deadlock just when six and five do.
RC_GTEST_PROP(CheckGraph, FewLayersDecideForAll, ()) {
  const Experiment& e = experiments()[*rc::gen::inRange<std::size_t>(0, experiments().size())];
  Mamba2Shape shape = e.network;
  shape.d_model = 256;
  Design design = e.design;
  // d_inner = 512: 128 points and 4 across them.
  design.schedule.state = *rc::gen::element(StatePlace::off_chip, StatePlace::on_chip);
  const bool prefill = e.phase.kind == PhaseKind::prefill;
  const bool token_outer = design.schedule.prefill == PrefillLoop::token_outer;
  if (prefill && !token_outer) design.schedule.state = StatePlace::off_chip;
  if (prefill && !token_outer) design.schedule.token_block = *rc::gen::element<std::int64_t>(2, 4, 8);
  const auto phase = [&](std::int64_t passes) {
    if (!prefill) return Phase{PhaseKind::decode, passes, 2};
    return token_outer ? Phase{PhaseKind::prefill, passes, 2} : Phase{PhaseKind::prefill, 8, passes};
  };
  shape.n_layer = 6;
  const Graph whole = lowered(design, shape, phase(5));
  shape.n_layer = 2;
  const Graph few = lowered(design, shape, phase(2));
  RC_ASSERT(whole.channels.size() == few.channels.size());
  // Mostly one or two channels are cut: what remains alive must stay a real question.
  std::vector<int> percent(whole.channels.size(), 100);
  const auto cuts = *rc::gen::inRange(1, 4);
  for (int i = 0; i < cuts; ++i) {
    percent[*rc::gen::inRange<std::size_t>(0, percent.size())] = *rc::gen::inRange(5, 100);
  }
  const bool dead = !run_untimed(whole, nullptr, cut(whole, percent)).deadlock.empty();
  RC_CLASSIFY(dead, "deadlock");
  RC_CLASSIFY(!dead, "alive");
  RC_ASSERT(dead == !run_untimed(few, nullptr, cut(few, percent)).deadlock.empty());
}

}  // namespace
}  // namespace statelane
