// SPDX-License-Identifier: Apache-2.0
#include "tests/source_folder.h"

namespace statelane {

const std::string& source_folder() {
  static const std::string folder = STATELANE_SOURCE_DIR;
  return folder;
}

}  // namespace statelane
