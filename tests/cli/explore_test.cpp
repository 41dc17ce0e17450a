// SPDX-License-Identifier: Apache-2.0
// The commands of an exploration, from outside: one front for any number of jobs, shards and interruptions.
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <map>
#include <nlohmann/json.hpp>
#include <thread>

#include "tests/cli/program.h"

namespace statelane {
namespace {

constexpr const char* sweep = R"({
  "experiment": "lightmamba-vck190-w4a4-decode-2.7b",
  "settings": {"/network": "mamba2-130m", "/design/schedule/state_buffer": 24,
               "/design/units/htu_matrix/points": 12, "/design/units/htu_matrix/adders": 12},
  "axes": [
    {"name": "mmu_in", "pointer": "/design/units/mmu/inputs", "values": [8, 16]},
    {"name": "mmu_out", "pointer": "/design/units/mmu/outputs", "values": [8, 16, 32]},
    {"name": "lanes", "pointer": "/design/units/h_c/lanes", "values": [8, 16]},
    {"name": "mult", "pointer": "/design/units/mmu/multiplier", "values": ["lut", "dsp_packed"]}],
  "objectives": [{"figure": "throughput_tokens_per_s", "direction": "max"}, {"figure": "resources.lut", "direction": "min"}],
  "marks": [{"name": "published", "experiment": "lightmamba-vck190-w4a4-decode-2.7b"}]
})";

class Explore : public ::testing::Test {
 protected:
  Explore() : file_(scratch_.write("sweep.json", sweep).string()) {}
  [[nodiscard]] std::string path(const std::string& name) const { return scratch_.path() / name; }
  ProgramResult explore(const std::string& store, std::vector<std::string> more = {}) {
    std::vector<std::string> arguments = {"explore", file_, "--store", path(store)};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return run_statelane(arguments);
  }
  std::string csv(const std::string& store) {
    const ProgramResult r = run_statelane({"pareto", path(store), "--csv", path(store + ".csv")});
    EXPECT_EQ(r.exit_code, 0) << r.err;
    return file_text(path(store + ".csv"));
  }
  ScratchDirectory scratch_;
  std::string file_;
};

TEST_F(Explore, OneFrontForJobsShardsAndResumption) {
  const ProgramResult one = explore("one.db", {"--jobs", "1"});
  ASSERT_EQ(one.exit_code, 0) << one.err;
  EXPECT_NE(one.out.find("certificate exact"), std::string::npos) << one.out;
  EXPECT_EQ(one.err, "") << "no progress where nobody watches";
  const std::string expected = csv("one.db");
  EXPECT_GT(std::count(expected.begin(), expected.end(), '\n'), 2);

  ASSERT_EQ(explore("two.db", {"--jobs", "2"}).exit_code, 0);
  EXPECT_EQ(csv("two.db"), expected);

  for (const char* shard : {"1/3", "2/3", "3/3"})
    ASSERT_EQ(explore("part" + std::string(1, shard[0]) + ".db", {"--shard", shard}).exit_code, 0);
  ASSERT_EQ(run_statelane({"merge", path("all.db"), path("part2.db"), path("part3.db")}).exit_code, 0);
  const ProgramResult status = run_statelane({"status", path("all.db")});
  EXPECT_NE(status.out.find("--shard 1/3"), std::string::npos) << status.out;
  ASSERT_EQ(run_statelane({"merge", path("all.db"), path("part1.db")}).exit_code, 0);
  EXPECT_EQ(csv("all.db"), expected);

  // A budget that ends early, then more of it: what was simulated is not simulated again.
  const ProgramResult some = explore("resumed.db", {"--simulations", "2", "--json"});
  ASSERT_EQ(some.exit_code, 0) << some.err;
  const ProgramResult open = run_statelane({"status", path("resumed.db")});
  EXPECT_NE(open.out.find("to finish: statelane explore"), std::string::npos) << open.out;
  EXPECT_NE(open.out.find("3 simulations kept, 0 of them failed"), std::string::npos) << "the mark's too\n"
                                                                                      << open.out;
  EXPECT_EQ(explore("resumed.db").exit_code, 2) << "results are not overwritten";
  const ProgramResult rest = explore("resumed.db", {"--simulations", "0", "--resume", "--json"});
  ASSERT_EQ(rest.exit_code, 0) << rest.err;
  const auto last = nlohmann::json::parse(rest.out.substr(rest.out.rfind("\n", rest.out.size() - 2) + 1));
  EXPECT_EQ(last.at("event"), "result");
  EXPECT_EQ(last.at("reused"), 2);
  EXPECT_EQ(csv("resumed.db"), expected);
}

