// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "tests/cli/program.h"

namespace statelane {
namespace {

using Json = nlohmann::json;

constexpr const char* published = R"({
  "points": [{"id": "p", "experiment": "lightmamba-vck190-w4a4-decode-2.7b", "source": "arXiv 0000.00000, a|b",
              "measured": {"throughput_tokens_per_s": 7.21}, "resources": {"lut": 1000, "uram": 61}}],
  "series": [{"title": "T", "source": "S", "rows": [
    {"label": "a|b", "experiment": "lightmamba-vck190-w4a4-decode-2.7b"}%s]}]
})";

std::string with(const std::string& more) {
  std::string text = published;
  return text.replace(text.find("%s"), 2, more);
}

TEST(Reproduce, SaysPublishedSimulatedAndErrorOfEveryRow) {
  const ScratchDirectory scratch;
  const auto file = scratch.write("p.json", with(""));
  const std::string markdown = scratch.path() / "r.md";
  const ProgramResult r = run_statelane({"reproduce", file.string(), "--json", "--markdown", markdown});
  ASSERT_EQ(r.exit_code, 0) << r.err;
  const Json json = Json::parse(r.out);
  const Json& rows = json.at("points").at(0).at("rows");
  ASSERT_EQ(rows.size(), 3U);
  const ProgramResult simulated = run_statelane({"simulate", "lightmamba-vck190-w4a4-decode-2.7b", "--json"});
  const Json result = Json::parse(simulated.out);
  EXPECT_EQ(rows.at(0).at("simulated"), result.at("throughput_tokens_per_s"));
  EXPECT_NEAR(rows.at(0).at("error").get<double>(), rows.at(0).at("simulated").get<double>() / 7.21 - 1,
              1e-12);
  EXPECT_EQ(rows.at(0).at("within"), true);
  EXPECT_EQ(rows.at(1).at("within"), false) << "1000 LUTs";
  EXPECT_EQ(json.at("series").at(0).at("rows").at(0).at("published_tokens_per_s"), 7.21);
  const std::string text = file_text(markdown);
  EXPECT_NE(text.find("**outside**"), std::string::npos);
  EXPECT_NE(text.find("| a\\|b | 7.21 |"), std::string::npos) << text;
}

TEST(Reproduce, AnExperimentThatFailsIsARowAndExitCode1) {
  const ScratchDirectory scratch;
  const auto file = scratch.write("p.json", with(R"(, {"label": "x", "experiment": "no-such-experiment"})"));
  const ProgramResult r = run_statelane({"reproduce", file.string()});
  EXPECT_EQ(r.exit_code, 1);
  EXPECT_NE(r.out.find("failed: "), std::string::npos) << r.out;
  EXPECT_NE(r.err.find("no-such-experiment"), std::string::npos) << r.err;
  EXPECT_EQ(run_statelane({"reproduce", "none"}).exit_code, 2);
}

}  // namespace
}  // namespace statelane
