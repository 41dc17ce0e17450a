// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "models/base/catalog.h"
#include "models/base/fields.h"

namespace statelane {

/// A change to try: values to set, and values to multiply.
struct WhatIfChange {
  std::string name;
  std::map<std::string, JsonValue> set;                ///< by JSON pointer
  std::map<std::string, double> scale;                 ///< factor by JSON pointer of a number or quantity
  std::map<std::string, std::vector<JsonValue>> vary;  ///< one change for each value
};

/// A what-if file.
struct WhatIfDocument {
  std::string note;
  std::vector<WhatIfChange> changes;
  std::vector<std::vector<std::string>> combinations;  ///< names of changes made together
  bool tornado = true;
  double tornado_factor = 1.1;
};
template <>
struct Describe<WhatIfChange> {
  static const Table<WhatIfChange>& table();
};
template <>
struct Describe<WhatIfDocument> {
  static const Table<WhatIfDocument>& table();
};

/// Reads a what-if (kind "whatif") by name or path.
[[nodiscard]] std::optional<WhatIfDocument> load_whatif(const Catalog& catalog, const std::string& reference,
                                                        Diagnostics& diagnostics);

}  // namespace statelane
