// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "models/base/codec_rules.h"
#include "models/base/fields.h"

namespace statelane {

JsonValue TableBase::schema(SchemaDefs& defs) const {
  JsonValue properties = JsonValue::object();
  JsonValue required = JsonValue::array();
  for (const Field& field : fields_) {
    JsonValue property = field.codec().schema(field.rules, defs);
    if (!field.doc.empty())
      property.set("description", field.only.empty() ? field.doc : field.doc + " (only " + field.only + ")");
    if (field.required) {
      required.push_back(field.key);
    } else if (const auto value =
                   field.codec().write(static_cast<const std::byte*>(defaults()) + field.offset)) {
      property.set("default", *value);
    }
    properties.set(field.key, std::move(property));
  }
  JsonValue out = JsonValue::object();
  if (!doc_.empty()) out.set("description", doc_);
  out.set("type", "object").set("properties", std::move(properties));
  if (!required.items().empty()) out.set("required", std::move(required));
  out.set("additionalProperties", JsonValue(false));
  return out;
}

JsonValue schema_json(const TableBase& table) {
  SchemaDefs defs;
  JsonValue body = table.schema(defs);
  JsonValue out = JsonValue::object();
  out.set("$schema", "https://json-schema.org/draft/2020-12/schema");
  out.set("title", table.name());
  body.find("properties")->set("$schema", JsonValue::object().set("type", "string"));
  for (JsonMember& m : body.members()) out.set(m.key, std::move(m.value));
  if (!defs.defs.members().empty()) out.set("$defs", std::move(defs.defs));
  return out;
}

namespace {

std::string escaped(const std::string& text) {
  std::string out;
  for (const char c : text) {
    if (c == '|') out += '\\';
    out += c == '\n' ? ' ' : c;
  }
  return out;
}

std::string allowed(const Codec& codec, const FieldRules& rules) {
  const Codec* leaf = &codec;
  while (leaf->element() != nullptr) leaf = leaf->element();
  if (!rules.one_of.empty()) {
    std::vector<std::string> values;
    for (const JsonValue& v : rules.one_of) values.push_back(v.is_string() ? v.as_string() : v.show());
    return detail::join(values);
  }
  if (!leaf->names().empty()) return detail::join(leaf->names());
  return detail::show_bounds(*leaf, rules);
}

std::string default_of(const TableBase& table, const Field& field) {
  if (field.required) return "required";
  const auto value = field.codec().write(static_cast<const std::byte*>(table.defaults()) + field.offset);
  if (!value) return "unset";
  if (value->is_string() && !value->as_string().empty()) return "`" + value->as_string() + "`";
  return "`" + (value->is_object() ? std::string("{...}") : to_text(*value, -1)) + "`";
}

void describe(const TableBase& table, std::vector<const TableBase*>& queue, std::string& out) {
  out += "### " + table.name() + "\n\n" + table.doc() + "\n\n";
  out += "| key | type | default | allowed | sweep | description |\n|---|---|---|---|---|---|\n";
  for (const Field& field : table.fields()) {
    const Codec* leaf = &field.codec();
    while (leaf->element() != nullptr) leaf = leaf->element();
    if (leaf->table() != nullptr && std::find(queue.begin(), queue.end(), leaf->table()) == queue.end())
      queue.push_back(leaf->table());
    if (field.hidden) continue;
    std::string doc = field.doc;
    if (!field.only.empty()) doc += " Only " + field.only + ".";
    if (!field.source.empty()) doc += " Source: " + field.source + ".";
    out += "| `" + field.key + "` | " + field.codec().type_name() + " | " +
           escaped(default_of(table, field)) + " | " + escaped(allowed(field.codec(), field.rules)) + " | " +
           (field.sweepable ? "yes" : "") + " | " + escaped(doc) + " |\n";
  }
}

}  // namespace

std::string markdown(const TableBase& table) {
  std::string out;
  std::vector<const TableBase*> queue{&table};
  for (std::size_t i = 0; i < queue.size(); ++i) {
    if (i > 0) out += "\n";
    const TableBase* next = queue[i];
    describe(*next, queue, out);
  }
  return out;
}

}  // namespace statelane