TEST_F(Explore, AKilledRunGoesOn) {
  ASSERT_EQ(explore("whole.db").exit_code, 0);
  for (const int signal : {SIGKILL, SIGINT}) {
    const std::string store = "killed" + std::to_string(signal) + ".db";
    const pid_t child = ::fork();
    if (child == 0) {
      (void)!std::freopen("/dev/null", "w", stdout);
      (void)!std::freopen("/dev/null", "w", stderr);
      const std::string program = STATELANE_PROGRAM_PATH;
      ::execl(program.c_str(), program.c_str(), "explore", file_.c_str(), "--store", path(store).c_str(),
              "--jobs", "1", nullptr);
      ::_exit(127);
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(250));
    ::kill(child, signal);
    int status = 0;
    ::waitpid(child, &status, 0);
    const ProgramResult resumed = explore(store, {"--resume"});
    ASSERT_EQ(resumed.exit_code, 0) << resumed.err;
    EXPECT_EQ(csv(store), csv("whole.db"));
  }
}

TEST_F(Explore, TellsWhatIsWrong) {
  EXPECT_EQ(explore("x.db", {"--strategy", "exakt"}).exit_code, 2);
  EXPECT_EQ(explore("x.db", {"--shard", "4/3"}).exit_code, 2);
  EXPECT_EQ(explore("x.db", {"--strategy", "nsga2", "--shard", "1/2"}).exit_code, 2);
  scratch_.write("text.db", std::string(2000, 'a'));
  const ProgramResult other = explore("text.db");
  EXPECT_EQ(other.exit_code, 2);
  EXPECT_NE(other.err.find("is no store of statelane"), std::string::npos) << other.err;
  EXPECT_EQ(run_statelane({"pareto", path("none.db")}).exit_code, 2);
  ASSERT_EQ(explore("good.db", {"--simulations", "1"}).exit_code, 0);
  const ProgramResult sweep_name = run_statelane({"pareto", path("good.db"), "--sweep", "swep"});
  EXPECT_NE(sweep_name.err.find("did you mean 'sweep'?"), std::string::npos) << sweep_name.err;
  EXPECT_EQ(run_statelane({"pareto", path("good.db"), "--objectives", "latency_s"}).exit_code, 2);
  EXPECT_EQ(run_statelane({"pareto", path("good.db"), "--objectives", "nothing:min"}).exit_code, 2);
  EXPECT_EQ(run_statelane({"pareto", path("good.db"), "--png", path("plot.bmp")}).exit_code, 2);
}

TEST_F(Explore, ADesignOfTheFrontIsAnExperimentLikeAnyOther) {
  ASSERT_EQ(explore("s.db").exit_code, 0);
  const std::string file = path("best.json");
  const ProgramResult r = run_statelane({"pareto", path("s.db"), "--experiment", file, "--json"});
  ASSERT_EQ(r.exit_code, 0) << r.err;
  const auto front = nlohmann::json::parse(r.out).at("front");
  ASSERT_GE(front.size(), 2U);
  for (const auto& point : {front.front(), front.back()}) {
    const std::string index = std::to_string(point.at("index").get<std::int64_t>());
    ASSERT_EQ(run_statelane({"pareto", path("s.db"), "--experiment", file, "--design", index}).exit_code, 0);
    const ProgramResult again = run_statelane({"simulate", file, "--json"});
    ASSERT_EQ(again.exit_code, 0) << again.err;
    EXPECT_DOUBLE_EQ(nlohmann::json::parse(again.out).at("throughput_tokens_per_s"),
                     point.at("figures").at("throughput_tokens_per_s"));
  }
  EXPECT_EQ(run_statelane({"hls", file, "--out", path("project")}).exit_code, 0);
  const ProgramResult none =
      run_statelane({"pareto", path("s.db"), "--experiment", file, "--design", "99999999"});
  EXPECT_EQ(none.exit_code, 2);
  EXPECT_NE(none.err.find("no design of the front has this index"), std::string::npos) << none.err;
}

