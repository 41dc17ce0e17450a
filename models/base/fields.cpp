// SPDX-License-Identifier: Apache-2.0
#include "models/base/fields.h"

#include <algorithm>
#include <cstdio>
#include <stdexcept>

#define XXH_INLINE_ALL
#include <xxhash.h>

#include "models/base/codec_rules.h"

namespace statelane {

TableBase::TableBase(std::string name, std::string doc, std::shared_ptr<const void> defaults)
    : name_(std::move(name)), doc_(std::move(doc)), defaults_(std::move(defaults)) {}

const Field* TableBase::find(std::string_view key) const {
  const auto found =
      std::find_if(fields_.begin(), fields_.end(), [key](const Field& f) { return f.key == key; });
  return found == fields_.end() ? nullptr : &*found;
}

std::vector<std::string> TableBase::keys() const {
  std::vector<std::string> out;
  for (const Field& f : fields_) out.push_back(f.key);
  return out;
}

void TableBase::add(std::string key, std::string doc, const Codec& (*codec)(), std::size_t offset) {
  if (find(key) != nullptr) throw std::logic_error("field table " + name_ + ": two fields '" + key + "'");
  Field field;
  field.key = std::move(key);
  field.doc = std::move(doc);
  field.codec = codec;
  field.offset = offset;
  fields_.push_back(std::move(field));
}

Field& TableBase::last() {
  if (fields_.empty())
    throw std::logic_error("field table " + name_ + ": an attribute before the first field");
  return fields_.back();
}

namespace {
/// The codec a rule speaks of: that of the innermost element.
const Codec& leaf(const Codec& codec) {
  const Codec* at = &codec;
  while (at->element() != nullptr) at = at->element();
  return *at;
}

void check_unit(const std::string& table, const Field& field, const Codec* unit) {
  const Codec& codec = leaf(field.codec());
  const bool quantity = codec.kind() == FieldKind::quantity;
  const bool number = codec.kind() == FieldKind::integer || codec.kind() == FieldKind::number;
  if (quantity ? unit != &codec : unit != nullptr || !number)
    throw std::logic_error("field table " + table + ": the bound of '" + field.key + "' is of another type");
}
}  // namespace

void TableBase::set_min(const Codec* unit, double bound) {
  check_unit(name_, last(), unit);
  last().rules.min = bound;
}

void TableBase::set_max(const Codec* unit, double bound) {
  check_unit(name_, last(), unit);
  last().rules.max = bound;
}

bool TableBase::read(const JsonValue& json, void* out, Diagnostics& diagnostics,
                     const ReadOptions& options) const {
  if (!json.is_object()) {
    diagnostics.error(json.where(), "wrong type of value", json.show(), "an object (" + name_ + ")");
    return false;
  }
  const std::size_t errors_before = diagnostics.error_count();
  for (const JsonMember& m : json.members()) {
    if (const Field* field = find(m.key)) {
      field->codec().read(m.value, static_cast<std::byte*>(out) + field->offset, field->rules, diagnostics);
      continue;
    }
    const auto& ignored = options.ignored_keys;
    if (std::find(ignored.begin(), ignored.end(), m.key) != ignored.end()) continue;
    if (options.schema_key && m.key == "$schema") continue;
    unknown_key(json, m, options, diagnostics);
  }
  for (const Field& field : fields_) {
    if (!field.required || json.find(field.key) != nullptr) continue;
    const Codec& codec = field.codec();
    diagnostics.error(json.where(), "the key '" + field.key + "' is missing", {},
                      codec.kind() == FieldKind::raw ? field.doc : codec.expected());
  }
  if (diagnostics.error_count() == errors_before)
    for (const Check& check : checks_) check(out, json, diagnostics);
  return diagnostics.error_count() == errors_before;
}

void TableBase::unknown_key(const JsonValue& json, const JsonMember& member, const ReadOptions& options,
                            Diagnostics& diagnostics) const {
  std::vector<std::string> known = keys();
  known.insert(known.end(), options.ignored_keys.begin(), options.ignored_keys.end());
  std::string hint = nearest_hint(member.key, known);
  if (options.allow_unknown && hint.empty()) return;
  SourcePosition where = member.where();
  if (where.pointer.empty()) where = json.where(member.key);
  diagnostics.add({options.allow_unknown ? Severity::warning : Severity::error, std::move(where),
                   "unknown key in " + name_, "'" + member.key.substr(0, 60) + "'", detail::join(known),
                   std::move(hint)});
}

JsonValue TableBase::write(const void* object) const {
  JsonValue out = JsonValue::object();
  for (const Field& field : fields_) {
    std::optional<JsonValue> value =
        field.codec().write(static_cast<const std::byte*>(object) + field.offset);
    if (value) out.members().push_back({field.key, std::move(*value)});
  }
  return out;
}

std::string content_hash(std::string_view bytes) {
  const XXH128_hash_t h = XXH3_128bits(bytes.data(), bytes.size());
  char text[33];
  std::snprintf(text, sizeof text, "%016llx%016llx", static_cast<unsigned long long>(h.high64),
                static_cast<unsigned long long>(h.low64));
  return text;
}

namespace {

bool is_scalar(FieldKind kind) {
  return kind == FieldKind::boolean || kind == FieldKind::integer || kind == FieldKind::number ||
         kind == FieldKind::quantity || kind == FieldKind::string || kind == FieldKind::enumeration;
}

FieldPoint point(const Codec& codec, const Field& field, std::string pointer) {
  FieldPoint p;
  p.pointer = std::move(pointer);
  p.kind = codec.kind();
  p.type = codec.type_name();
  p.min = field.rules.min;
  p.max = field.rules.max;
  p.choices = field.rules.one_of;
  if (p.choices.empty()) {
    for (std::string& name : codec.names()) p.choices.emplace_back(std::move(name));
    if (codec.kind() == FieldKind::boolean) p.choices = {JsonValue(false), JsonValue(true)};
  }
  p.doc = field.doc;
  p.sweepable = field.sweepable;
  p.generator = field.generator;
  return p;
}

void list_below(const Slot& slot, const std::string& pointer, std::vector<FieldPoint>& out) {
  const Codec* codec = slot.codec;
  if (codec->kind() == FieldKind::optional && is_scalar(codec->element()->kind())) codec = codec->element();
  if (is_scalar(codec->kind())) {
    out.push_back(point(*codec, *slot.field, pointer));
    return;
  }
  if (codec->kind() == FieldKind::raw) return;
  for (const std::string& token : codec->children(slot.object)) {
    const Slot below = codec->child(slot.object, token, slot.field);
    if (below.codec != nullptr) list_below(below, pointer + "/" + pointer_escape(token), out);
  }
}

/// The fields of an object, as a Slot each.
Slot slot_of(const Field& field, void* object) {
  return {&field.codec(), static_cast<std::byte*>(object) + field.offset, &field};
}

/// The part a pointer of at least one token names; codec == nullptr if there is none.
Slot walk(const TableBase& table, void* object, std::string_view pointer) {
  const auto tokens = pointer_tokens(pointer);
  if (!tokens || tokens->empty()) return {};
  const Field* field = table.find(tokens->front());
  if (field == nullptr) return {};
  Slot slot = slot_of(*field, object);
  for (std::size_t i = 1; i < tokens->size() && slot.codec != nullptr; ++i)
    slot = slot.codec->child(slot.object, (*tokens)[i], slot.field);
  return slot;
}

}  // namespace

std::vector<FieldPoint> list_fields(const TableBase& table, const void* object) {
  std::vector<FieldPoint> out;
  for (const Field& field :
       table.fields())  // const_cast: the walk is shared with set_field and changes nothing
    list_below(slot_of(field, const_cast<void*>(object)), "/" + pointer_escape(field.key), out);
  return out;
}

std::optional<JsonValue> get_field(const TableBase& table, const void* object, std::string_view pointer) {
  if (pointer.empty()) return table.write(object);
  const Slot slot = walk(table, const_cast<void*>(object), pointer);
  return slot.codec == nullptr ? std::nullopt : slot.codec->write(slot.object);
}

Slot find_field(const TableBase& table, void* object, std::string_view pointer) {
  return walk(table, object, pointer);
}

bool set_field(const TableBase& table, void* object, std::string_view pointer, const JsonValue& value,
               Diagnostics& diagnostics) {
  const Slot slot = walk(table, object, pointer);
  if (slot.codec == nullptr) {
    std::vector<std::string> known;
    for (const FieldPoint& p : list_fields(table, object)) known.push_back(p.pointer);
    diagnostics.error({{}, 0, 0, std::string(pointer)}, "no such field in " + table.name(), {}, {},
                      nearest_hint(pointer, known));
    return false;
  }
  Diagnostics found;
  const bool good = slot.codec->read(value, slot.object, slot.field->rules, found);
  for (Diagnostic d : found) {  // a value the program built does not know where it goes
    if (d.where.file.empty()) d.where.pointer = std::string(pointer) + d.where.pointer;
    diagnostics.add(std::move(d));
  }
  return good;
}

}  // namespace statelane
