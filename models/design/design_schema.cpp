// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "models/design/design_fields.h"
#include "models/design/design_reader.h"

// JSON Schema of a design file. A file is either a whole design, or a change: it "extends" another design by
// a merge patch (RFC 7386), in which nothing is required and null removes what the other design has.
namespace statelane {
namespace {

JsonValue strings(std::initializer_list<const char*> texts) {
  JsonValue list = JsonValue::array();
  for (const char* text : texts) list.push_back(text);
  return list;
}

JsonValue reference(const std::string& definition) {
  return JsonValue::object().set("$ref", "#/$defs/" + definition);
}

void remove_key(JsonValue& object, std::string_view key) {
  auto& members = object.members();
  members.erase(
      std::remove_if(members.begin(), members.end(), [&](const JsonMember& m) { return m.key == key; }),
      members.end());
}

void add_definitions(const JsonValue& schema, JsonValue& definitions) {
  const JsonValue* own = schema.find("$defs");
  if (own == nullptr) return;
  for (const JsonMember& m : own->members()) definitions.set(m.key, m.value);
}

/// One kind of unit: what all units say, the kind's own parameters, and only operators it can execute.
JsonValue unit_schema(const UnitModel& model, JsonValue& definitions) {
  const JsonValue header = schema_json(Describe<UnitHeader>::table());
  JsonValue own = schema_json(model.table());
  add_definitions(own, definitions);
  JsonValue properties = *header.find("properties");
  for (const JsonMember& m : own.find("properties")->members()) properties.set(m.key, m.value);
  remove_key(properties, "$schema");
  properties.set("kind", JsonValue::object().set("const", std::string(model.kind())));
  JsonValue names = JsonValue::array();
  for (int i = 0; i < operator_count; ++i) {
    const auto op = static_cast<Operator>(i);
    if (model.supports().contains(op)) names.push_back(operator_name(op));
  }
  properties.find("operators")->set("items", JsonValue::object().set("enum", std::move(names)));
  JsonValue required = *header.find("required");
  if (const JsonValue* more = own.find("required")) {
    for (const JsonValue& name : more->items()) required.push_back(name);
  }
  return JsonValue::object()
      .set("description", model.table().doc())
      .set("type", "object")
      .set("properties", std::move(properties))
      .set("required", std::move(required))
      .set("additionalProperties", false);
}

JsonValue whole_units(const UnitRegistry& registry, JsonValue& definitions) {
  JsonValue kinds = JsonValue::array();
  for (const std::string& kind : registry.kinds())
    kinds.push_back(unit_schema(*registry.make(kind), definitions));
  return JsonValue::object()
      .set("type", "object")
      .set("description", "Hardware units by name")
      .set("additionalProperties", JsonValue::object().set("oneOf", std::move(kinds)));
}

/// In a change a unit may say a part only, so its kind, and with it its fields, may stand in the other file.
JsonValue changed_units(const UnitRegistry& registry) {
  JsonValue kinds = JsonValue::array();
  for (const std::string& kind : registry.kinds()) kinds.push_back(kind);
  JsonValue kind = JsonValue::object().set("enum", std::move(kinds));
  return JsonValue::object()
      .set("type", "object")
      .set("description", "Units to change or add by name; null removes one")
      .set("additionalProperties", JsonValue::object()
                                       .set("type", strings({"object", "null"}))
                                       .set("properties", JsonValue::object().set("kind", std::move(kind))));
}

/// The schema of an object as a change of it: nothing is required, null removes, objects in it are changes
/// too.
JsonValue as_change(JsonValue object) {
  remove_key(object, "required");
  for (JsonMember& property : object.find("properties")->members()) {
    JsonValue& schema = property.value;
    remove_key(schema, "default");  // left out, it is the other design's value
    JsonValue either = JsonValue::object();
    if (const JsonValue* description = schema.find("description")) either.set("description", *description);
    if (JsonValue* target = schema.find("$ref")) *target = target->as_string() + "_change";
    either.set("anyOf",
               JsonValue::array().push_back(schema).push_back(JsonValue::object().set("type", "null")));
    schema = std::move(either);
  }
  return object;
}

}  // namespace

JsonValue design_schema(const UnitRegistry& registry) {
  JsonValue whole = schema_json(Describe<DesignDocument>::table());
  JsonValue definitions = JsonValue::object();
  add_definitions(whole, definitions);
  const JsonValue sections = definitions;
  JsonValue out = JsonValue::object();
  for (const char* key : {"$schema", "title", "description", "type"}) {
    out.set(key, *whole.find(key));
    if (std::string_view(key) != "type") remove_key(whole, key);
  }
  remove_key(whole, "$defs");

  JsonValue change = as_change(whole);
  change.find("properties")->set("units", changed_units(registry));
  change.find("properties")
      ->set("extends", JsonValue::object()
                           .set("type", "string")
                           .set("description", "Design this one changes: a name or a path"));
  whole.find("properties")->set("units", whole_units(registry, definitions));

  for (const JsonMember& m : sections.members()) definitions.set(m.key + "_change", as_change(m.value));
  definitions.set("design_whole", std::move(whole));
  definitions.set("design_change", std::move(change));
  return out.set("if", JsonValue::object().set("required", strings({"extends"})))
      .set("then", reference("design_change"))
      .set("else", reference("design_whole"))
      .set("$defs", std::move(definitions));
}

}  // namespace statelane