TEST_F(Explore, DrawsEveryKindOfPlot) {
  ASSERT_EQ(explore("s.db").exit_code, 0);
  const std::string three = "throughput_tokens_per_s:max,resources.lut:min,energy_j_per_token:min";
  for (const char* kind : {"2d", "3d", "matrix", "parallel"}) {
    const ProgramResult r = run_statelane(
        {"pareto", path("s.db"), "--objectives", three, "--plot", kind, "--svg", path("p.svg"), "--json"});
    ASSERT_EQ(r.exit_code, 0) << kind << r.err;
    EXPECT_NE(file_text(path("p.svg")).find("</svg>"), std::string::npos) << kind;
    EXPECT_FALSE(nlohmann::json::parse(r.out).at("marks").empty());
  }
}

TEST_F(Explore, ExportsTheWholeStore) {
  ASSERT_EQ(explore("s.db").exit_code, 0);
  const ProgramResult r = run_statelane({"export", path("s.db"), "--json", "--csv", path("s.csv")});
  ASSERT_EQ(r.exit_code, 0) << r.err;
  const auto run = nlohmann::json::parse(r.out).at("runs").at(0);
  EXPECT_EQ(run.at("sweep"), "sweep");
  EXPECT_NE(run.at("version").get<std::string>().find("simulator"), std::string::npos);
  EXPECT_EQ(run.at("counts").at("legal"), 24);
  std::map<std::string, int> kinds;
  for (const auto& point : run.at("points")) ++kinds[point.at("kind").get<std::string>()];
  EXPECT_EQ(kinds["mark"], 1);
  EXPECT_EQ(kinds["sample"], 24);
  EXPECT_GE(kinds["simulated"], 2);
  const std::string table = file_text(path("s.csv"));
  EXPECT_EQ(std::count(table.begin(), table.end(), '\n'), 1 + 1 + 24 + kinds["simulated"]);
  const std::string header = table.substr(0, table.find('\n'));
  for (const char* column : {"index", "mmu_in", "mult", "throughput_tokens_per_s", "resources.max.of_board"})
    EXPECT_NE((header + ",").find("," + std::string(column) + ","), std::string::npos) << header;
  EXPECT_EQ(run_statelane({"export", path("s.db")}).out, table) << "to stdout where no file is named";
  EXPECT_EQ(run_statelane({"export", path("s.db"), "--sweep", "swep"}).exit_code, 2);
}

TEST_F(Explore, StrategiesAreComparedInOneBox) {
  ASSERT_EQ(explore("s.db").exit_code, 0);
  ASSERT_EQ(explore("s.db", {"--strategy", "nsga2", "--simulations", "3"}).exit_code, 0);
  const ProgramResult r = run_statelane({"pareto", path("s.db"), "--json"});
  ASSERT_EQ(r.exit_code, 0) << r.err;
  const auto list = nlohmann::json::parse(r.out).at("strategies");
  ASSERT_EQ(list.size(), 2U);
  EXPECT_EQ(list.at(0).at("strategy"), "exact");
  EXPECT_EQ(list.at(1).at("strategy"), "nsga2");
  EXPECT_LE(list.at(1).at("simulations"), 3);
  EXPECT_LE(list.at(1).at("hypervolume"), list.at(0).at("hypervolume"));
  EXPECT_EQ(list.at(0).at("hypervolume"), nlohmann::json::parse(r.out).at("hypervolume"));
}

TEST_F(Explore, APriceIsAnObjectiveLikeAnyFigure) {
  const auto priced = scratch_.write("priced.json", R"({
    "experiment": "lightmamba-vck190-w4a4-decode-2.7b",
    "settings": {"/network": "mamba2-130m", "/design/schedule/state_buffer": 24,
                 "/design/units/htu_matrix/points": 12, "/design/units/htu_matrix/adders": 12},
    "axes": [{"name": "board", "choices": [
        {"name": "dear", "set": {"/board": "vck190"}, "numbers": {"price": 300}, "source": "test"},
        {"name": "cheap", "set": {"/board": "zcu102"}, "numbers": {"price": 200}, "source": "test"}]},
      {"name": "mmu_out", "pointer": "/design/units/mmu/outputs", "values": [4, 32]}],
    "objectives": [{"figure": "board.price", "direction": "min"}]})");
  ASSERT_EQ(run_statelane({"explore", priced.string(), "--store", path("p.db")}).exit_code, 0);
  const ProgramResult r = run_statelane({"pareto", path("p.db"), "--json"});
  ASSERT_EQ(r.exit_code, 0) << r.err;
  const auto front = nlohmann::json::parse(r.out).at("front");
  ASSERT_EQ(front.size(), 1U);
  EXPECT_EQ(front.at(0).at("parameters").at("board"), "cheap");
  EXPECT_EQ(front.at(0).at("figures").at("board.price"), 200);
}

