// SPDX-License-Identifier: Apache-2.0
#include "models/base/json.h"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "models/base/json_path.h"

namespace statelane {

JsonValue::JsonValue() = default;
JsonValue::JsonValue(FromBool, bool value) : data_(value) {}
JsonValue::JsonValue(int value) : data_(std::int64_t{value}) {}
JsonValue::JsonValue(std::int64_t value) : data_(value) {}
JsonValue::JsonValue(double value) : data_(value) {}
JsonValue::JsonValue(std::string value) : data_(std::move(value)) {}
JsonValue::JsonValue(std::string_view value) : data_(std::string(value)) {}
JsonValue::JsonValue(const char* value) : data_(std::string(value)) {}
JsonValue::JsonValue(Array value) : data_(std::move(value)) {}
JsonValue::JsonValue(Object value) : data_(std::move(value)) {}
JsonValue::JsonValue(const JsonValue&) = default;
JsonValue::JsonValue(JsonValue&&) noexcept = default;
JsonValue& JsonValue::operator=(const JsonValue&) = default;
JsonValue& JsonValue::operator=(JsonValue&&) noexcept = default;
JsonValue::~JsonValue() = default;

JsonValue JsonValue::array() {
  return JsonValue(Array{});
}
JsonValue JsonValue::object() {
  return JsonValue(Object{});
}

JsonValue::Type JsonValue::type() const {
  return static_cast<Type>(data_.index());
}
bool JsonValue::as_bool() const {
  return std::get<bool>(data_);
}
std::int64_t JsonValue::as_integer() const {
  return std::get<std::int64_t>(data_);
}
double JsonValue::as_number() const {
  if (is_integer()) return static_cast<double>(as_integer());
  return std::get<double>(data_);
}
const std::string& JsonValue::as_string() const {
  return std::get<std::string>(data_);
}
const JsonValue::Array& JsonValue::items() const {
  return std::get<Array>(data_);
}
JsonValue::Array& JsonValue::items() {
  return std::get<Array>(data_);
}
const JsonValue::Object& JsonValue::members() const {
  return std::get<Object>(data_);
}
JsonValue::Object& JsonValue::members() {
  return std::get<Object>(data_);
}

const JsonValue* JsonValue::find(std::string_view key) const {
  const auto* object = std::get_if<Object>(&data_);
  if (object == nullptr) return nullptr;
  for (const JsonMember& m : *object)
    if (m.key == key) return &m.value;
  return nullptr;
}

JsonValue* JsonValue::find(std::string_view key) {
  return const_cast<JsonValue*>(std::as_const(*this).find(key));
}

JsonValue& JsonValue::set(std::string key, JsonValue value) {
  if (is_null()) data_ = Object{};
  if (JsonValue* old = find(key)) {
    *old = std::move(value);
  } else {
    members().push_back({std::move(key), std::move(value)});
  }
  return *this;
}

JsonValue& JsonValue::push_back(JsonValue value) {
  if (is_null()) data_ = Array{};
  items().push_back(std::move(value));
  return *this;
}

SourcePosition JsonValue::where() const {
  SourcePosition position;
  position.line = line_;
  position.column = column_;
  std::vector<const JsonPath*> chain;
  for (const JsonPath* p = path_.get(); p != nullptr; p = p->parent.get()) chain.push_back(p);
  if (chain.empty()) return position;
  position.file = chain.back()->token;
  chain.pop_back();
  for (auto p = chain.rbegin(); p != chain.rend(); ++p) position.pointer += '/' + pointer_escape((*p)->token);
  return position;
}

SourcePosition JsonValue::where(std::string_view key) const {
  const JsonValue* member = find(key);
  if (member != nullptr && member->path_ != nullptr) return member->where();
  SourcePosition position = where();
  position.pointer += '/' + pointer_escape(key);
  return position;
}

SourcePosition JsonMember::where() const {
  SourcePosition position = value.where();
  if (key_line > 0) {
    position.line = key_line;
    position.column = key_column;
  }
  return position;
}

std::string JsonValue::show() const {
  constexpr std::size_t longest = 60;
  if (is_array()) return items().empty() ? "an empty array" : "an array";
  if (is_object()) return "an object";
  if (!is_string() || as_string().size() <= longest) return to_text(*this, -1);
  return to_text(JsonValue(as_string().substr(0, longest)), -1) + "...";
}

bool operator==(const JsonValue& a, const JsonValue& b) {
  return a.data_ == b.data_;
}

namespace {

using Json = nlohmann::ordered_json;

Json to_nlohmann(const JsonValue& value, bool sorted) {
  switch (value.type()) {
    case JsonValue::Type::null:
      return nullptr;
    case JsonValue::Type::boolean:
      return value.as_bool();
    case JsonValue::Type::integer:
      return value.as_integer();
    case JsonValue::Type::number: {
      const double number = value.as_number();
      if (std::isnan(number)) return "nan";
      if (std::isinf(number)) return number > 0 ? "inf" : "-inf";
      return number;
    }
    case JsonValue::Type::string:
      return value.as_string();
    case JsonValue::Type::array: {
      Json out = Json::array();
      for (const JsonValue& item : value.items()) out.push_back(to_nlohmann(item, sorted));
      return out;
    }
    case JsonValue::Type::object:
      break;
  }
  std::vector<const JsonMember*> order;
  for (const JsonMember& m : value.members()) order.push_back(&m);
  if (sorted) std::stable_sort(order.begin(), order.end(), [](auto* a, auto* b) { return a->key < b->key; });
  Json out = Json::object();
  auto& object = out.get_ref<Json::object_t&>();
  // The base class's push_back: an ordered_map looks through all keys at each insertion.
  for (const JsonMember* m : order) {
    std::vector<Json::object_t::value_type>& members = object;
    members.emplace_back(m->key, to_nlohmann(m->value, sorted));
  }
  return out;
}

}  // namespace

std::string to_text(const JsonValue& value, int indent) {
  return to_nlohmann(value, false).dump(indent, ' ', false, Json::error_handler_t::replace);
}

std::string canonical_text(const JsonValue& value) {
  return to_nlohmann(value, true).dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace statelane
