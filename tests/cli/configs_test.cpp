// SPDX-License-Identifier: Apache-2.0
// The shipped configurations: listed, valid, and described by the schemas beside them.
#include <gtest/gtest.h>

#include <filesystem>
#include <nlohmann/json.hpp>

#include "apps/commands/config_kinds.h"
#include "tests/cli/program.h"
#include "tests/source_folder.h"

namespace statelane {
namespace {

namespace fs = std::filesystem;

const fs::path configs = fs::path(source_folder()) / "configs";

std::vector<fs::path> files_of(const ConfigKind& kind) {
  std::vector<fs::path> files;
  for (const auto& entry : fs::directory_iterator(configs / kind.folder)) {
    if (entry.path().extension() == ".json") files.push_back(entry.path());
  }
  return files;
}

class EveryKind : public testing::TestWithParam<ConfigKind> {};

TEST_P(EveryKind, HasItsSchemaInTheTree) {
  const ConfigKind& kind = GetParam();
  const ProgramResult r = run_statelane({"schema", std::string(kind.name)});
  EXPECT_EQ(r.exit_code, 0) << r.err;
  const fs::path file = configs / "schema" / (std::string(kind.name) + ".json");
  EXPECT_EQ(r.out, file_text(file)) << "regenerate it: statelane schema " << kind.name << " > " << file;
}

TEST_P(EveryKind, AllShippedFilesAreValidAndNameTheirSchema) {
  const ConfigKind& kind = GetParam();
  std::vector<std::string> arguments = {"schema", std::string(kind.name), "--check"};
  std::size_t count = 0;
  for (const fs::path& file : files_of(kind)) {
    const auto json = nlohmann::json::parse(file_text(file));
    EXPECT_EQ(json.value("$schema", ""), "../schema/" + std::string(kind.name) + ".json") << file;
    arguments.push_back(file.string());
    ++count;
  }
  ASSERT_GT(count, 0U);
  const ProgramResult r = run_statelane(arguments);
  EXPECT_EQ(r.exit_code, 0) << r.err;
  EXPECT_EQ(std::count(r.out.begin(), r.out.end(), '\n'), static_cast<std::ptrdiff_t>(count));
}

TEST_P(EveryKind, IsListedWithANoteOnEachFile) {
  const ConfigKind& kind = GetParam();
  const std::string folder(kind.folder);
  const ProgramResult r = run_statelane({"list", folder, "--json"});
  ASSERT_EQ(r.exit_code, 0) << r.err;
  const auto items = nlohmann::json::parse(r.out).at(folder);
  EXPECT_EQ(items.size(), files_of(kind).size());
  for (const auto& item : items) {
    EXPECT_EQ(fs::path(item.at("file").get<std::string>()).stem(), item.at("name").get<std::string>());
    EXPECT_NE(item.at("note"), "") << item;
  }
}

INSTANTIATE_TEST_SUITE_P(Configs, EveryKind, testing::ValuesIn(config_kinds().begin(), config_kinds().end()),
                         [](const auto& tested) { return std::string(tested.param.name); });

TEST(List, WithoutAKindListsAllIncludingUnits) {
  const ProgramResult r = run_statelane({"list"});
  EXPECT_EQ(r.exit_code, 0) << r.err;
  for (const ConfigKind& kind : config_kinds())
    EXPECT_NE(r.out.find(std::string(kind.folder) + ":\n"), std::string::npos) << kind.folder;
  EXPECT_NE(r.out.find("units:\n  matrix_unit"), std::string::npos) << r.out;
}

TEST(List, SaysWhichFileCannotBeRead) {
  const ScratchDirectory scratch;
  scratch.write("boards/broken.json", "{");
  const ProgramResult r =
      run_statelane({"list", "boards"}, {.environment = {{"STATELANE_CONFIGS", scratch.path()}}});
  EXPECT_EQ(r.exit_code, 0) << r.err;
  EXPECT_NE(r.out.find("broken"), std::string::npos) << r.out;
  EXPECT_NE(r.out.find("cannot be read"), std::string::npos) << r.out;
}

TEST(Schema, OfAUnitsParameters) {
  const ProgramResult r = run_statelane({"schema", "matrix_unit"});
  EXPECT_EQ(r.exit_code, 0) << r.err;
  const auto json = nlohmann::json::parse(r.out);
  EXPECT_EQ(json.at("title"), "matrix_unit");
  EXPECT_TRUE(json.at("properties").contains("inputs"));
}

}  // namespace
}  // namespace statelane
