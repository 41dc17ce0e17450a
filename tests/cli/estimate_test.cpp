// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "tests/cli/program.h"

namespace statelane {
namespace {

TEST(EstimateCommand, TreeBesideWhatIsPublished) {
  const auto run = run_statelane({"estimate", "fastmamba-vc709-w8a8-decode-2.7b", "--fidelity", "bound"});
  ASSERT_EQ(run.exit_code, 0) << run.err;
  for (const char* text :
       {"+- linear", "|  +- mat ", "132030", "by operator of a layer", "+- in_proj", "clock 250 MHz"})
    EXPECT_NE(run.out.find(text), std::string::npos) << text << "\n" << run.out;
}

TEST(EstimateCommand, JsonAddsUp) {
  const auto run =
      run_statelane({"estimate", "lightmamba-vck190-w4a4-decode-2.7b", "--fidelity", "bound", "--json"});
  ASSERT_EQ(run.exit_code, 0) << run.err;
  const auto json = nlohmann::json::parse(run.out);
  for (const char* kind : {"lut", "ff", "dsp", "bram18", "uram"}) {
    double components = 0;
    for (const auto& c : json.at("components")) {
      double parts = 0;
      for (const auto& part : c.at("parts")) parts += part.at(kind).get<double>();
      EXPECT_NEAR(parts, c.at(kind).get<double>(), 1e-6);
      components += parts;
    }
    EXPECT_NEAR(components, json.at("resources").at(kind).get<double>(), 1e-6) << kind;
  }
  double operators = 0;
  const auto& energy = json.at("energy_j_per_token");
  for (const auto& row : energy.at("by_operator")) operators += row.at("total").get<double>();
  EXPECT_NEAR(operators, energy.at("total").get<double>(), 1e-9);
  EXPECT_EQ(json.at("published").at("id"), "lightmamba-vck190-w4a4-decode-2.7b");
  EXPECT_EQ(json.at("frequency").at("closes"), true);
}

TEST(EstimateCommand, AChangedDesignIsNotThePublishedOne) {
  const auto run = run_statelane({"estimate", "fastmamba-vc709-w8a8-decode-2.7b", "--fidelity", "bound",
                                  "--json", "--set", "/design/clock=400 MHz"});
  ASSERT_EQ(run.exit_code, 0) << run.err;
  const auto json = nlohmann::json::parse(run.out);
  EXPECT_EQ(json.count("published"), 0U);
  EXPECT_EQ(json.at("frequency").at("closes"), false);
  EXPECT_FALSE(json.at("frequency").at("warnings").empty());
}

}  // namespace
}  // namespace statelane
