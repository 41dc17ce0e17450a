// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>

#include "models/design/design.h"
#include "models/units/unit_registry.h"

namespace statelane {

/// Reads a design from its JSON object, units by the kinds of `registry`. Adds every problem found: unknown
/// keys and kinds with the nearest name, units that cannot execute what they are given, operators mapped
/// twice or not at all.
[[nodiscard]] std::optional<Design> read_design(const JsonValue& json, const UnitRegistry& registry,
                                                Diagnostics& diagnostics);

/// The design as JSON, defaults written out; read_design() gives an equal design.
[[nodiscard]] JsonValue design_to_json(const Design& design);

/// JSON Schema of a design file with the kinds of `registry`: whole, or a change of the design it "extends".
[[nodiscard]] JsonValue design_schema(const UnitRegistry& registry);

}  // namespace statelane
