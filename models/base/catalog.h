// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "models/base/diagnostics.h"
#include "models/base/json.h"

namespace statelane {

/// Finds configurations by kind ("boards", "memories", "networks" ... : a folder of a configuration root) and
/// by name
/// ("vck190") or path ("my/board.json").
class Catalog {
 public:
  /// Roots are searched in their order; those that do not exist are skipped.
  explicit Catalog(std::vector<std::string> roots);

  /// The roots in use: $STATELANE_CONFIGS if set, then the source tree the program was built from, then
  /// share/statelane/configs of the installation (beside the executable, and as configured).
  [[nodiscard]] static Catalog standard();

  [[nodiscard]] const std::vector<std::string>& roots() const { return roots_; }

  /// Names of a kind over all roots, sorted, each once.
  [[nodiscard]] std::vector<std::string> names(std::string_view kind) const;

  /// The file `reference` means. With a '/' or the ending ".json" it is a path, relative to the folder of the
  /// referring file (`from.file`) or to the working directory; a folder means the config.json in it.
  /// Otherwise it is a name, looked for in the roots and then beside the referring file. Nothing, with an
  /// error at `from` that names the nearest and lists all names, if there is none.
  [[nodiscard]] std::optional<std::string> find(std::string_view kind, std::string_view reference,
                                                const SourcePosition& from, Diagnostics& diagnostics) const;

  /// Reads the file that find() finds.
  [[nodiscard]] std::optional<JsonValue> read(std::string_view kind, std::string_view reference,
                                              const SourcePosition& from, Diagnostics& diagnostics,
                                              const JsonOptions& options = {}) const;

 private:
  std::vector<std::string> roots_;
};

/// The name a configuration file gives its content where it says none itself: "vck190" of
/// "boards/vck190.json"; of a config.json, the folder's name.
[[nodiscard]] std::string name_from_path(const std::string& path);

}  // namespace statelane
