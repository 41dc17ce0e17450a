// SPDX-License-Identifier: Apache-2.0
#include "models/evaluate/traffic.h"

#include <gtest/gtest.h>

#include "models/evaluate/lowering.h"
#include "models/graph/program.h"
#include "tests/graph/experiments.h"

namespace statelane {
namespace {

struct Moved {
  std::int64_t bytes = 0;
  std::int64_t firings = 0;
};

Moved moved(const Graph& graph, std::string_view actor) {
  for (const Actor& a : graph.actors) {
    if (a.name != actor) continue;
    const ProgramTotals totals = program_totals(graph, graph.program(a));
    return {totals.bytes.count(), totals.firings};
  }
  return {};
}

/// Every transfer is padded to whole bursts of 64 bytes, once for each tensor in it.
void expect_conserved(const Moved& m, Bytes needed, std::int64_t tensors, const std::string& what) {
  EXPECT_GE(m.bytes, needed.count()) << what;
  EXPECT_LT(m.bytes, needed.count() + 64 * tensors * m.firings + 1) << what;
}

void expect_conserved(const Experiment& e, const std::string& what) {
  Graph graph;
  ASSERT_EQ(lower(e.design, e.network, e.phase, graph), "") << what;
  OffChipBytes need;
  ASSERT_EQ(off_chip_bytes(e.design, e.network, e.phase, need), "") << what;
  expect_conserved(moved(graph, "weight_dma"), need.projections + need.head, 1, what + " weights");
  expect_conserved(moved(graph, "conv_dma_in"), need.conv_weights + need.conv_in, 2, what + " conv in");
  expect_conserved(moved(graph, "conv_dma_out"), need.conv_out, 1, what + " conv out");
  expect_conserved(moved(graph, "state_dma_in"), need.state_in, 1, what + " state in");
  expect_conserved(moved(graph, "state_dma_out"), need.state_out, 1, what + " state out");
}

TEST(Traffic, ShippedExperiments) {
  for (const std::string& name : test::shipped_catalog().names("experiments"))
    expect_conserved(test::load(name), name);
}

TEST(Traffic, PlacementsAndLoops) {
  const std::string light = "lightmamba-vck190-w4a4-decode-2.7b";
  const std::string fast = "fastmamba-vc709-w8a8-prefill-130m-l64";
  const std::string layers = "/network/n_layer=3";
  const std::vector<std::pair<std::string, std::vector<std::string>>> cases{
      {light, {layers, "/phase/batch=3", "/phase/length=2"}},
      {light, {layers, "/design/schedule/state=on_chip"}},
      {light, {layers, "/design/schedule/conv_state=on_chip"}},
      {"lightmamba-u280-w4a4-decode-2.7b", {layers, "/phase/length=3"}},
      {fast, {layers, "/design/schedule/token_block=16"}},
      {fast, {layers, "/phase/batch=2"}},
      {fast, {layers, "/design/schedule/token_block=32", "/phase/batch=2"}},
      {"fastmamba-vc709-w8a8-token-outer-prefill-130m-l64", {layers, "/phase/batch=2"}},
      {light, {layers, "/network=mamba2-130m", "/network/ngroups=2", "/design/units/htu_matrix/points=12"}}};
  for (const auto& [name, settings] : cases) {
    std::string what = name;
    for (const std::string& s : settings) what += " " + s;
    expect_conserved(test::load(name, settings), what);
  }
}

// The authors' code moves 21,760 beats of 32 bytes for h a layer and way (8 bits and a 4-bit scale per 8).
// Weights have 4 bits and 6 bits of scale per 128.
TEST(Traffic, LightMambaLayerAsInItsCode) {
  const Experiment e = test::load("lightmamba-vck190-w4a4-decode-2.7b");
  OffChipBytes need;
  ASSERT_EQ(off_chip_bytes(e.design, e.network, e.phase, need), "");
  EXPECT_EQ(need.state_in / e.network.n_layer, Bytes(21760 * 32));
  EXPECT_EQ(need.state_out, need.state_in);
  EXPECT_EQ(need.projections / e.network.n_layer,
            Bytes((10576 + 2560 * 2) * 2560 / 2 + (10576 + 2560 * 2) * 20 * 6 / 8));
}

TEST(Traffic, NothingWhereAllStaysOnChip) {
  Experiment e = test::load("lightmamba-vck190-w4a4-decode-2.7b");
  e.design.schedule.state = e.design.schedule.conv_state = StatePlace::on_chip;
  OffChipBytes need;
  ASSERT_EQ(off_chip_bytes(e.design, e.network, e.phase, need), "");
  EXPECT_EQ(need.written(), Bytes{0});
  EXPECT_EQ(need.read(), need.projections);
}

}  // namespace
}  // namespace statelane
