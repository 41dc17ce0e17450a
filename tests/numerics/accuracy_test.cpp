// SPDX-License-Identifier: Apache-2.0
#include "models/numerics/accuracy.h"

#include <gtest/gtest.h>

#include <cmath>
#include <fstream>
#include <nlohmann/json.hpp>

#include "tests/numerics/golden_case.h"
#include "tests/numerics/trained_model.h"

namespace statelane {
namespace {

using test::held_out_text;
using test::trained_model;

Candidate candidate(const ModelWeights& weights, const Scheme& scheme) {
  const auto model = std::make_shared<const QuantizedModel>(weights, scheme, test::calibration_text());
  return {scheme.name, [model](std::span<const std::int64_t> tokens, ResidualTrace* trace) {
            ModelCache cache = model->make_cache();
            return model->forward(tokens, cache, trace);
          }};
}

std::vector<double> published_windows(const std::string& model) {
  std::ifstream in(test::data_path("models/" + model + "/eval_fp32.json"));
  return nlohmann::json::parse(in).at("bpb_per_window").get<std::vector<double>>();
}

/// Bits per byte of an independent float32 implementation, to the 1e-4 its README asks for.
void expect_published(const ModelWeights& weights, const std::string& name, std::size_t windows) {
  const std::vector<double> wanted = published_windows(name);
  const auto scores = measure_accuracy(candidate(weights, Scheme{}), {}, held_out_text(windows), 2);
  for (std::size_t i = 0; i < windows; ++i)
    EXPECT_NEAR(scores[0].windows[i].bits_per_token(), wanted[i], 1e-4) << i;
}

TEST(Accuracy, FirstWindowsHaveThePublishedBitsPerByte) {
  expect_published(trained_model(), "tiny-mamba2-en", 4);
  expect_published(test::outlier_model(), "tiny-mamba2-en-outliers", 2);
}

TEST(AccuracySlow, AllWindowsHaveThePublishedBitsPerByte) {
  expect_published(trained_model(), "tiny-mamba2-en", 89);
}

/// A toy model with two words: probability p of word 1, always.
Candidate coin(const char* name, double p) {
  const auto odds = static_cast<float>(std::log(p / (1.0 - p)));
  return {name, [odds](std::span<const std::int64_t> tokens, ResidualTrace* trace) {
            if (trace != nullptr) trace->assign(1, std::vector<float>(tokens.size(), odds));
            std::vector<float> logits;
            for (std::size_t i = 0; i < tokens.size(); ++i) logits.insert(logits.end(), {0.0F, odds});
            return logits;
          }};
}

TEST(Accuracy, FiguresOfAToyModelAreWhatTheyShouldBe) {
  const std::vector<std::vector<std::int64_t>> windows = {{0, 1, 1, 0}, {1, 1, 1}};
  const std::vector<Candidate> candidates = {coin("quarter", 0.25)};
  const auto scores = measure_accuracy(coin("half", 0.75), candidates, windows, 1);
  const double right = -std::log2(0.75);
  const double wrong = -std::log2(0.25);
  ASSERT_EQ(scores.size(), 2U);
  EXPECT_EQ(scores[0].windows[0].scored, 3U);
  EXPECT_NEAR(scores[0].windows[0].bits, 2 * right + wrong, 1e-6);
  EXPECT_NEAR(scores[0].bits_per_token(), ((2 * right + wrong) / 3 + right) / 2, 1e-6);
  EXPECT_EQ(scores[0].kl_bits(), 0.0);
  EXPECT_EQ(scores[0].top1_agreement(), 1.0);
  EXPECT_EQ(scores[1].top1_agreement(), 0.0);
  EXPECT_NEAR(scores[1].kl_bits(), 0.5 * std::log2(3.0), 1e-6);
  EXPECT_NEAR(scores[1].perplexity(), std::exp2(scores[1].bits_per_token()), 1e-9);
  EXPECT_NEAR(scores[1].layer_error()[0], 2.0, 1e-6);  // odds of opposite sign
  const Estimate loss = difference(scores[1], scores[0]);
  const double first = (right - wrong + 2 * (wrong - right)) / 3;
  const double second = wrong - right;
  EXPECT_NEAR(loss.mean, (first + second) / 2, 1e-6);
  EXPECT_NEAR(loss.standard_error, std::abs(second - first) / 2, 1e-6);  // two values: half their distance
}

TEST(Accuracy, ThreadsChangeNothing) {
  const auto windows = held_out_text(3, 300);
  const std::vector<Candidate> candidates = {candidate(trained_model(), test::shipped_scheme("rtn-w4a4"))};
  const Candidate reference = candidate(trained_model(), Scheme{});
  std::vector<std::size_t> seen;
  const auto one = measure_accuracy(reference, candidates, windows, 1);
  const auto three =
      measure_accuracy(reference, candidates, windows, 3, [&](std::size_t done, std::size_t total) {
        seen.push_back(done);
        EXPECT_EQ(total, 6U);
      });
  EXPECT_EQ(seen, (std::vector<std::size_t>{1, 2, 3, 4, 5, 6}));
  for (std::size_t c = 0; c < one.size(); ++c) {
    for (std::size_t i = 0; i < windows.size(); ++i) {
      EXPECT_EQ(one[c].windows[i].bits, three[c].windows[i].bits);
      EXPECT_EQ(one[c].windows[i].kl_bits, three[c].windows[i].kl_bits);
      EXPECT_EQ(one[c].windows[i].layer_error, three[c].windows[i].layer_error);
    }
  }
}

TEST(Accuracy, FailuresOfACandidateReachTheCaller) {
  const std::vector<std::vector<std::int64_t>> windows = {{0, 1}, {1, 0}};
  const std::vector<Candidate> broken = {
      {"broken",
       [](std::span<const std::int64_t>, ResidualTrace*) -> std::vector<float> { throw InputError("no"); }}};
  EXPECT_THROW((void)measure_accuracy(coin("a", 0.5), broken, windows, 2), InputError);
  const std::vector<std::vector<std::int64_t>> short_window = {{1}};
  EXPECT_THROW((void)measure_accuracy(coin("a", 0.5), {}, short_window, 1), InputError);
}

/// At 8 bits every scheme stays within 1 % of float, and at 4 bits rotation wins: on eight windows here;
/// results/accuracy.md has all of them, with standard errors.
TEST(AccuracySlow, OrderOfTheSchemes) {
  const auto windows = held_out_text(8);
  std::vector<Candidate> candidates;
  const std::vector<std::string> names = {
      "rtn-w8a8",       "smoothquant-w8a8", "lightmamba-w8a8",  "lightmamba-w8a8-ssm", "fastmamba-lq-w8a8",
      "fastmamba-w8a8", "rtn-w4a4",         "smoothquant-w4a4", "lightmamba-w4a4"};
  for (const std::string& name : names) {
    const auto model = std::make_shared<const QuantizedModel>(trained_model(), test::shipped_scheme(name),
                                                              test::calibration_text(4, 2048));
    candidates.push_back({name, [model](std::span<const std::int64_t> tokens, ResidualTrace* trace) {
                            ModelCache cache = model->make_cache();
                            return model->forward(tokens, cache, trace);
                          }});
  }
  const auto scores = measure_accuracy(candidate(trained_model(), Scheme{}), candidates, windows, 2);
  for (std::size_t c = 1; c <= 6; ++c) {
    EXPECT_LT(std::abs(difference(scores[c], scores[0]).mean), 0.01 * scores[0].bits_per_token())
        << scores[c].name;
  }
  for (const std::size_t other : {7U, 8U}) {
    const Estimate gain = difference(scores[other], scores[9]);
    EXPECT_GT(gain.mean, 3.0 * gain.standard_error) << scores[other].name;
  }
}

}  // namespace
}  // namespace statelane
