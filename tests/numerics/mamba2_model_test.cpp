// SPDX-License-Identifier: Apache-2.0
#include "models/numerics/mamba2_model.h"

#include <gtest/gtest.h>

#include <cmath>
#include <fstream>
#include <iterator>

#include "tests/numerics/golden_case.h"

namespace statelane {
namespace {

using test::GoldenCase;
using test::Recorder;

const char* const kCases[] = {"golden/d128_n4_L64",      "golden/d256_N128_L256", "golden/tiny64_L8",
                              "golden/tiny64_bigdt_L64", "golden/tiny64_g2_L64",  "golden/tiny64_short_L2",
                              "models/tiny-mamba2-en"};

class Golden : public testing::TestWithParam<const char*> {};

void expect_cache(const GoldenCase& golden, const ModelCache& cache, const std::string& prefix) {
  const ModelDims& m = golden.model.dims();
  for (std::size_t i = 0; i < m.layers; ++i) {
    const std::string suffix = std::to_string(i);
    EXPECT_LE(golden.error_ratio(prefix + "ssm_state." + suffix,
                                 test::state_in_golden_order(m, cache.layers[i].state)),
              1.0)
        << suffix;
    EXPECT_LE(golden.error_ratio(prefix + "conv_state." + suffix,
                                 test::conv_in_golden_order(m, cache.layers[i].conv)),
              1.0)
        << suffix;
  }
}

void expect_argmax(const GoldenCase& golden, std::span<const float> logits) {
  const auto wanted = golden.integers("prefill.argmax");
  const std::size_t vocab = golden.model.dims().vocab;
  for (std::size_t t = 0; t < wanted.size(); ++t) {
    const auto row = logits.subspan(t * vocab, vocab);
    EXPECT_EQ(std::max_element(row.begin(), row.end()) - row.begin(), wanted[t]) << "position " << t;
  }
}

/// Prefill by one form of the scan, then the decode steps, against the golden vectors.
void run_golden(const GoldenCase& golden, std::optional<std::size_t> chunk) {
  ForwardOptions options;
  options.chunk = chunk;
  ModelCache cache = golden.model.make_cache();
  const auto prompt = golden.integers("input_ids");
  const std::vector<float> logits = golden.model.forward(prompt, cache, options);
  EXPECT_LE(golden.error_ratio("prefill.logits", logits), 1.0);
  expect_cache(golden, cache, "prefill.");
  if (golden.has("prefill.argmax")) expect_argmax(golden, logits);
  std::vector<float> steps;
  for (const std::int64_t token : golden.integers("step_ids")) {
    const std::vector<float> row = golden.model.forward({&token, 1}, cache);
    steps.insert(steps.end(), row.begin(), row.end());
  }
  EXPECT_LE(golden.error_ratio("step.logits", steps), 1.0);
  expect_cache(golden, cache, "step.");
}

TEST_P(Golden, RecurrentPrefillAndDecode) {
  run_golden(GoldenCase(GetParam()), std::nullopt);
}

TEST_P(Golden, ChunkedPrefillAndDecode) {
  const GoldenCase golden(GetParam());
  for (const std::size_t chunk : {1U, 7U, 64U, 256U, 1000U}) {
    SCOPED_TRACE(chunk);
    run_golden(golden, chunk);
  }
}

TEST_P(Golden, TensorsBetweenOperators) {
  const GoldenCase golden(GetParam());
  const std::pair<Tap, std::string> named[] = {
      {Tap::kNormOut, "norm_out"},     {Tap::kInProjOut, "in_proj_out"},       {Tap::kDt, "dt"},
      {Tap::kSsmOut, "ssm_y"},         {Tap::kGatedNormOut, "gated_norm_out"}, {Tap::kMixerOut, "mixer_out"},
      {Tap::kResidual, "residual_out"}};
  std::vector<Tap> taps{Tap::kFinalNormOut, Tap::kX, Tap::kB, Tap::kC};
  for (const auto& [tap, name] : named) taps.push_back(tap);
  Recorder recorder(taps);
  ForwardOptions options;
  options.hook = &recorder;
  ModelCache cache = golden.model.make_cache();
  const auto prompt = golden.integers("input_ids");
  (void)golden.model.forward(prompt, cache, options);
  const ModelDims& m = golden.model.dims();
  std::size_t compared = 0;
  for (std::size_t i = 0; i < m.layers; ++i) {
    for (const auto& [tap, name] : named) {
      const std::string tensor = "prefill.layer" + std::to_string(i) + "." + name;
      if (!golden.has(tensor)) continue;  // only the "full" cases hold every tensor
      EXPECT_LE(golden.error_ratio(tensor, recorder.get(tap, i)), 1.0) << tensor;
      ++compared;
    }
    const std::string joint = "prefill.layer" + std::to_string(i) + ".xBC_conv_silu";
    if (!golden.has(joint)) continue;
    std::vector<float> xbc;
    for (std::size_t t = 0; t < prompt.size(); ++t) {
      for (const auto& [tap, width] :
           {std::pair(Tap::kX, m.d_inner), std::pair(Tap::kB, m.groups * m.d_state),
            std::pair(Tap::kC, m.groups * m.d_state)}) {
        const auto row = std::span(recorder.get(tap, i)).subspan(t * width, width);
        xbc.insert(xbc.end(), row.begin(), row.end());
      }
    }
    EXPECT_LE(golden.error_ratio(joint, xbc), 1.0);
  }
  EXPECT_GT(compared, 0U);
  if (golden.has("prefill.final_norm_out")) {
    EXPECT_LE(golden.error_ratio("prefill.final_norm_out", recorder.get(Tap::kFinalNormOut, m.layers)), 1.0);
  }
}

TEST_P(Golden, DecodeTokenByTokenHasTheBitsOfPrefill) {
  const GoldenCase golden(GetParam());
  const auto prompt = golden.integers("input_ids");
  ModelCache together = golden.model.make_cache();
  const std::vector<float> prefill = golden.model.forward(prompt, together);
  ModelCache single = golden.model.make_cache();
  std::vector<float> steps;
  for (const std::int64_t token : prompt) {
    const std::vector<float> row = golden.model.forward({&token, 1}, single);
    steps.insert(steps.end(), row.begin(), row.end());
  }
  EXPECT_EQ(prefill, steps);
  for (std::size_t i = 0; i < single.layers.size(); ++i) {
    EXPECT_EQ(single.layers[i].state, together.layers[i].state);
    EXPECT_EQ(single.layers[i].conv, together.layers[i].conv);
  }
}

TEST_P(Golden, MaterialisedScanHasTheBitsOfTheFusedOne) {
  const GoldenCase golden(GetParam());
  const auto prompt = golden.integers("input_ids");
  ModelCache a = golden.model.make_cache();
  ModelCache b = golden.model.make_cache();
  Recorder recorder({Tap::kStateForC, Tap::kDtBx});
  ForwardOptions options;
  options.hook = &recorder;
  EXPECT_EQ(golden.model.forward(prompt, a), golden.model.forward(prompt, b, options));
}

INSTANTIATE_TEST_SUITE_P(Cases, Golden, testing::ValuesIn(kCases), [](const auto& test_case) {
  std::string name = std::filesystem::path(test_case.param).filename().string();
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
});

TEST(Mamba2Model, HuggingFaceNamesGiveTheSameModel) {
  const GoldenCase golden("golden/tiny64_L8");
  const Mamba2Model hf(load_model(test::data_path("golden/tiny64_L8/hf")));
  const auto prompt = golden.integers("input_ids");
  ModelCache a = golden.model.make_cache();
  ModelCache b = hf.make_cache();
  EXPECT_EQ(golden.model.forward(prompt, a), hf.forward(prompt, b));
}

TEST(Mamba2Model, GreedyContinuationOfTheTrainedModel) {
  const GoldenCase golden("models/tiny-mamba2-en");
  const auto wanted = golden.integers("greedy.tokens");
  ModelCache cache = golden.model.make_cache();
  std::vector<float> logits = golden.model.forward(golden.integers("greedy.prompt"), cache);
  std::vector<std::int64_t> made;
  while (made.size() < wanted.size()) {
    const auto last = std::span(logits).last(golden.model.dims().vocab);
    made.push_back(std::max_element(last.begin(), last.end()) - last.begin());
    logits = golden.model.forward({&made.back(), 1}, cache);
  }
  EXPECT_EQ(made, wanted);
}

TEST(Mamba2Model, TokensOutOfRangeAreOneClearError) {
  const GoldenCase golden("golden/tiny64_short_L2");
  for (const std::int64_t token : {std::int64_t{-1}, std::int64_t{256}}) {
    ModelCache cache = golden.model.make_cache();
    try {
      (void)golden.model.forward({&token, 1}, cache);
      ADD_FAILURE() << token;
    } catch (const InputError& e) {
      EXPECT_NE(std::string(e.what()).find("outside the vocabulary"), std::string::npos) << e.what();
    }
  }
}

}  // namespace
}  // namespace statelane
