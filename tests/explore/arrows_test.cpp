// SPDX-License-Identifier: Apache-2.0
// Who may know whom among the folders of explore/: arrows go one way.
#include <gtest/gtest.h>

#include <map>
#include <set>

#include "tests/explore/includes.h"
#include "tests/source_folder.h"

namespace statelane {
namespace {

namespace fs = std::filesystem;

TEST(ExploreFolders, KnowOnlyThoseBelow) {
  const std::map<std::string, std::set<std::string>> below = {
      {"space", {}},
      {"store", {"space"}},
      {"front", {"space", "store"}},
      {"workers", {}},
      {"search", {"space", "store", "front", "workers"}},
      {"whatif", {}},
  };
  const fs::path explore = fs::path(source_folder()) / "explore";
  std::set<std::string> found;
  for (const auto& entry : fs::recursive_directory_iterator(explore)) {
    if (entry.path().extension() != ".h" && entry.path().extension() != ".cpp") continue;
    const std::string folder = entry.path().parent_path().filename().string();
    ASSERT_TRUE(below.contains(folder)) << entry.path() << " is in a folder this test does not know";
    found.insert(folder);
    for (const std::string& header : testing::includes_of(fs::relative(entry.path(), source_folder()))) {
      const fs::path path = header;
      const std::string top = path.begin()->string();
      if (top == "explore") {
        const std::string other = path.parent_path().filename().string();
        EXPECT_TRUE(other == folder || below.at(folder).contains(other)) << entry.path() << ": " << header;
      } else {
        EXPECT_TRUE(top == "models" || top == "sim") << entry.path() << ": " << header;
        // Only what simulates needs the simulator.
        EXPECT_TRUE(top != "sim" || folder == "search" || folder == "whatif")
            << entry.path() << ": " << header;
      }
    }
  }
  EXPECT_EQ(found.size(), below.size());
}

}  // namespace
}  // namespace statelane
