// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "tests/cli/program.h"

namespace statelane {

/// A page of docs/ that can be carried out: fenced blocks "```LANGUAGE FILE" are files, blocks "```sh" are
/// commands.
struct Document {
  struct Block {
    std::string language;
    std::string file;  ///< empty where the block names none
    std::string text;
  };
  std::vector<Block> blocks;
};

[[nodiscard]] Document read_document(const std::string& name);

/// Writes the files of the page below `scratch`, then runs each of its command blocks there with `sh -e`,
/// with the statelane command in the PATH. One result a block.
[[nodiscard]] std::vector<ProgramResult> carry_out(const Document& document, const ScratchDirectory& scratch,
                                                   ProgramSettings settings = {});

}  // namespace statelane
