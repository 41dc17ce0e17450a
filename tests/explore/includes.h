// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>
#include <vector>

#include "tests/source_folder.h"

namespace statelane::testing {

/// The headers of the project that a file includes, in its order; paths from the project's root.
inline std::vector<std::string> includes_of(const std::filesystem::path& file) {
  constexpr std::string_view start = "#include \"";
  const std::filesystem::path root = source_folder();
  std::vector<std::string> out;
  std::ifstream in(root / file);
  for (std::string line; std::getline(in, line);) {
    if (!line.starts_with(start)) continue;
    const std::string name = line.substr(start.size(), line.rfind('"') - start.size());
    if (std::filesystem::exists(root / name)) out.push_back(name);
  }
  return out;
}

}  // namespace statelane::testing