TEST_F(Explore, TheSchedulersVariablesNameTheShard) {
  const auto with = [&](const std::map<std::string, std::string>& environment) {
    return run_statelane({"explore", file_, "--store", path("e" + std::to_string(environment.size()) + ".db"),
                          "--shard", "auto", "--strategy", "random", "--simulations", "1"},
                         {.environment = environment});
  };
  EXPECT_EQ(
      with({{"SLURM_ARRAY_TASK_ID", "4"}, {"SLURM_ARRAY_TASK_COUNT", "3"}, {"SLURM_ARRAY_TASK_MIN", "2"}})
          .exit_code,
      0);
  EXPECT_EQ(with({{"OMPI_COMM_WORLD_RANK", "0"}, {"OMPI_COMM_WORLD_SIZE", "2"}}).exit_code, 0);
  EXPECT_EQ(with({}).exit_code, 2);
  const ProgramResult s = run_statelane({"status", path("e3.db"), "--json"});
  EXPECT_EQ(nlohmann::json::parse(s.out).at(0).at("shard"), 3);
}

TEST_F(Explore, WhatIfMakesChangesAloneAndTogetherAndNamesWhatBuysMost) {
  const auto changes = scratch_.write("w.json", R"({"changes": [
      {"name": "half the clock", "scale": {"/design/clock": 0.5}},
      {"name": "wider", "scale": {"/design/units/mmu/inputs": 2}},
      {"name": "rows", "vary": {"/design/schedule/tile_rows": [16, 24]}}],
    "combinations": [["half the clock", "wider"]]})");
  const std::vector<std::string> small = {"--set", "/network=mamba2-130m",
                                          "--set", "/design/schedule/state_buffer=24",
                                          "--set", "/design/units/htu_matrix/points=12",
                                          "--set", "/design/units/htu_matrix/adders=12"};
  std::vector<std::string> arguments = {"whatif", "lightmamba-vck190-w4a4-decode-2.7b", changes.string(),
                                        "--json"};
  arguments.insert(arguments.end(), small.begin(), small.end());
  const ProgramResult r = run_statelane(arguments);
  ASSERT_EQ(r.exit_code, 0) << r.err;
  const auto json = nlohmann::json::parse(r.out);
  const auto rate = [](const nlohmann::json& row) {
    return row.at("result").at("throughput_tokens_per_s").get<double>();
  };
  const double base = rate(json.at("base"));
  const auto& rows = json.at("changes");
  ASSERT_EQ(rows.size(), 5U);
  EXPECT_LT(rate(rows.at(0)), base);
  EXPECT_GE(rate(rows.at(1)), base);
  EXPECT_EQ(rows.at(2).at("name"), "rows 16");
  EXPECT_NE(rows.at(3).at("problem").get<std::string>().find("does not divide"), std::string::npos);
  EXPECT_EQ(rows.at(4).at("name"), "half the clock + wider");
  EXPECT_GE(rate(rows.at(4)), rate(rows.at(0)));
  // The simulator's own bottleneck is what pays: nothing else may gain more.
  EXPECT_EQ(json.at("tornado").at(0).at("resource"),
            json.at("base").at("result").at("bottleneck_detail").at("resource"));
  EXPECT_GT(json.at("tornado").at(0).at("gain").get<double>(), 0.0);
  const auto wrong = scratch_.write("x.json", R"({"changes": [{"name": "a"}], "combinations": [["b"]]})");
  EXPECT_EQ(run_statelane({"whatif", "lightmamba-vck190-w4a4-decode-2.7b", wrong.string()}).exit_code, 2);
}

}  // namespace
}  // namespace statelane
