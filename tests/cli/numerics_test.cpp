// SPDX-License-Identifier: Apache-2.0
// infer, accuracy, and the functional mode in a scheme's integers, on the small trained model.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "tests/cli/program.h"
#include "tests/source_folder.h"

namespace statelane {
namespace {

const std::string root = source_folder();
const std::string model = root + "/tests/data/models/tiny-mamba2-en";

ProgramResult carry(const std::string& experiment, const std::string& scheme,
                    const std::vector<std::string>& more = {}) {
  std::vector<std::string> arguments{"simulate",
                                     experiment,
                                     "--set",
                                     "/design/schedule/tile_states=64",
                                     "--json",
                                     "--functional",
                                     model,
                                     "--scheme",
                                     scheme,
                                     "--set",
                                     "/phase/length=3"};
  arguments.insert(arguments.end(), more.begin(), more.end());
  return run_statelane(arguments);
}

void expect_equal_bits(const ProgramResult& run, const std::string& scheme, int logits) {
  ASSERT_EQ(run.exit_code, 0) << run.err;
  const auto functional = nlohmann::json::parse(run.out).at("functional");
  EXPECT_EQ(functional.at("arithmetic"), scheme);
  EXPECT_EQ(functional.at("logits"), logits);
  EXPECT_EQ(functional.at("equal_bits"), true);
}

TEST(FunctionalMode, CarriesTheIntegersOfAScheme) {
  expect_equal_bits(carry("lightmamba-vck190-w4a4-decode-2.7b", "lightmamba-w4a4-shift"),
                    "lightmamba-w4a4-shift", 3);
  expect_equal_bits(carry("fastmamba-vc709-w8a8-decode-2.7b", root + "/configs/schemes/fastmamba-w8a8.json"),
                    "fastmamba-w8a8", 3);
  expect_equal_bits(
      carry("fastmamba-vc709-w8a8-decode-2.7b", "fastmamba-w8a8", {"--set", "/phase/kind=prefill"}),
      "fastmamba-w8a8", 1);
}

/// Two prompts are read, every token's logits and every state compared, and the logits written.
void expect_prompts_carried(const std::string& experiment, const std::string& scheme) {
  const ScratchDirectory scratch;
  const auto tokens = scratch.write("tokens.txt", "72, 101, 32, 84, 104, 101");
  const std::string out = (scratch.path() / "logits.safetensors").string();
  const auto run = carry(experiment, scheme,
                         {"--set", "/phase/kind=prefill", "--set", "/phase/batch=2", "--prompt-tokens",
                          tokens.string(), "--out-logits", out});
  expect_equal_bits(run, scheme, 2);
  const auto functional = nlohmann::json::parse(run.out).at("functional");
  EXPECT_EQ(functional.at("tokens"), 6);
  EXPECT_EQ(functional.at("states"), 8);
  const std::string file = file_text(out);
  EXPECT_NE(file.find("\"shape\":[2,3,256]"), std::string::npos);
  EXPECT_GT(file.size(), 6U * 256U * sizeof(float));
}

TEST(FunctionalMode, TakesPromptsAndWritesLogits) {
  expect_prompts_carried("lightmamba-vck190-w4a4-decode-2.7b", "lightmamba-w4a4-shift");
  expect_prompts_carried("fastmamba-vc709-w8a8-decode-2.7b", "fastmamba-w8a8");
}

void expect_refused(const ProgramResult& run, const std::string& message) {
  EXPECT_EQ(run.exit_code, 2);
  EXPECT_EQ(run.out, "");
  EXPECT_NE(run.err.find(message), std::string::npos) << run.err;
}

TEST(FunctionalMode, RefusesPromptsOfAnotherLength) {
  const ScratchDirectory scratch;
  const auto tokens = scratch.write("tokens.txt", "[1, 2, 3, 4]");
  expect_refused(carry("fastmamba-vc709-w8a8-decode-2.7b", "fastmamba-w8a8",
                       {"--set", "/phase/kind=prefill", "--prompt-tokens", tokens.string()}),
                 "each needs 3");
}

TEST(FunctionalMode, RefusesSchemesThatDoNotFit) {
  const std::string design = "lightmamba-vck190-w4a4-decode-2.7b";
  expect_refused(carry(design, "fastmamba-w8a8"), "does not fit the design");
  expect_refused(carry(design, "rtn-w4a4"), "defines no integer arithmetic");
  expect_refused(carry(design, "lightmamba-w4a4-shft"), "did you mean 'lightmamba-w4a4-shift'?");
  expect_refused(carry("lightmamba-vck190-w4a4-norot-decode-2.7b", "lightmamba-w4a4-shift"),
                 "needs a Hadamard unit");
}

TEST(InferCommand, WritesLogits) {
  const ScratchDirectory scratch;
  const auto text = scratch.write("prompt.txt", "The way is");
  const std::string out = (scratch.path() / "logits.safetensors").string();
  const auto run =
      run_statelane({"infer", model, "--tokens", text.string(), "--bytes", "--scheme",
                     "lightmamba-w4a4-shift", "--arithmetic", "integer", "--out", out, "--json"});
  ASSERT_EQ(run.exit_code, 0) << run.err;
  const auto json = nlohmann::json::parse(run.out);
  EXPECT_EQ(json.at("tokens"), 10);
  EXPECT_EQ(json.at("vocab"), 256);
  EXPECT_EQ(json.at("scheme"), "lightmamba-w4a4-shift (integer)");
  EXPECT_GT(std::filesystem::file_size(out), 10U * 256U * sizeof(float));
  const auto tokens = scratch.write("tokens.txt", "72, 256");
  expect_refused(run_statelane({"infer", model, "--tokens", tokens.string(), "--out", out}), "256");
  expect_refused(run_statelane({"infer", model + "/config.json", "--tokens", tokens.string(), "--out", out}),
                 "config.json");
}

TEST(AccuracyCommand, TablesAndJson) {
  const ScratchDirectory scratch;
  const std::string out = (scratch.path() / "result.json").string();
  const auto run =
      run_statelane({"accuracy", model, "--text", model + "/eval.bin", "--window", "128", "--windows", "3",
                     "--pairs", "--out", out, "--scheme", "rtn-w4a4", "lightmamba-w4a4"});
  ASSERT_EQ(run.exit_code, 0) << run.err;
  EXPECT_NE(run.out.find("| rtn-w4a4 | lightmamba-w4a4 |"), std::string::npos) << run.out;
  EXPECT_NE(run.err.find("s left"), std::string::npos);
  const auto json = nlohmann::json::parse(file_text(out));
  ASSERT_EQ(json.at("schemes").size(), 3U);
  EXPECT_EQ(json.at("windows"), 3);
  const auto& reference = json.at("schemes")[0];
  const auto& rtn = json.at("schemes")[1];
  EXPECT_EQ(reference.at("kl_bits"), 0.0);
  EXPECT_GT(rtn.at("kl_bits"), 0.0);
  EXPECT_NEAR(rtn.at("bits_per_token").get<double>() - reference.at("bits_per_token").get<double>(),
              rtn.at("bits_above_reference").get<double>(), 1e-9);
}

}  // namespace
}  // namespace statelane
