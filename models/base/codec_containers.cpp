// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <charconv>
#include <stdexcept>

#include "models/base/codec.h"
#include "models/base/codec_rules.h"
#include "models/base/fields.h"

namespace statelane::detail {

std::string StructCodec::expected() const {
  return "an object (" + table_().name() + ")";
}
std::string StructCodec::type_name() const {
  return table_().name();
}

bool StructCodec::read(const JsonValue& json, void* out, const FieldRules&, Diagnostics& diagnostics) const {
  ReadOptions nested;
  nested.schema_key = false;
  return table_().read(json, out, diagnostics, nested);
}

std::optional<JsonValue> StructCodec::write(const void* value) const {
  return table_().write(value);
}

JsonValue StructCodec::schema(const FieldRules&, SchemaDefs& defs) const {
  const TableBase& table = table_();
  const auto same_name = [&table](const auto& seen) { return seen.first == table.name(); };
  const auto seen = std::find_if(defs.seen.begin(), defs.seen.end(), same_name);
  if (seen == defs.seen.end()) {
    defs.seen.emplace_back(table.name(), &table);
    defs.defs.set(table.name(), JsonValue());  // keeps the place while the struct's own structs are added
    defs.defs.set(table.name(), table.schema(defs));
  } else if (seen->second != &table) {
    throw std::logic_error("two field tables are named '" + table.name() + "'");
  }
  return JsonValue::object().set("$ref", "#/$defs/" + table.name());
}

Slot StructCodec::child(void* object, std::string_view token, const Field*) const {
  const Field* field = table_().find(token);
  if (field == nullptr) return {};
  return {&field->codec(), static_cast<std::byte*>(object) + field->offset, field};
}

std::vector<std::string> StructCodec::children(const void*) const {
  return table_().keys();
}

std::string ContainerCodec::expected() const {
  switch (kind_) {
    case FieldKind::list:
      return "an array, each element " + element_().expected();
    case FieldKind::map:
      return "an object, each value " + element_().expected();
    default:
      return element_().expected();
  }
}

std::string ContainerCodec::type_name() const {
  switch (kind_) {
    case FieldKind::list:
      return "list of " + element_().type_name();
    case FieldKind::map:
      return "map of " + element_().type_name();
    default:
      return element_().type_name();
  }
}

bool ContainerCodec::read(const JsonValue& json, void* out, const FieldRules& rules,
                          Diagnostics& diagnostics) const {
  if (kind_ == FieldKind::list) return read_list(json, out, rules, diagnostics);
  if (kind_ == FieldKind::map) return read_map(json, out, rules, diagnostics);
  clear(out);
  return json.is_null() || element_().read(json, add(out, {}), rules, diagnostics);
}

bool ContainerCodec::read_list(const JsonValue& json, void* out, const FieldRules& rules,
                               Diagnostics& diagnostics) const {
  if (!json.is_array()) return wrong_type(*this, json, diagnostics);
  clear(out);
  bool good = true;
  for (const JsonValue& item : json.items())
    good = element_().read(item, add(out, {}), rules, diagnostics) && good;
  return good;
}

bool ContainerCodec::read_map(const JsonValue& json, void* out, const FieldRules& rules,
                              Diagnostics& diagnostics) const {
  if (!json.is_object()) return wrong_type(*this, json, diagnostics);
  clear(out);
  bool good = true;
  for (const JsonMember& m : json.members())
    good = element_().read(m.value, add(out, m.key), rules, diagnostics) && good;
  return good;
}

std::optional<JsonValue> ContainerCodec::write(const void* value) const {
  const std::size_t count = size(value);
  if (kind_ == FieldKind::optional) return count == 0 ? std::nullopt : element_().write(at(value, 0));
  JsonValue out = kind_ == FieldKind::list ? JsonValue::array() : JsonValue::object();
  for (std::size_t i = 0; i < count; ++i) {
    JsonValue item = element_().write(at(value, i)).value_or(JsonValue());
    if (kind_ == FieldKind::list) {
      out.push_back(std::move(item));
    } else {
      out.members().push_back({key(value, i), std::move(item)});
    }
  }
  return out;
}

JsonValue ContainerCodec::schema(const FieldRules& rules, SchemaDefs& defs) const {
  JsonValue item = element_().schema(rules, defs);
  switch (kind_) {
    case FieldKind::list:
      return JsonValue::object().set("type", "array").set("items", std::move(item));
    case FieldKind::map:
      return JsonValue::object().set("type", "object").set("additionalProperties", std::move(item));
    default:
      break;
  }
  JsonValue unset = JsonValue::object().set("type", "null");
  return JsonValue::object().set("anyOf",
                                 JsonValue::array().push_back(std::move(item)).push_back(std::move(unset)));
}

Slot ContainerCodec::child(void* object, std::string_view token, const Field* field) const {
  const std::size_t count = size(object);
  // The elements of a container that is ours to change are too.
  const auto element_at = [&](std::size_t i) { return const_cast<void*>(at(object, i)); };
  if (kind_ == FieldKind::optional)
    return count == 0 ? Slot{} : element_().child(element_at(0), token, field);
  if (kind_ == FieldKind::map) {
    for (std::size_t i = 0; i < count; ++i)
      if (key(object, i) == token) return {&element_(), element_at(i), field};
    return {};
  }
  std::size_t index = 0;
  const auto [end, error] = std::from_chars(token.data(), token.data() + token.size(), index);
  if (error != std::errc() || end != token.data() + token.size() || index >= count) return {};
  return {&element_(), element_at(index), field};
}

std::vector<std::string> ContainerCodec::children(const void* object) const {
  const std::size_t count = size(object);
  if (kind_ == FieldKind::optional)
    return count == 0 ? std::vector<std::string>() : element_().children(at(object, 0));
  std::vector<std::string> out;
  for (std::size_t i = 0; i < count; ++i)
    out.push_back(kind_ == FieldKind::map ? key(object, i) : std::to_string(i));
  return out;
}

std::string ContainerCodec::key(const void*, std::size_t) const {
  return {};
}

}  // namespace statelane::detail
