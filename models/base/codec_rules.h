// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "models/base/codec.h"

/// Private to the codecs: what they share when they judge a value.
namespace statelane::detail {

/// Reports that `json` is not what the codec reads. Always false.
bool wrong_type(const Codec& codec, const JsonValue& json, Diagnostics& diagnostics);

/// Judges a value that was read: `number` is it in the base unit, or NaN if it is no number; `written` as
/// Codec::write gives it. False with an error added if it breaks a rule.
bool obeys(const Codec& codec, const JsonValue& json, const FieldRules& rules, double number,
           const JsonValue& written, Diagnostics& diagnostics);

/// The bounds of a rule for people: "1 MHz ... 2 GHz", ">= 1"; empty if there are none.
[[nodiscard]] std::string show_bounds(const Codec& codec, const FieldRules& rules);

/// Adds "minimum", "maximum" and "enum" of the rules to a schema.
void add_rules(JsonValue& schema, const FieldRules& rules, bool integers);

/// The integer a JSON number stands for (1.0 and 1e3 are integers as in JSON Schema), or nothing.
[[nodiscard]] std::optional<std::int64_t> whole_number(const JsonValue& json);

/// Items joined by ", ", at most 30 of them.
[[nodiscard]] std::string join(const std::vector<std::string>& items);

}  // namespace statelane::detail
