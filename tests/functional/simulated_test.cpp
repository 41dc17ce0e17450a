// SPDX-License-Identifier: Apache-2.0
// The same with the order in which a timed simulation, with DRAM, decides the firings.
#include <gtest/gtest.h>

#include "models/evaluate/lowering.h"
#include "sim/isolated.h"
#include "sim/simulator.h"
#include "tests/functional/functional_case.h"

namespace statelane {
namespace {

using test::Case;
using test::GoldenCase;

class Follower final : public FiringObserver {
 public:
  explicit Follower(FunctionalModel& model) : model_(model) {}
  void fired(ActorId actor, FiringId firing, Femtoseconds, Femtoseconds, Femtoseconds) override {
    model_.fire(actor, firing);
  }

 private:
  FunctionalModel& model_;
};

/// "equal" if a simulation leads to the reference's logits within the rounding of the folded rotations;
/// otherwise what is wrong.
std::string simulated(const Case& c, const GoldenCase& golden, const Phase& phase) {
  FunctionalInput input;
  for (std::int64_t q = 0; q < phase.batch; ++q) {
    input.tokens.push_back(
        test::some_tokens(static_cast<std::size_t>(q), phase.length, golden.model.dims().vocab));
  }
  const test::Reference wanted = test::reference_run(golden.model, c, phase, input);
  const IsolatedResult result = run_isolated([&] {
    Graph graph;
    if (std::string why = lower(c.design, c.shape, phase, graph); !why.empty()) return why;
    FunctionalModel model(graph, c.design, c.shape, phase, golden.model, input);
    Follower follower(model);
    static_cast<void>(simulate(graph, c.design.clock, c.design.memory.ports, {c.dram, c.memory_channels},
                               {.observer = &follower}));
    if (std::string left = model.leftovers(); !left.empty()) return left;
    const double error = test::relative_error(wanted.logits, model.logits());
    return error <= 2e-5 ? std::string("equal") : "logits differ by " + std::to_string(error);
  });
  return result.value.value_or(result.error);
}

void expect_equal(const Case& c, const std::string& network, const Phase& phase, const std::string& what) {
  const GoldenCase golden("golden/" + network);
  EXPECT_EQ(simulated(c, golden, phase), "equal") << what;
}

TEST(Simulated, DesignsDecodeAndPrefill) {
  for (const char* design : {"lightmamba-vck190-w4a4", "lightmamba-vck190-w4a4-fht", "lightmamba-u280-w4a4",
                             "fastmamba-vc709-w8a8", "fastmamba-vc709-w8a8-token-outer"}) {
    // One layer: the next token's reads follow close on this one's writes.
    for (const char* network : {"tiny64_L8", "tiny64_g2_L64"}) {
      const Case c(design, network);
      const std::string what = std::string(design) + " on " + network;
      expect_equal(c, network, {PhaseKind::decode, 4, 1}, what);
      expect_equal(c, network, {PhaseKind::decode, 3, 3}, what);
      expect_equal(c, network, {PhaseKind::prefill, 8, 2}, what);
    }
  }
}

TEST(Simulated, PromptsInBlocks) {
  for (const char* design : {"lightmamba-vck190-w4a4", "fastmamba-vc709-w8a8"}) {
    for (const std::int64_t block : {1, 2, 4}) {
      Case c(design, "tiny64_g2_L64");
      c.design.schedule.token_block = block;
      expect_equal(c, "tiny64_g2_L64", {PhaseKind::prefill, 8, 2},
                   std::string(design) + std::to_string(block));
    }
  }
}

TEST(Simulated, StateOnChip) {
  for (const char* design : {"lightmamba-vck190-w4a4", "fastmamba-vc709-w8a8"}) {
    Case c(design, "tiny64_L8");
    c.design.schedule.state = c.design.schedule.conv_state = StatePlace::on_chip;
    expect_equal(c, "tiny64_L8", {PhaseKind::decode, 4, 2}, design);
  }
}

}  // namespace
}  // namespace statelane
