// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "models/base/catalog.h"
#include "models/base/diagnostics.h"
#include "models/base/json.h"

namespace statelane {

/// A kind of configuration file: what `list`, `schema` and the tests of the shipped files know of it.
struct ConfigKind {
  std::string_view name;    ///< "board"
  std::string_view folder;  ///< below a configuration root, and the kind in a Catalog: "boards"
  std::string_view doc;     ///< one line
  /// JSON Schema of such a file.
  JsonValue (*schema)();
  /// Reads the file as the simulator would and adds every problem found.
  void (*check)(const Catalog& catalog, const std::string& path, Diagnostics& diagnostics);
  /// One line on the file's content, for people; problems are added where it cannot be read.
  std::string (*note)(const Catalog& catalog, const std::string& path, Diagnostics& diagnostics);
};

/// All kinds: the one table a new kind of file is added to.
[[nodiscard]] std::span<const ConfigKind> config_kinds();

}  // namespace statelane
