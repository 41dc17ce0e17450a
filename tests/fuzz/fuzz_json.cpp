// SPDX-License-Identifier: Apache-2.0
// Arbitrary bytes through the JSON parser, a field table and a setting.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "models/base/json.h"
#include "tests/base/example_structs.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace statelane;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  for (const bool python : {false, true}) {
    JsonOptions options;
    options.python_constants = python;
    Diagnostics d;
    std::optional<JsonValue> value = parse_json(text, "f", d, options);
    if (value.has_value() != d.ok()) std::abort();
    if (!value) continue;
    Diagnostics again;
    if (!python && parse_json(to_text(*value), "f", again) != value) std::abort();
    example::Machine machine;
    if (read(*value, machine, d)) {
      example::Machine copy;
      if (!read(to_json(machine), copy, d) || !(copy == machine) || hash(copy) != hash(machine)) std::abort();
    }
    (void)d.json();
  }
  JsonValue root = JsonValue::object().set("a", JsonValue::array().push_back(1));
  Diagnostics d;
  if (apply_setting(root, text, d) != d.ok()) std::abort();
  return 0;
}
