// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "explore/whatif/tornado.h"
#include "explore/whatif/whatif_document.h"
#include "models/evaluate/experiment.h"
#include "models/units/fabric/fabric_constants.h"

namespace statelane {

/// What a changed experiment comes to, or why it is none.
struct WhatIfRow {
  std::string name;
  std::string problem;
  JsonValue result;                   ///< as `statelane simulate --json` prints it
  std::vector<std::string> settings;  ///< --set of it, beyond the experiment's own
};

struct WhatIfResult {
  WhatIfRow base;
  std::vector<WhatIfRow> changes;
  std::vector<TornadoRow> tornado;  ///< largest gain first
};

/// Simulates an experiment, each change, each combination, and for the tornado the experiment with one unit,
/// port, or clock faster by the factor (a unit's firings take 1/factor of their cycles). Throws InputError if
/// the experiment itself is wrong or a combination names no change.
[[nodiscard]] WhatIfResult what_if(const Catalog& catalog, const UnitRegistry& registry,
                                   const ExperimentSource& source, const WhatIfDocument& document,
                                   const FabricConstants& constants, const std::string& version,
                                   std::size_t jobs);

}  // namespace statelane
