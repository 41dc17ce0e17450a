// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "models/base/fields.h"
#include "models/evaluate/experiment.h"
#include "models/units/fabric/fabric_constants.h"

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

/// What a changed experiment comes to, or why it is none.
struct WhatIfRow {
  std::string name;
  std::string problem;
  JsonValue result;                   ///< as `statelane simulate --json` prints it
  std::vector<std::string> settings;  ///< --set of it, beyond the experiment's own
};

/// One resource a little larger: what it buys.
struct TornadoRow {
  std::string resource;
  double tokens_per_s = 0;
  double gain = 0;  ///< relative
};

struct WhatIfResult {
  WhatIfRow base;
  std::vector<WhatIfRow> changes;
  std::vector<TornadoRow> tornado;  ///< largest gain first
};

/// Reads a what-if (kind "whatif") by name or path.
[[nodiscard]] std::optional<WhatIfDocument> load_whatif(const Catalog& catalog, const std::string& reference,
                                                        Diagnostics& diagnostics);

/// Simulates an experiment, each change, each combination, and for the tornado the experiment with one unit,
/// port, or clock faster by the factor (a unit's firings take 1/factor of their cycles). Throws InputError if
/// the experiment itself is wrong or a combination names no change.
[[nodiscard]] WhatIfResult what_if(const Catalog& catalog, const UnitRegistry& registry,
                                   const ExperimentSource& source, const WhatIfDocument& document,
                                   const FabricConstants& constants, const std::string& version,
                                   std::size_t jobs);

}  // namespace statelane
