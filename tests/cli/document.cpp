// SPDX-License-Identifier: Apache-2.0
#include "tests/cli/document.h"
#include "tests/source_folder.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <sstream>

namespace statelane {

Document read_document(const std::string& name) {
  Document document;
  std::istringstream in(file_text(std::filesystem::path(source_folder()) / "docs" / name));
  const std::string fence = "```";
  bool inside = false;
  for (std::string line; std::getline(in, line);) {
    if (!line.starts_with(fence)) {
      if (inside) document.blocks.back().text += line + '\n';
    } else if (inside) {
      inside = false;
    } else {
      std::istringstream words(line.substr(fence.size()));
      Document::Block block;
      words >> block.language >> block.file;
      document.blocks.push_back(std::move(block));
      inside = true;
    }
  }
  EXPECT_FALSE(inside) << name << ": a block does not end";
  return document;
}

std::vector<ProgramResult> carry_out(const Document& document, const ScratchDirectory& scratch,
                                     ProgramSettings settings) {
  settings.directory = scratch.path();
  const char* path = std::getenv("PATH");
  settings.environment["PATH"] =
      std::filesystem::path(STATELANE_PROGRAM).parent_path().string() + ":" + (path != nullptr ? path : "");
  std::vector<ProgramResult> results;
  for (const Document::Block& block : document.blocks) {
    if (!block.file.empty()) scratch.write(block.file, block.text);
  }
  for (const Document::Block& block : document.blocks) {
    if (block.language == "sh" && block.file.empty())
      results.push_back(run_program("/bin/sh", {"-e", "-c", block.text}, settings));
  }
  return results;
}

}  // namespace statelane
