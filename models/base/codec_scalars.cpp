// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>
#include <stdexcept>

#include "models/base/codec.h"
#include "models/base/codec_rules.h"

namespace statelane {

std::string Codec::show_bound(double bound) const {
  return to_text(JsonValue(bound), -1);
}
Slot Codec::child(void*, std::string_view, const Field*) const {
  return {};
}
std::vector<std::string> Codec::children(const void*) const {
  return {};
}
void Codec::copy(void*, const void*) const {
  throw std::logic_error("only scalars are copied through their codec, not " + type_name());
}
std::optional<double> Codec::number(const void*) const {
  return std::nullopt;
}

namespace detail {

bool wrong_type(const Codec& codec, const JsonValue& json, Diagnostics& diagnostics) {
  diagnostics.error(json.where(), "wrong type of value", json.show(), codec.expected());
  return false;
}

std::string show_bounds(const Codec& codec, const FieldRules& rules) {
  if (rules.min && rules.max) return codec.show_bound(*rules.min) + " ... " + codec.show_bound(*rules.max);
  if (rules.min) return ">= " + codec.show_bound(*rules.min);
  if (rules.max) return "<= " + codec.show_bound(*rules.max);
  return {};
}

bool obeys(const Codec& codec, const JsonValue& json, const FieldRules& rules, double number,
           const JsonValue& written, Diagnostics& diagnostics) {
  if (rules.min && number < *rules.min) {
    diagnostics.error(json.where(), "the value is too small", json.show(), show_bounds(codec, rules));
    return false;
  }
  if (rules.max && number > *rules.max) {
    diagnostics.error(json.where(), "the value is too large", json.show(), show_bounds(codec, rules));
    return false;
  }
  if (!rules.one_of.empty() &&
      std::find(rules.one_of.begin(), rules.one_of.end(), written) == rules.one_of.end()) {
    std::vector<std::string> allowed;
    std::vector<std::string> names;
    for (const JsonValue& v : rules.one_of) {
      allowed.push_back(v.show());
      if (v.is_string()) names.push_back(v.as_string());
    }
    diagnostics.error(
        json.where(), "not one of the values allowed", json.show(), join(allowed),
        json.is_string() && std::isnan(number) ? nearest_hint(json.as_string(), names) : std::string());
    return false;
  }
  return true;
}

void add_rules(JsonValue& schema, const FieldRules& rules, bool integers) {
  const auto number = [integers](double v) {
    return integers ? JsonValue(static_cast<std::int64_t>(v)) : JsonValue(v);
  };
  if (rules.min) schema.set("minimum", number(*rules.min));
  if (rules.max) schema.set("maximum", number(*rules.max));
  if (!rules.one_of.empty()) schema.set("enum", JsonValue(rules.one_of));
}

std::string join(const std::vector<std::string>& items) {
  constexpr std::size_t most = 30;
  std::string out;
  for (std::size_t i = 0; i < items.size() && i < most; ++i) out += (i == 0 ? "" : ", ") + items[i];
  if (items.size() > most) out += ", ...";
  return out;
}

namespace {

class BoolCodec final : public Codec {
 public:
  [[nodiscard]] FieldKind kind() const override { return FieldKind::boolean; }
  [[nodiscard]] std::string expected() const override { return "true or false"; }
  [[nodiscard]] std::string type_name() const override { return "boolean"; }
  bool read(const JsonValue& json, void* out, const FieldRules&, Diagnostics& diagnostics) const override {
    if (!json.is_bool()) return wrong_type(*this, json, diagnostics);
    *static_cast<bool*>(out) = json.as_bool();
    return true;
  }
  [[nodiscard]] std::optional<JsonValue> write(const void* value) const override {
    return JsonValue(*static_cast<const bool*>(value));
  }
  void copy(void* to, const void* from) const override {
    *static_cast<bool*>(to) = *static_cast<const bool*>(from);
  }
  [[nodiscard]] JsonValue schema(const FieldRules&, SchemaDefs&) const override {
    return JsonValue::object().set("type", "boolean");
  }
};

template <class Int>
class IntCodec final : public Codec {
 public:
  [[nodiscard]] FieldKind kind() const override { return FieldKind::integer; }
  [[nodiscard]] std::string expected() const override { return "an integer"; }
  [[nodiscard]] std::string type_name() const override { return "integer"; }
  [[nodiscard]] std::string show_bound(double bound) const override {
    return std::to_string(static_cast<std::int64_t>(bound));
  }
  bool read(const JsonValue& json, void* out, const FieldRules& rules,
            Diagnostics& diagnostics) const override {
    const std::optional<std::int64_t> value = whole_number(json);
    if (!value) return wrong_type(*this, json, diagnostics);
    if (*value < std::numeric_limits<Int>::min() || *value > std::numeric_limits<Int>::max()) {
      diagnostics.error(json.where(), "the integer does not fit", json.show(),
                        std::to_string(std::numeric_limits<Int>::min()) + " ... " +
                            std::to_string(std::numeric_limits<Int>::max()));
      return false;
    }
    *static_cast<Int*>(out) = static_cast<Int>(*value);
    return obeys(*this, json, rules, static_cast<double>(*value), JsonValue(*value), diagnostics);
  }
  [[nodiscard]] std::optional<JsonValue> write(const void* value) const override {
    return JsonValue(std::int64_t{*static_cast<const Int*>(value)});
  }
  void copy(void* to, const void* from) const override {
    *static_cast<Int*>(to) = *static_cast<const Int*>(from);
  }
  [[nodiscard]] std::optional<double> number(const void* value) const override {
    return static_cast<double>(*static_cast<const Int*>(value));
  }
  [[nodiscard]] JsonValue schema(const FieldRules& rules, SchemaDefs&) const override {
    JsonValue out = JsonValue::object().set("type", "integer");
    add_rules(out, rules, true);
    return out;
  }
};

class DoubleCodec final : public Codec {
 public:
  [[nodiscard]] FieldKind kind() const override { return FieldKind::number; }
  [[nodiscard]] std::string expected() const override { return "a number"; }
  [[nodiscard]] std::string type_name() const override { return "number"; }
  bool read(const JsonValue& json, void* out, const FieldRules& rules,
            Diagnostics& diagnostics) const override {
    double value = 0;
    const bool named = rules.infinity && json.is_string();
    if (named && (json.as_string() == "inf" || json.as_string() == "-inf")) {
      value = json.as_string() == "inf" ? std::numeric_limits<double>::infinity()
                                        : -std::numeric_limits<double>::infinity();
    } else if (json.is_number()) {
      value = json.as_number();
    } else {
      return wrong_type(*this, json, diagnostics);
    }
    if (std::isnan(value) || (std::isinf(value) && !rules.infinity)) {
      diagnostics.error(json.where(), "the number is not finite", json.show(), expected());
      return false;
    }
    *static_cast<double*>(out) = value;
    return obeys(*this, json, rules, value, JsonValue(value), diagnostics);
  }
  [[nodiscard]] std::optional<JsonValue> write(const void* value) const override {
    return JsonValue(*static_cast<const double*>(value));
  }
  void copy(void* to, const void* from) const override {
    *static_cast<double*>(to) = *static_cast<const double*>(from);
  }
  [[nodiscard]] std::optional<double> number(const void* value) const override {
    return static_cast<double>(*static_cast<const double*>(value));
  }
  [[nodiscard]] JsonValue schema(const FieldRules& rules, SchemaDefs&) const override {
    JsonValue number = JsonValue::object().set("type", "number");
    add_rules(number, rules, false);
    if (!rules.infinity) return number;
    JsonValue words = JsonValue::object().set("enum", JsonValue::array().push_back("inf").push_back("-inf"));
    return JsonValue::object().set("anyOf", JsonValue::array().push_back(number).push_back(words));
  }
};

class StringCodec final : public Codec {
 public:
  [[nodiscard]] FieldKind kind() const override { return FieldKind::string; }
  [[nodiscard]] std::string expected() const override { return "a string"; }
  [[nodiscard]] std::string type_name() const override { return "string"; }
  bool read(const JsonValue& json, void* out, const FieldRules& rules,
            Diagnostics& diagnostics) const override {
    if (!json.is_string()) return wrong_type(*this, json, diagnostics);
    *static_cast<std::string*>(out) = json.as_string();
    return obeys(*this, json, rules, std::nan(""), json, diagnostics);
  }
  [[nodiscard]] std::optional<JsonValue> write(const void* value) const override {
    return JsonValue(*static_cast<const std::string*>(value));
  }
  void copy(void* to, const void* from) const override {
    *static_cast<std::string*>(to) = *static_cast<const std::string*>(from);
  }
  [[nodiscard]] JsonValue schema(const FieldRules& rules, SchemaDefs&) const override {
    JsonValue out = JsonValue::object().set("type", "string");
    add_rules(out, rules, false);
    return out;
  }
};

/// JSON kept as it stands, for content whose struct only a later reader knows; null means nothing there.
class RawCodec final : public Codec {
 public:
  [[nodiscard]] FieldKind kind() const override { return FieldKind::raw; }
  [[nodiscard]] std::string expected() const override { return "any JSON"; }
  [[nodiscard]] std::string type_name() const override { return "JSON"; }
  bool read(const JsonValue& json, void* out, const FieldRules&, Diagnostics&) const override {
    *static_cast<JsonValue*>(out) = json;
    return true;
  }
  [[nodiscard]] std::optional<JsonValue> write(const void* value) const override {
    const auto& json = *static_cast<const JsonValue*>(value);
    if (json.is_null()) return std::nullopt;
    return json;
  }
  void copy(void* to, const void* from) const override {
    *static_cast<JsonValue*>(to) = *static_cast<const JsonValue*>(from);
  }
  [[nodiscard]] JsonValue schema(const FieldRules&, SchemaDefs&) const override {
    return JsonValue::object();
  }
  [[nodiscard]] Slot child(void* object, std::string_view token, const Field* field) const override {
    // find_pointer finds, in the object that is ours to change.
    const JsonValue* part = find_pointer(*static_cast<JsonValue*>(object), "/" + pointer_escape(token));
    if (part == nullptr) return {};
    return {this, const_cast<JsonValue*>(part), field};
  }
};

template <class C>
const Codec& only() {
  static const C codec;
  return codec;
}

}  // namespace

std::optional<std::int64_t> whole_number(const JsonValue& json) {
  if (json.is_integer()) return json.as_integer();
  if (!json.is_number()) return std::nullopt;
  const double value = json.as_number();
  // JSON Schema calls 1e3 and 1.0 integers too. 2^63 itself does not fit.
  if (std::trunc(value) != value || std::abs(value) >= 9223372036854775808.0) return std::nullopt;
  return static_cast<std::int64_t>(value);
}

const Codec& scalar_codec(Tag<bool>) {
  return only<BoolCodec>();
}
const Codec& scalar_codec(Tag<int>) {
  return only<IntCodec<int>>();
}
const Codec& scalar_codec(Tag<std::int64_t>) {
  return only<IntCodec<std::int64_t>>();
}
const Codec& scalar_codec(Tag<double>) {
  return only<DoubleCodec>();
}
const Codec& scalar_codec(Tag<std::string>) {
  return only<StringCodec>();
}
const Codec& scalar_codec(Tag<JsonValue>) {
  return only<RawCodec>();
}

std::string EnumCodec::expected() const {
  return join(names());
}

std::vector<std::string> EnumCodec::names() const {
  std::vector<std::string> out;
  for (const Name& n : names_) out.emplace_back(n.name);
  return out;
}

bool EnumCodec::read(const JsonValue& json, void* out, const FieldRules& rules,
                     Diagnostics& diagnostics) const {
  if (!json.is_string()) return wrong_type(*this, json, diagnostics);
  for (const Name& n : names_) {
    if (json.as_string() != n.name) continue;
    store_(out, n.value);
    return obeys(*this, json, rules, std::nan(""), json, diagnostics);
  }
  diagnostics.error(json.where(), "unknown name", json.show(), expected(),
                    nearest_hint(json.as_string(), names()));
  return false;
}

std::optional<JsonValue> EnumCodec::write(const void* value) const {
  const std::int64_t number = load_(value);
  for (const Name& n : names_)
    if (n.value == number) return JsonValue(n.name);
  return JsonValue(number);  // not described: reading it back will say so
}

JsonValue EnumCodec::schema(const FieldRules& rules, SchemaDefs&) const {
  JsonValue values = JsonValue::array();
  std::string doc;
  for (const Name& n : names_) {
    values.push_back(n.name);
    if (*n.doc != '\0') doc += (doc.empty() ? "" : "; ") + std::string(n.name) + ": " + n.doc;
  }
  JsonValue out = JsonValue::object().set("type", "string").set("enum", std::move(values));
  if (!doc.empty()) out.set("$comment", doc);
  if (!rules.one_of.empty()) out.set("enum", JsonValue(rules.one_of));
  return out;
}

}  // namespace detail
}  // namespace statelane
