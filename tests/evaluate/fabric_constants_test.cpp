// SPDX-License-Identifier: Apache-2.0
#include "models/units/fabric/fabric_constants.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <sstream>

#include "models/units/fabric/fabric_constants_fields.h"
#include "tests/evaluate/fabric_constants_markdown.h"
#include "tests/evaluate/lowered.h"
#include "tests/source_folder.h"

namespace statelane {
namespace {

JsonValue file() {
  Diagnostics d;
  std::optional<JsonValue> json = testing::configs().read("calibration", "fabric", {}, d);
  if (!json) throw std::runtime_error(d.text());
  return *json;
}

std::vector<FamilyJson> families() {
  Diagnostics d;
  std::vector<FamilyJson> list = read_families(testing::configs(), d);
  if (!d.ok()) throw std::runtime_error(d.text());
  return list;
}

JsonValue& family(std::vector<FamilyJson>& list, std::string_view name) {
  return std::find_if(list.begin(), list.end(), [&](const FamilyJson& f) { return f.name == name; })->json;
}

TEST(FabricConstants, ReadsTheShippedConstants) {
  const FabricConstants c = testing::constants();
  EXPECT_EQ(c.name, "fabric");
  EXPECT_EQ(c.family("series7").dsp_a, 25);
  EXPECT_EQ(c.family("ultrascale_plus").dsp_a, 27);
  EXPECT_EQ(c.family("versal").dsp_b, 24);
  EXPECT_EQ(c.family("series7").has_uram, 0);
  // What is common is the same everywhere; no constant belongs to a row.
  EXPECT_EQ(c.family("series7").unit_control, c.family("versal").unit_control);
  EXPECT_EQ(c.family("series7").port_bit, c.family("ultrascale_plus").port_bit);
}

TEST(FabricConstants, EnergyFollowsCapacitanceAndVoltage) {
  EXPECT_DOUBLE_EQ(energy_scale(28, 1.0), 1.0);
  EXPECT_NEAR(energy_scale(16, 0.85), 16.0 / 28.0 * 0.7225, 1e-12);
  const FabricConstants c = testing::constants();
  const FabricCosts& v7 = c.family("series7");
  const FabricCosts& versal = c.family("versal");
  EXPECT_NEAR(versal.energy_dsp, v7.energy_dsp * energy_scale(7, 0.8), 1e-18);
  EXPECT_EQ(versal.energy_io_bit, v7.energy_io_bit);  // pins do not shrink with the core
}

TEST(FabricConstants, EveryConstantHasASource) {
  std::vector<FamilyJson> sections = families();
  sections.push_back({"common", *file().find("common")});
  for (const FamilyJson& section : sections) {
    for (const JsonMember& m : section.json.members()) {
      if (m.key == "$schema") continue;
      ASSERT_NE(m.value.find("source"), nullptr) << section.name << ' ' << m.key;
      EXPECT_GT(m.value.find("source")->as_string().size(), 5u) << m.key;
    }
  }
}

std::string errors_of(const JsonValue& json, const std::vector<FamilyJson>& list = families()) {
  Diagnostics d;
  EXPECT_FALSE(read_fabric_constants(json, list, d).has_value());
  return d.text();
}

TEST(FabricConstants, NamesWhatIsWrong) {
  JsonValue json = file();
  json.find("common")->find("port_bit")->set("per", JsonValue("port"));
  EXPECT_NE(errors_of(json).find("bit of the data bus"), std::string::npos);

  std::vector<FamilyJson> list = families();
  family(list, "versal").find("dsp_a")->set("unit", JsonValue("byte"));
  EXPECT_NE(errors_of(file(), list).find("wrong unit"), std::string::npos);

  json = file();
  json.find("common")->set("unit_contorl", *json.find("common")->find("unit_control"));
  EXPECT_NE(errors_of(json).find("unit_control"), std::string::npos);

  list = families();
  family(list, "series7")
      .set("dsp_a", JsonValue::object().set("value", JsonValue(25)).set("unit", JsonValue("bit")));
  EXPECT_NE(errors_of(file(), list).find("source"), std::string::npos);
}

TEST(FabricConstants, AConstantThatIsNowhereIsMissed) {
  JsonValue json = file();
  JsonValue::Object& members = json.find("common")->members();
  std::erase_if(members, [](const JsonMember& m) { return m.key == "float_add"; });
  EXPECT_NE(errors_of(json).find("'float_add' is neither common nor of this family"), std::string::npos);
}

TEST(FabricConstants, StaticPowerByDeviceOrByArea) {
  const FabricConstants c = testing::constants();
  Board board;
  board.device = "XC7VX690T";
  board.family = "series7";
  board.resources.lut = 1;
  EXPECT_GT(static_power(c, board).count(), 0.1);  // its own figure, not by area
  board.device = "some other device";
  board.resources.lut = 100000;
  EXPECT_NEAR(static_power(c, board).count(), 100 * c.family("series7").static_per_klut, 1e-12);
}

TEST(FabricConstants, DocumentationListsEveryConstantOnce) {
  const std::string text = fabric_constants_markdown(file(), families());
  for (const BlockField& f : block_fields()) {
    EXPECT_NE(text.find(std::string("| `") + f.key + "` |"), std::string::npos) << f.key;
  }
  for (const NumberField& f : number_fields()) {
    EXPECT_NE(text.find(std::string("| `") + f.key + "` |"), std::string::npos) << f.key;
  }
}

TEST(FabricConstants, DocumentationIsFresh) {
  const std::string path = source_folder() + "/docs/resources.md";
  std::ifstream in(path);
  std::stringstream text;
  text << in.rdbuf();
  const std::string begin = "<!-- constants: begin -->\n", end = "<!-- constants: end -->";
  const std::size_t from = text.str().find(begin), to = text.str().find(end);
  ASSERT_NE(from, std::string::npos);
  ASSERT_NE(to, std::string::npos);
  Diagnostics d;
  const std::optional<JsonValue> shipped =
      read_json_file(source_folder() + "/configs/calibration/fabric.json", d);
  ASSERT_TRUE(shipped);
  const std::string fresh = fabric_constants_markdown(*shipped, families());
  if (text.str().substr(from + begin.size(), to - from - begin.size()) != fresh) {
    std::ofstream("calibration.md") << fresh;
    FAIL() << "put calibration.md (just written) between the markers of " << path;
  }
}

}  // namespace
}  // namespace statelane
