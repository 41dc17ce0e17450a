// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "models/units/fabric/fabric_constants.h"

namespace statelane {

/// Every constant with value, unit and source, as Markdown: the table of docs/resources.md.
[[nodiscard]] std::string fabric_constants_markdown(const JsonValue& json,
                                                    const std::vector<FamilyJson>& families);

}  // namespace statelane
