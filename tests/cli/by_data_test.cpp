// SPDX-License-Identifier: Apache-2.0
// A board and a network added by data alone, exactly as docs/add-a-board.md and docs/add-a-network.md say.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "tests/cli/document.h"

namespace ssmscope {
namespace {

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

TEST(AddABoard, ThePageWorksAsItStands) {
  const ScratchDirectory scratch;
  const auto results = carry_out(read_document("add-a-board.md"), scratch);
  ASSERT_EQ(results.size(), 1U);
  EXPECT_EQ(results[0].exit_code, 0) << results[0].err;
  EXPECT_TRUE(contains(results[0].out, "boards/my-board.json: a valid board")) << results[0].out;
  EXPECT_TRUE(contains(results[0].out, "XCKU5P")) << results[0].out;
  EXPECT_TRUE(contains(results[0].out, "on my-board at 300 MHz")) << results[0].out;
}

TEST(AddABoard, ItsResourcesDecideWhatFits) {
  const ScratchDirectory scratch;
  (void)carry_out(read_document("add-a-board.md"), scratch);
  const ProgramSettings settings{scratch.path(), {{"SSMSCOPE_CONFIGS", scratch.path().string()}}};
  std::vector<std::string> arguments = {
      "simulate", "lightmamba-vck190-w4a4-decode-2.7b", "--fidelity", "bound", "--set", "/board=small",
      "--json"};
  auto json = nlohmann::json::parse(file_text(scratch.path() / "boards/my-board.json"));
  json["resources"]["dsp"] = 100;
  scratch.write("boards/small.json", json.dump());
  EXPECT_EQ(run_ssmscope(arguments, settings).exit_code, 1);
  json["resources"]["dsp"] = 1000;
  scratch.write("boards/small.json", json.dump());
  const ProgramResult r = run_ssmscope(arguments, settings);
  EXPECT_EQ(r.exit_code, 0) << r.err;
  const auto resources = nlohmann::json::parse(r.out).at("resources");
  EXPECT_GT(resources.at("dsp").get<double>(), 100);
  EXPECT_DOUBLE_EQ(resources.at("of_board").at("dsp").get<double>() * 1000,
                   resources.at("dsp").get<double>());
}

TEST(AddANetwork, ThePageWorksAsItStands) {
  const ScratchDirectory scratch;
  const auto results = carry_out(read_document("add-a-network.md"), scratch);
  ASSERT_EQ(results.size(), 2U);
  for (const ProgramResult& r : results) EXPECT_EQ(r.exit_code, 0) << r.err;
  EXPECT_TRUE(contains(results[0].out, "20 layers of 1280")) << results[0].out;
  EXPECT_TRUE(contains(results[0].out, "(my-mamba)")) << results[0].out;
  EXPECT_TRUE(contains(results[1].out, "(original)")) << results[1].out;
}

TEST(AddANetwork, BothFormsOfAPublishedModelAreTheShippedNetwork) {
  const ScratchDirectory scratch;
  (void)carry_out(read_document("add-a-network.md"), scratch);
  const auto cycles = [&](const std::string& network) {
    const ProgramResult r = run_ssmscope({"simulate", "fastmamba-vc709-w8a8-decode-2.7b", "--fidelity",
                                          "bound", "--json", "--set", "/network=" + network},
                                         {scratch.path(), {}});
    EXPECT_EQ(r.exit_code, 0) << r.err;
    return nlohmann::json::parse(r.out).at("cycles").get<std::int64_t>();
  };
  const std::int64_t shipped = cycles("mamba2-370m");
  EXPECT_GT(shipped, 0);
  EXPECT_EQ(cycles("./original"), shipped);
  EXPECT_EQ(cycles("hugging-face/config.json"), shipped);
}

}  // namespace
}  // namespace ssmscope
