// SPDX-License-Identifier: Apache-2.0
// simulate --out and report, from outside: what the page shows agrees with the result.
#include <gtest/gtest.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "tests/cli/program.h"

namespace statelane {
namespace {

using Json = nlohmann::json;

class RunReport : public ::testing::TestWithParam<std::string> {
 protected:
  void SetUp() override {
    const std::string out = scratch_.path() / "r.json";
    const ProgramResult r = run_statelane({"simulate", GetParam(), "--out", out, "--json"});
    ASSERT_EQ(r.exit_code, 0) << r.err;
    printed_ = Json::parse(r.out);
    written_ = Json::parse(file_text(out));
  }
  ScratchDirectory scratch_;
  Json printed_, written_;
};

TEST_P(RunReport, TheFileHasAllThatIsPrinted) {
  for (const auto& [key, value] : printed_.items()) {
    if (key == "simulation_wall_s") continue;
    EXPECT_EQ(written_.at(key), value) << key;
  }
}

TEST_P(RunReport, TheProfileCarriesEveryByteToTheChannelThatServedIt) {
  const Json& channels = written_.at("profile").at("memory").at("channels");
  const Json& served = written_.at("memory").at("channels");
  ASSERT_EQ(channels.size(), served.size());
  double read = 0, written = 0;
  const double time = written_.at("latency_s");
  for (std::size_t i = 0; i < channels.size(); ++i) {
    double in = 0, out = 0;
    for (const double b : channels[i].at("bytes_read")) in += b;
    for (const double b : channels[i].at("bytes_written")) out += b;
    read += in;
    written += out;
    const double here = in + out;
    // The memory serves whole bursts and intervals are rounded to bytes: a part in ten thousand.
    EXPECT_NEAR(here, served[i].at("bandwidth_gb_s").get<double>() * 1e9 * time, 1e-4 * here + 4096) << i;
  }
  EXPECT_NEAR(read, written_.at("memory").at("bytes_read").get<double>(), 1e-6 * read + 16384);
  EXPECT_NEAR(written, written_.at("memory").at("bytes_written").get<double>(), 1e-6 * written + 16384);
}

TEST_P(RunReport, TheTimelineIsOneOfFirings) {
  const Json& timeline = written_.at("profile").at("timeline");
  const Json& actors = written_.at("graph").at("actors");
  ASSERT_EQ(timeline.at("actors").size(), actors.size());
  const double end = timeline.at("end_ns");
  for (std::size_t i = 0; i < actors.size(); ++i) {
    const Json& flat = timeline.at("actors")[i];
    ASSERT_EQ(flat.size() % 3, 0U);
    double last = 0;
    for (std::size_t k = 0; k < flat.size(); k += 3) {
      // Requests of a DMA overlap at the memory's end; a unit does one thing at a time.
      if (actors[i].at("kind") == "compute") {
        EXPECT_GE(flat[k].get<double>(), last) << actors[i];
      }
      last = flat[k].get<double>() + flat[k + 1].get<double>();
      EXPECT_LE(last, end);
      EXPECT_LT(flat[k + 2].get<std::size_t>(), timeline.at("labels").size());
    }
  }
}

TEST_P(RunReport, OperatorsAddUpToTheDesign) {
  double bytes = 0;
  for (const Json& o : written_.at("roofline").at("operators")) {
    bytes += o.at("bytes").get<double>();
    EXPECT_GT(o.at("operations").get<double>(), 0) << o;
    EXPECT_LE(o.at("busy_s").get<double>(), written_.at("latency_s").get<double>() * (1 + 1e-9)) << o;
  }
  const Json& memory = written_.at("memory");
  EXPECT_DOUBLE_EQ(bytes, memory.at("bytes_read").get<double>() + memory.at("bytes_written").get<double>());
  double joules = 0;
  for (const auto& [name, kinds] : written_.at("energy_operators").items()) {
    for (const auto& [kind, value] : kinds.items()) joules += value.get<double>();
  }
  EXPECT_NEAR(joules, written_.at("energy_j_per_token").get<double>(), 1e-9 * joules);
  for (const auto& [kind, cycles] : written_.at("bounds").items())
    EXPECT_LE(cycles.get<double>(), written_.at("bound_cycles").get<double>()) << kind;
}

TEST_P(RunReport, AlternativesKeepTheirPromiseInClosedForm) {
  for (const Json& a : written_.at("alternatives")) {
    if (a.contains("problem")) continue;
    std::vector<std::string> arguments = {"simulate", GetParam(), "--fidelity",
                                          "bound",    "--json",   "--allow-oversize"};
    for (const Json& s : a.at("settings")) {
      arguments.emplace_back("--set");
      arguments.push_back(s.get<std::string>());
    }
    const ProgramResult r = run_statelane(arguments);
    ASSERT_EQ(r.exit_code, 0) << a << r.err;
    const double base = written_.at("tokens").get<double>() / written_.at("bound_cycles").get<double>() *
                        written_.at("setting").at("clock_hz").get<double>();
    EXPECT_NEAR(Json::parse(r.out).at("throughput_tokens_per_s").get<double>() / base - 1,
                a.at("gain").get<double>(), 1e-9)
        << a;
  }
}

TEST_P(RunReport, APageIsWritten) {
  const std::string page = scratch_.path() / "r.html";
  const ProgramResult r = run_statelane({"report", (scratch_.path() / "r.json").string(), "--out", page});
  ASSERT_EQ(r.exit_code, 0) << r.err;
  const std::string html = file_text(page);
  EXPECT_EQ(html.rfind("<!DOCTYPE html>", 0), 0U);
  EXPECT_LT(html.size(), 3'000'000U);
}

INSTANTIATE_TEST_SUITE_P(Published, RunReport,
                         ::testing::Values("lightmamba-vck190-w4a4-decode-2.7b",
                                           "lightmamba-u280-w4a4-decode-2.7b",
                                           "fastmamba-vc709-w8a8-prefill-130m-l64"),
                         [](const auto& i) {
                           std::string name = i.param;
                           for (char& c : name)
                             c = std::isalnum(static_cast<unsigned char>(c)) != 0 ? c : '_';
                           return name;
                         });

TEST(Report, WrongInputIsExitCode2) {
  const ScratchDirectory scratch;
  const std::string out = scratch.path() / "x.html";
  EXPECT_EQ(run_statelane({"report", "none.json", "--out", out}).exit_code, 2);
  const auto list = scratch.write("list.json", "[1]");
  EXPECT_EQ(run_statelane({"report", list.string(), "--out", out}).exit_code, 2);
  const auto other = scratch.write("other.json", R"({"design": "x"})");
  const ProgramResult r = run_statelane({"report", other.string(), "--out", out});
  EXPECT_EQ(r.exit_code, 2);
  EXPECT_NE(r.err.find("throughput_tokens_per_s"), std::string::npos) << r.err;
  EXPECT_EQ(run_statelane({"report", other.string()}).exit_code, 2);
}

}  // namespace
}  // namespace statelane
