// SPDX-License-Identifier: Apache-2.0
// A board and a network added by data alone, exactly as docs/add-a-board.md and docs/add-a-network.md say.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "tests/cli/document.h"
#include "tests/source_folder.h"

namespace statelane {
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
  const ProgramSettings settings{scratch.path(), {{"STATELANE_CONFIGS", scratch.path().string()}}};
  std::vector<std::string> arguments = {
      "simulate", "lightmamba-vck190-w4a4-decode-2.7b", "--fidelity", "bound", "--set", "/board=small",
      "--json"};
  auto json = nlohmann::json::parse(file_text(scratch.path() / "boards/my-board.json"));
  json["resources"]["dsp"] = 100;
  scratch.write("boards/small.json", json.dump());
  EXPECT_EQ(run_statelane(arguments, settings).exit_code, 1);
  json["resources"]["dsp"] = 1000;
  scratch.write("boards/small.json", json.dump());
  const ProgramResult r = run_statelane(arguments, settings);
  EXPECT_EQ(r.exit_code, 0) << r.err;
  const auto resources = nlohmann::json::parse(r.out).at("resources");
  EXPECT_GT(resources.at("dsp").get<double>(), 100);
  EXPECT_DOUBLE_EQ(resources.at("of_board").at("dsp").get<double>() * 1000,
                   resources.at("dsp").get<double>());
}

/// An FPGA family is one file: its slices, delays and energies are those that a board of it is judged by.
TEST(AddAFamily, OneFileIsAllABoardOfItNeeds) {
  const ScratchDirectory scratch;
  const auto shipped = [](const char* file) {
    return nlohmann::json::parse(file_text(std::filesystem::path(source_folder()) / "configs" / file));
  };
  nlohmann::json family = shipped("families/versal.json");
  family["dsp_a"]["value"] = 12;  // a 4-bit pair needs 13
  family["node_nm"]["value"] = 14;
  family["fmax_dsp"]["value"] = 3.5e8;
  family["fmax_uram"]["value"] = 9e8;
  nlohmann::json board = shipped("boards/vck190.json");
  board["family"] = "narrow";
  board.erase("dsp_kind");
  board.erase("name");
  scratch.write("families/narrow.json", family.dump());
  scratch.write("boards/narrow-board.json", board.dump());
  const ProgramSettings settings{scratch.path(), {{"STATELANE_CONFIGS", scratch.path().string()}}};
  const auto estimate = [&](const std::string& name) {
    const ProgramResult r = run_statelane({"estimate", "lightmamba-vck190-w4a4-decode-2.7b", "--fidelity",
                                           "bound", "--json", "--set", "/board=" + name},
                                          settings);
    EXPECT_EQ(r.exit_code, 0) << r.err;
    return nlohmann::json::parse(r.out);
  };
  const nlohmann::json usual = estimate("vck190"), narrow = estimate("narrow-board");
  const auto dsp = [](const nlohmann::json& e) { return e.at("resources").at("dsp").get<double>(); };
  EXPECT_GE(dsp(narrow), dsp(usual) + 128);  // the matrix unit's pairs come apart
  const auto number = [](const nlohmann::json& e, const char* group, const char* key) {
    return e.at(group).at(key).get<double>();
  };
  EXPECT_GT(number(narrow, "energy_j_per_token", "clock"),
            1.9 * number(usual, "energy_j_per_token", "clock"));
  const auto clock = [&](const nlohmann::json& e) { return number(e, "frequency", "reachable_mhz"); };
  EXPECT_NEAR(clock(narrow), 350, 1e-6);
  EXPECT_FALSE(narrow.at("frequency").at("closes").get<bool>());
  EXPECT_GT(clock(usual), clock(narrow));
  EXPECT_TRUE(contains(run_statelane({"list", "families"}, settings).out, "narrow"));
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
    const ProgramResult r = run_statelane({"simulate", "fastmamba-vc709-w8a8-decode-2.7b", "--fidelity",
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
}  // namespace statelane
