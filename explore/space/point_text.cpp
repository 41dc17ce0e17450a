// SPDX-License-Identifier: Apache-2.0
#include "explore/space/point_text.h"

namespace statelane {
namespace {

/// What an axis takes its name's value from: the one value it sets, or the choice's name.
JsonValue value_json(const AxisValue& v) {
  if (v.set.empty()) return JsonValue(v.label);
  const JsonValue& first = v.set.front().second;
  const std::string text = first.is_string() ? first.as_string() : to_text(first, -1);
  return text == v.label ? first : JsonValue(v.label);
}

}  // namespace

std::string parameters_text(const DesignSpace& space, const DesignCursor& cursor) {
  JsonValue json = JsonValue::object();
  for (std::size_t i = 0; i < space.axes().size(); ++i) {
    if (cursor.active()[i])
      json.set(space.axes()[i].name, value_json(space.axes()[i].values[cursor.digits()[i]]));
  }
  return to_text(json, -1);
}

std::string numbers_text(const DesignSpace& space, const DesignCursor& cursor) {
  JsonValue json = JsonValue::object();
  for (std::size_t i = 0; i < space.axes().size(); ++i) {
    if (!cursor.active()[i]) continue;
    for (const auto& [name, number] : space.axes()[i].values[cursor.digits()[i]].numbers)
      json.set(space.axes()[i].name + "." + name, JsonValue(number));
  }
  return to_text(json, -1);
}

}  // namespace statelane
