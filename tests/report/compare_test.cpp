// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "tests/cli/program.h"

namespace statelane {
namespace {

using Json = nlohmann::json;

class Compare : public ::testing::Test {
 protected:
  [[nodiscard]] std::string result(const std::string& name, const std::string& clock) const {
    const std::string path = scratch_.path() / name;
    const ProgramResult r = run_statelane({"simulate", "lightmamba-vck190-w4a4-decode-2.7b", "--fidelity",
                                           "bound", "--set", "/design/clock=" + clock, "--out", path});
    EXPECT_EQ(r.exit_code, 0) << r.err;
    return path;
  }
  ScratchDirectory scratch_;
};

TEST_F(Compare, RatiosAreAgainstTheFirst) {
  const std::string a = result("a.json", "400 MHz"), b = result("b.json", "100 MHz");
  const ProgramResult r = run_statelane({"compare", a, b, "--json"});
  ASSERT_EQ(r.exit_code, 0) << r.err;
  const Json json = Json::parse(r.out);
  EXPECT_EQ(json.at("names"), Json({"a", "b"}));
  const auto rate = [](const std::string& path) {
    return Json::parse(file_text(path)).at("throughput_tokens_per_s").get<double>();
  };
  const Json& first = json.at("figures").at(0);
  EXPECT_EQ(first.at("figure"), "throughput_tokens_per_s");
  EXPECT_DOUBLE_EQ(first.at("values").at(1), rate(b));
  EXPECT_DOUBLE_EQ(first.at("ratios").at(1), rate(b) / rate(a));
  EXPECT_DOUBLE_EQ(first.at("ratios").at(0), 1.0);
  for (const Json& f : json.at("figures")) {
    if (f.at("figure") != "memory/efficiency") continue;
    EXPECT_TRUE(f.at("values").at(0).is_null()) << "nothing was simulated";
  }
  const ProgramResult text = run_statelane({"compare", a, b});
  EXPECT_NE(text.out.find("throughput            tokens/s"), std::string::npos) << text.out;
}

TEST_F(Compare, FilesThatAreNoResultsAreRefused) {
  const std::string a = result("a.json", "400 MHz");
  const auto other = scratch_.write("other.json", "{}");
  EXPECT_EQ(run_statelane({"compare", a, other.string()}).exit_code, 2);
  EXPECT_EQ(run_statelane({"compare", a, "none.json"}).exit_code, 2);
  EXPECT_EQ(run_statelane({"compare"}).exit_code, 2);
}

TEST_F(Compare, AlikeNamesAreToldApartByTheirPaths) {
  const std::string a = result("a.json", "400 MHz");
  const Json json = Json::parse(run_statelane({"compare", a, a, "--json"}).out);
  EXPECT_EQ(json.at("names").at(0), a);
}

}  // namespace
}  // namespace statelane
