// SPDX-License-Identifier: Apache-2.0
#include "models/base/catalog.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

namespace statelane {
namespace {

namespace fs = std::filesystem;

class CatalogTest : public testing::Test {
 protected:
  CatalogTest()
      : root_(fs::path(testing::TempDir()) /
              (std::string("statelane_") + testing::UnitTest::GetInstance()->current_test_info()->name())) {
    fs::remove_all(root_);
    for (const char* file :
         {"a/boards/one.json", "a/boards/two.json", "b/boards/two.json", "b/boards/three.json",
          "work/near.json", "work/model/config.json", "a/boards/notes.txt"}) {
      fs::create_directories((root_ / file).parent_path());
      std::ofstream(root_ / file) << "{\"file\": \"" << file << "\"}";
    }
  }
  ~CatalogTest() override { fs::remove_all(root_); }

  [[nodiscard]] Catalog catalog() const {
    return Catalog({(root_ / "a").string(), (root_ / "missing").string(), (root_ / "b").string()});
  }
  [[nodiscard]] std::string path(const std::string& file) const { return (root_ / file).string(); }

  fs::path root_;
};

TEST_F(CatalogTest, ListsNamesOfAllRoots) {
  EXPECT_EQ(catalog().names("boards"), (std::vector<std::string>{"one", "three", "two"}));
  EXPECT_TRUE(catalog().names("networks").empty());
}

TEST_F(CatalogTest, FindsByNameInTheOrderOfTheRoots) {
  Diagnostics d;
  EXPECT_EQ(catalog().find("boards", "two", {}, d), path("a/boards/two.json"));
  EXPECT_EQ(catalog().find("boards", "three", {}, d), path("b/boards/three.json"));
  EXPECT_EQ(catalog().read("boards", "three", {}, d)->find("file")->as_string(), "b/boards/three.json");
  EXPECT_TRUE(d.ok()) << d.text();
}

TEST_F(CatalogTest, FindsByPathRelativeToTheReferringFile) {
  const SourcePosition from{path("work/experiment.json"), 1, 1, "/board"};
  Diagnostics d;
  EXPECT_EQ(catalog().find("boards", "./near.json", from, d), path("work/./near.json"));
  EXPECT_EQ(catalog().find("boards", "near", from, d), path("work/near.json"));
  EXPECT_EQ(catalog().find("boards", path("work/near.json"), {}, d), path("work/near.json"));
  EXPECT_EQ(catalog().find("networks", path("work/model"), {}, d), path("work/model/config.json"));
  EXPECT_EQ(catalog().find("networks", "model/", from, d), path("work/model/config.json"));
  EXPECT_TRUE(d.ok()) << d.text();
}

TEST_F(CatalogTest, AnUnknownNameShowsTheNearestAndAll) {
  Diagnostics d;
  EXPECT_EQ(catalog().find("boards", "thre", {"e.json", 2, 3, "/board"}, d), std::nullopt);
  EXPECT_EQ(d.text(),
            "e.json:2:3: error: /board: there is no board of that name; found 'thre', allowed one, three, "
            "two, or the "
            "path of a file (did you mean 'three'?)\n");
  EXPECT_EQ(catalog().find("boards", "", {}, d), std::nullopt);
  EXPECT_EQ(catalog().find("boards", "no/such.json", {}, d), std::nullopt);
  EXPECT_EQ(catalog().find("boards", path("work"), {}, d), std::nullopt);
  EXPECT_EQ(d.error_count(), 4U);
}

TEST_F(CatalogTest, TheEnvironmentComesFirst) {
  ASSERT_EQ(setenv("STATELANE_CONFIGS", path("b").c_str(), 1), 0);
  const Catalog standard = Catalog::standard();
  unsetenv("STATELANE_CONFIGS");
  EXPECT_EQ(standard.roots().at(0), path("b"));
  EXPECT_GT(standard.roots().size(), 1U);
  EXPECT_NE(Catalog::standard().roots().at(0), path("b"));
}

TEST(NameFromPath, IsTheFilesOrTheFolders) {
  EXPECT_EQ(name_from_path("configs/boards/vck190.json"), "vck190");
  EXPECT_EQ(name_from_path("models/tiny/config.json"), "tiny");
  EXPECT_EQ(name_from_path("mamba2-2.7b.json"), "mamba2-2.7b");
}

}  // namespace
}  // namespace statelane
