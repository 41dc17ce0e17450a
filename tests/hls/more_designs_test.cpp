// SPDX-License-Identifier: Apache-2.0
// Designs around the published ones: orders, lanes, tiles, ports, precision, prompts in blocks, groups, a
// trained model.
#include <gtest/gtest.h>

#include "tests/hls/design_settings.h"

namespace statelane::test {
namespace {

std::vector<GeneratedDesign> designs() {
  const auto unit = [](const std::string& path) { return "/design/units/" + path; };
  std::vector<GeneratedDesign> all{
      lightmamba("naive order", {}, "lightmamba-vck190-w4a4-fht-decode-2.7b"),
      lightmamba("Hadamard by matrices", {}, "lightmamba-vck190-w4a4-mmhadamard-decode-2.7b"),
      lightmamba("whole tensors between operators", {}, "lightmamba-vck190-w4a4-reorder-decode-2.7b"),
      lightmamba("8 bits", {}, "lightmamba-vck190-w8a8-decode-2.7b"),
      lightmamba("U280", {}, "lightmamba-u280-w4a4-decode-2.7b"),
      lightmamba("narrow matrix unit, wide SSM",
                 {unit("mmu/inputs=8"), unit("mmu/outputs=8"), "/design/schedule/tile_rows=16",
                  "/design/schedule/tile_states=8", unit("b_x/lanes=32"), unit("h_c/lanes=8")}),
      lightmamba("lanes that divide nothing", {unit("mmu/inputs=24"), unit("mmu/outputs=12"),
                                               "/design/schedule/projection_rows=24", unit("conv/lanes=4")}),
      lightmamba("wide ports and tiles",
                 {unit("mmu/inputs=64"), unit("mmu/outputs=32"), "/design/memory/ports/0/width=512"}),
      lightmamba("several words a beat of the port",
                 {unit("mmu/inputs=4"), unit("mmu/outputs=8"), "/design/memory/ports/0/width=1024"}),
      lightmamba("a prompt in blocks",
                 {"/phase/kind=prefill", "/phase/length=6", "/design/schedule/token_block=3"}),
      lightmamba("three sequences", {"/phase/batch=3"}),
      fastmamba("two sequences, state and history on chip",
                {"/phase/kind=decode", "/phase/batch=2", "/design/schedule/state=on_chip",
                 "/design/schedule/conv_state=on_chip"}),
      lightmamba("state on chip", {"/design/schedule/state=on_chip"}),
      lightmamba("a prompt, history on chip",
                 {"/phase/kind=prefill", "/phase/length=6", "/phase/batch=2",
                  "/design/schedule/token_block=3", "/design/schedule/conv_state=on_chip"},
                 "lightmamba-u280-w4a4-decode-2.7b"),
      lightmamba("two groups", {"/design/schedule/tile_states=32"}, kLightMamba, kGroups),
      lightmamba("two groups, a prompt", {"/phase/kind=prefill", "/phase/length=5"}, kLightMamba, kGroups),
      fastmamba("a prompt in blocks", {"/design/schedule/token_block=4"}),
      fastmamba("token by token", {}, "fastmamba-vc709-w8a8-token-outer-prefill-130m-l64"),
      fastmamba("reordered, small matrix unit", {"/design/schedule/order=reordered", unit("mat/inputs=6"),
                                                 unit("mat/outputs=16"), "/phase/length=3"}),
      fastmamba("two groups", {"/phase/kind=decode"}, kFastMamba, kGroups),
      lightmamba("trained model", {"/design/schedule/tile_states=64"}, kLightMamba, "models/tiny-mamba2-en"),
      fastmamba("trained model",
                {"/phase/kind=decode", "/design/schedule/tile_states=64", "/design/schedule/tile_rows=64"},
                kFastMamba, "models/tiny-mamba2-en")};
  return all;
}

class HlsMoreDesigns : public ::testing::TestWithParam<std::size_t> {};

TEST_P(HlsMoreDesigns, ComputesTheModelsBits) {
  // Compilers take turns; both see the published designs below.
  expect_bit_exact(designs()[GetParam()], GetParam() % 3 == 2 ? "clang++" : "g++");
}
INSTANTIATE_TEST_SUITE_P(All, HlsMoreDesigns, ::testing::Range(std::size_t{0}, designs().size()));

/// State-space operators that share a unit hand each other words within one pipeline, in the cycles the
/// simulation has for it.
TEST(HlsMoreDesigns, OperatorsInOnePipeline) {
  ScratchDirectory scratch;
  const auto all =
      scratch.write("all.json", R"({"extends": "lightmamba-vck190-w4a4", "schedule": {"tile_states": 16},
    "units": {"b_x": {"operators": ["outer", "decay", "state_add", "state_c", "d_skip", "gate"], "lanes": 4},
              "a_h": null, "h_add": null, "h_c": null, "x_d": null, "y_z": null}})");
  const auto pairs = scratch.write("pairs.json", R"({"extends": "fastmamba-vc709-w8a8",
    "schedule": {"tile_states": 16, "tile_rows": 16},
    "units": {"pmu_dt_x": {"operators": ["delta_x", "outer"], "lanes": 16}, "pmu_q_b": null,
              "pma_h": {"operators": ["decay", "state_add", "state_c"]}, "mat_h_c": null,
              "pma_x_d": {"operators": ["d_skip", "gate"], "lanes": 8}, "gate": null}})");
  const std::string lm = "/design=" + all.string();
  expect_bit_exact({"all in one", kLightMamba, kTiny, {lm}});
  expect_bit_exact(
      {"all in one, a prompt", kLightMamba, kTiny, {lm, "/phase/kind=prefill", "/phase/length=6"}},
      "clang++");
  expect_bit_exact({"pairs",
                    kFastMamba,
                    kTiny,
                    {"/design=" + pairs.string(), "/phase/length=8", "/design/schedule/token_block=4"}});
}

TEST(HlsMoreDesigns, PublishedOnesByClang) {
  expect_bit_exact(lightmamba("LightMamba"), "clang++");
  expect_bit_exact(fastmamba("FastMamba"), "clang++");
}

}  // namespace
}  // namespace statelane::test
