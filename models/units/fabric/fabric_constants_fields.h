// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "models/units/fabric/fabric_constants.h"

namespace statelane {

/// One constant: its key, what it is counted for, its meaning, and where it stands with and without its
/// source.
struct BlockField {
  const char* key;
  const char* per;
  const char* doc;
  SourcedBlock FabricDocument::*document;
  Resources FabricCosts::*cost;
};
struct NumberField {
  const char* key;
  const char* unit;
  const char* doc;
  SourcedNumber FabricDocument::*document;
  double FabricCosts::*cost;
};

/// All constants of a family. Parser, checks and documentation come from these two lists.
[[nodiscard]] const std::vector<BlockField>& block_fields();
[[nodiscard]] const std::vector<NumberField>& number_fields();

}  // namespace statelane
