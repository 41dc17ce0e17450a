// SPDX-License-Identifier: Apache-2.0
#include "models/design/board.h"
#include "tests/source_folder.h"

#include <gtest/gtest.h>

#include <fstream>

#include <string>

namespace statelane {
namespace {

Catalog catalog() {
  return Catalog({source_folder() + "/configs"});
}

Board loaded(std::string_view name) {
  Diagnostics d;
  const auto board = load_board(catalog(), name, d);
  EXPECT_TRUE(board.has_value() && d.empty()) << d.text();
  return board.value_or(Board{});
}

Diagnostics refused(std::string_view text) {
  Diagnostics d;
  Board board;
  const auto json = parse_json(text, "b.json", d);
  EXPECT_TRUE(json.has_value()) << d.text();
  if (json) {
    EXPECT_FALSE(read(*json, board, d));
  }
  return d;
}

struct Row {
  const char* name;
  std::int64_t lut, bram36, uram, dsp;
};

// The vendors' device tables.
constexpr Row rows[] = {
    {"vck190", 899840, 967, 463, 1968},    {"vc709", 433200, 1470, 0, 3600},
    {"u280", 1303680, 2016, 960, 9024},    {"u55c", 1303680, 2016, 960, 9024},
    {"u50", 871680, 1344, 640, 5952},      {"u200", 1182240, 2160, 960, 6840},
    {"u250", 1728000, 2688, 1280, 12288},  {"zcu102", 274080, 912, 0, 2520},
    {"zcu104", 230400, 312, 96, 1728},     {"kv260", 117120, 144, 64, 1248},
    {"vhk158", 1753984, 2541, 1301, 7392}, {"v80", 2574208, 3741, 1925, 10848},
};

TEST(Board, ResourcesOfTheTable) {
  for (const Row& row : rows) {
    const Board b = loaded(row.name);
    EXPECT_EQ(b.name, row.name);
    EXPECT_EQ(b.resources, (BoardResources{row.lut, 2 * row.lut, row.dsp, row.bram36, row.uram})) << row.name;
  }
  EXPECT_EQ(catalog().names("boards").size(), std::size(rows));
}

TEST(Board, EveryFigureHasASource) {
  for (const std::string& name : catalog().names("boards")) {
    const Board b = loaded(name);
    EXPECT_FALSE(b.resources_source.empty()) << name;
    EXPECT_FALSE(b.memories.empty()) << name;
    EXPECT_EQ(b.noc_link.has_value(), !b.noc_source.empty()) << name;
    for (const BoardMemory& m : b.memories) {
      EXPECT_TRUE(m.source.rfind("[V]", 0) == 0 || m.source.rfind("[U]", 0) == 0) << name << " " << m.name;
      EXPECT_EQ(m.fabric_bandwidth.has_value(), !m.fabric_source.empty()) << name << " " << m.name;
      if (m.address_map) {
        EXPECT_FALSE(m.address_map_source.empty()) << name << " " << m.name;
      }
    }
  }
}

TEST(Board, EveryFileReadsBack) {
  for (const std::string& name : catalog().names("boards")) {
    const Board b = loaded(name);
    Diagnostics d;
    Board again;
    ASSERT_TRUE(read(parse_json(write(b), "t", d).value(), again, d)) << d.text();
    EXPECT_EQ(again, b);
    EXPECT_EQ(hash(again), hash(b));
  }
}

TEST(Board, MemoriesByName) {
  const Board b = loaded("u280");
  ASSERT_NE(b.memory("hbm"), nullptr);
  EXPECT_EQ(b.memory("hbm")->channels, 32);
  EXPECT_EQ(b.memory("hbm")->bandwidth, BytesPerSecond{460e9});
  EXPECT_EQ(b.memory("hbm")->address_map, "rgbcg");
  EXPECT_EQ(b.memory("ddr")->channels, 2);
  EXPECT_EQ(b.memory("lpddr"), nullptr);
  EXPECT_EQ(loaded("vck190").memory("ddr")->fabric_bandwidth, BytesPerSecond{12e9});
}

TEST(Board, SaysWhereItsControllersAre) {
  const Board b = loaded("u280");
  EXPECT_EQ(b.memory("hbm")->controller, MemoryController::hard);
  EXPECT_TRUE(b.memory("hbm")->in_package);
  EXPECT_EQ(b.memory("ddr")->controller, MemoryController::soft);
  EXPECT_FALSE(b.memory("ddr")->in_package);
  EXPECT_NE(refused(R"({"family": "versal", "memories": [{"name": "a", "memory": "m"}],
                        "resources": {"lut": 1, "ff": 2, "dsp": 0, "bram36": 0, "uram": 0}})")
                .text()
                .find("controller"),
            std::string::npos);
  for (const std::string& name : catalog().names("boards")) {
    for (const BoardMemory& m : loaded(name).memories)
      EXPECT_FALSE(m.controller_source.empty()) << name << " " << m.name;
  }
}

TEST(Board, MistakesAreReported) {
  const std::string resources = R"("resources": {"lut": 1, "ff": 2, "dsp": 0, "bram36": 0, "uram": 0})";
  EXPECT_EQ(
      refused(
          R"({"family": "versal", "dsp_kind": "dsp58", "memories": [{"name": "a", "memory": "m", "controller": "hard"},
    {"name": "a", "memory": "m", "controller": "soft"}], )" +
          resources + "}")
          .text(),
      "b.json:2:14: error: /memories/1/name: two memories have the same name; found 'a'\n");
  EXPECT_EQ(refused("{}").error_count(), 3U);
}

/// What a board file's family has to say about it: read through the catalog.
std::string refused_file(const std::string& family) {
  const std::string path = ::testing::TempDir() + "refused_board.json";
  std::ofstream(path)
      << "{" << family
      << R"(, "memories": [], "resources": {"lut": 1, "ff": 2, "dsp": 0, "bram36": 0, "uram": 0}})";
  Diagnostics d;
  EXPECT_FALSE(load_board(catalog(), path, d).has_value());
  return d.text();
}

TEST(Board, FamiliesAreThoseOfTheCatalog) {
  EXPECT_NE(refused_file(R"("family": "versall")")
                .find("1:12: error: /family: there is no FPGA family of that name; found 'versall', allowed "
                      "series7, ultrascale_plus, versal (did you mean 'versal'?)"),
            std::string::npos);
  EXPECT_NE(refused_file(R"("family": "versal", "dsp_kind": "dsp48e1")")
                .find("/dsp_kind: the family has other DSP slices; found dsp48e1, 25 x 18 bits, allowed 27 x "
                      "24 bits"),
            std::string::npos);
}

}  // namespace
}  // namespace statelane
