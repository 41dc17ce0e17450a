// SPDX-License-Identifier: Apache-2.0
#include "models/functional/functional_model.h"

#include <gtest/gtest.h>

#include <cmath>

#include "tests/functional/functional_case.h"
#include "tests/source_folder.h"

namespace statelane {
namespace {

using test::Case;
using test::expect_reference;
using test::GoldenCase;
using test::some_tokens;

FunctionalInput texts(std::size_t batch, std::int64_t length, std::size_t vocab) {
  FunctionalInput input;
  for (std::size_t q = 0; q < batch; ++q) input.tokens.push_back(some_tokens(q, length, vocab));
  return input;
}

std::vector<std::string> designs() {
  return Catalog({source_folder() + "/configs"}).names("designs");
}

TEST(Functional, EveryDesignDecodes) {
  const GoldenCase golden("golden/tiny64_L8");
  for (const std::string& design : designs()) {
    const Case c(design, "tiny64_L8");
    expect_reference(c, {PhaseKind::decode, 5, 1}, golden.model, texts(1, 5, golden.model.dims().vocab),
                     design);
  }
}

TEST(Functional, EveryDesignPrefills) {
  const GoldenCase golden("golden/tiny64_L8");
  for (const std::string& design : designs()) {
    const Case c(design, "tiny64_L8");
    expect_reference(c, {PhaseKind::prefill, 8, 1}, golden.model, texts(1, 8, golden.model.dims().vocab),
                     design);
  }
}

/// Largest error over the golden tensor's rows [first, ...), as a fraction of its tolerance.
double golden_error(const GoldenCase& golden, const std::string& tensor, std::size_t first,
                    const std::vector<functional::PassLogits>& logits) {
  const std::vector<float> wanted = golden.expected.at(tensor).to_floats();
  const std::size_t vocab = golden.model.dims().vocab;
  EXPECT_EQ(wanted.size(), (first + logits.size()) * vocab);
  double worst = 0;
  for (std::size_t i = 0; i < logits.size(); ++i) {
    for (std::size_t v = 0; v < vocab; ++v) {
      const double e = std::abs(static_cast<double>(wanted[(first + i) * vocab + v]) -
                                static_cast<double>(logits[i].values[v]));
      if (!(e <= worst)) worst = e;
    }
  }
  return worst / golden.tolerance.at(tensor);
}

/// The prompt of a golden case, then its decode steps from the state the prefill left.
void expect_golden(const std::string& network, const std::vector<std::string>& with) {
  const GoldenCase golden("golden/" + network);
  const std::vector<std::int64_t> prompt = golden.integers("input_ids");
  const std::vector<std::int64_t> steps = golden.integers("step_ids");
  for (const std::string& design : with) {
    const Case c(design, network);
    const std::string what = design + " on " + network;
    const Phase prefill{PhaseKind::prefill, static_cast<std::int64_t>(prompt.size()), 1};
    const test::Outcome first = test::run_case(c, prefill, golden.model, {{prompt}, {}});
    ASSERT_EQ(first.problem, "") << what;
    EXPECT_LE(golden_error(golden, "prefill.logits", prompt.size() - 1, first.logits), 1.0) << what;
    const Phase decode{PhaseKind::decode, static_cast<std::int64_t>(steps.size()), 1};
    const test::Outcome second = test::run_case(c, decode, golden.model, {{steps}, first.caches});
    ASSERT_EQ(second.problem, "") << what;
    EXPECT_LE(golden_error(golden, "step.logits", 0, second.logits), 1.0) << what;
  }
}

TEST(Functional, GoldenTiny) {
  expect_golden("tiny64_L8", designs());
}
TEST(Functional, GoldenTwoGroups) {
  expect_golden("tiny64_g2_L64", designs());
}
TEST(Functional, GoldenLargeSteps) {
  expect_golden("tiny64_bigdt_L64", designs());
}
TEST(Functional, GoldenOneHeadOfSixtyFour) {
  expect_golden("tiny64_short_L2", designs());
}
TEST(Functional, GoldenFourLayers) {
  expect_golden("d128_n4_L64", {"lightmamba-vck190-w4a4", "lightmamba-u280-w4a4", "fastmamba-vc709-w8a8",
                                "fastmamba-vc709-w8a8-token-outer"});
}
TEST(Functional, GoldenStateOf128) {
  expect_golden("d256_N128_L256", {"lightmamba-vck190-w4a4", "fastmamba-vc709-w8a8"});
}

TEST(Functional, DecodeGoesOnWithTheLargestLogit) {
  const GoldenCase golden("golden/tiny64_L8");
  for (const char* design :
       {"lightmamba-vck190-w4a4-norot", "lightmamba-u280-w4a4", "fastmamba-vc709-w8a8"}) {
    const Case c(design, "tiny64_L8");
    const FunctionalInput input{{{3}, {200, 17}}, {}};
    expect_reference(c, {PhaseKind::decode, 6, 2}, golden.model, input, design);
  }
}

TEST(Functional, BadInputIsRefused) {
  const GoldenCase golden("golden/tiny64_L8");
  const GoldenCase other("golden/tiny64_g2_L64");
  const Case c("lightmamba-vck190-w4a4", "tiny64_L8");
  const Phase decode{PhaseKind::decode, 2, 1};
  const Phase prefill{PhaseKind::prefill, 4, 1};
  EXPECT_THROW(static_cast<void>(test::run_case(c, decode, other.model, {{{1, 2}}, {}})), InputError);
  EXPECT_THROW(static_cast<void>(test::run_case(c, decode, golden.model, {{}, {}})), InputError);
  EXPECT_THROW(static_cast<void>(test::run_case(c, decode, golden.model, {{{256}}, {}})), InputError);
  EXPECT_THROW(static_cast<void>(test::run_case(c, prefill, golden.model, {{{1, 2, 3}}, {}})), InputError);
  EXPECT_THROW(static_cast<void>(
                   test::run_case(c, prefill, golden.model, {{{1, 2, 3, 4}}, {golden.model.make_cache()}})),
               InputError);
  EXPECT_THROW(
      static_cast<void>(test::run_case(c, decode, golden.model, {{{1}}, {other.model.make_cache()}})),
      InputError);
  // 32 points and then 8 across them do not fit 128 channels.
  const Case wide("lightmamba-vck190-w4a4", "tiny64_L8",
                  {"/design/units/htu_matrix/within=16", "/design/units/htu_matrix/points=320"});
  EXPECT_THROW(static_cast<void>(test::run_case(wide, decode, golden.model, {{{1, 2}}, {}})), InputError);
}

}  // namespace
}  // namespace statelane
