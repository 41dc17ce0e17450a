// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "models/base/diagnostics.h"

namespace statelane {

struct JsonMember;
struct JsonPath;

/// A JSON value that knows where it stands in its file. Numbers without fraction and exponent that fit are
/// integers, all others doubles. Objects keep the order of their keys. A value built by the program has no
/// position.
class JsonValue {
 public:
  enum class Type { null, boolean, integer, number, string, array, object };
  using Array = std::vector<JsonValue>;
  using Object = std::vector<JsonMember>;

  JsonValue();  ///< null
  JsonValue(std::same_as<bool> auto value) : JsonValue(FromBool{}, value) {}
  JsonValue(int value);
  JsonValue(std::int64_t value);
  JsonValue(double value);
  JsonValue(std::string value);
  JsonValue(std::string_view value);
  JsonValue(const char* value);
  JsonValue(Array value);
  JsonValue(Object value);
  [[nodiscard]] static JsonValue array();
  [[nodiscard]] static JsonValue object();

  JsonValue(const JsonValue&);
  JsonValue(JsonValue&&) noexcept;
  JsonValue& operator=(const JsonValue&);
  JsonValue& operator=(JsonValue&&) noexcept;
  ~JsonValue();

  [[nodiscard]] Type type() const;
  [[nodiscard]] bool is_null() const { return type() == Type::null; }
  [[nodiscard]] bool is_bool() const { return type() == Type::boolean; }
  [[nodiscard]] bool is_integer() const { return type() == Type::integer; }
  /// An integer or a double.
  [[nodiscard]] bool is_number() const { return type() == Type::integer || type() == Type::number; }
  [[nodiscard]] bool is_string() const { return type() == Type::string; }
  [[nodiscard]] bool is_array() const { return type() == Type::array; }
  [[nodiscard]] bool is_object() const { return type() == Type::object; }

  /// The content; std::bad_variant_access if the type is another one (ask first). as_number also takes
  /// integers.
  [[nodiscard]] bool as_bool() const;
  [[nodiscard]] std::int64_t as_integer() const;
  [[nodiscard]] double as_number() const;
  [[nodiscard]] const std::string& as_string() const;
  [[nodiscard]] const Array& items() const;
  [[nodiscard]] Array& items();
  [[nodiscard]] const Object& members() const;
  [[nodiscard]] Object& members();

  /// The member of this object with that key, or nullptr (also if this is not an object).
  [[nodiscard]] const JsonValue* find(std::string_view key) const;
  [[nodiscard]] JsonValue* find(std::string_view key);
  /// Adds or replaces a member of this object (null becomes an object). Returns *this, for chains.
  JsonValue& set(std::string key, JsonValue value);
  /// Appends to this array (null becomes an array).
  JsonValue& push_back(JsonValue value);

  /// Where this value stands; all parts empty if it was built by the program.
  [[nodiscard]] SourcePosition where() const;
  /// Where the member `key` stands, or, if there is none, this object with the pointer of the missing member.
  [[nodiscard]] SourcePosition where(std::string_view key) const;

  /// How a diagnostic shows the value: short text such as `"400 MB"`, `3`, `an object`.
  [[nodiscard]] std::string show() const;

  /// Same content; positions do not count, the order of keys does.
  friend bool operator==(const JsonValue& a, const JsonValue& b);

 private:
  friend class JsonPlacer;
  struct FromBool {};
  JsonValue(FromBool, bool value);

  std::variant<std::monostate, bool, std::int64_t, double, std::string, Array, Object> data_;
  std::shared_ptr<const JsonPath> path_;
  int line_ = 0;
  int column_ = 0;
};

/// One key of an object with its value.
struct JsonMember {
  std::string key;
  JsonValue value;
  int key_line = 0;
  int key_column = 0;

  /// Position of the key itself.
  [[nodiscard]] SourcePosition where() const;
  friend bool operator==(const JsonMember& a, const JsonMember& b) {
    return a.key == b.key && a.value == b.value;
  }
};

struct JsonOptions {
  std::size_t max_bytes = std::size_t{64} << 20;  ///< larger inputs are refused
  int max_depth = 100;                            ///< deeper nesting is refused
  /// Accept the bare constants Infinity, -Infinity and NaN that Python's json module writes, as values only.
  bool python_constants = false;
};

/// Parses one JSON text (RFC 8259; no comments, no duplicate keys, valid UTF-8). `file` is the name
/// diagnostics show. Returns nothing, with at least one error added, if the text is not well formed.
[[nodiscard]] std::optional<JsonValue> parse_json(std::string_view text, const std::string& file,
                                                  Diagnostics& diagnostics, const JsonOptions& options = {});

/// Reads and parses a file; a missing or unreadable file is a diagnostic too.
[[nodiscard]] std::optional<JsonValue> read_json_file(const std::string& path, Diagnostics& diagnostics,
                                                      const JsonOptions& options = {});

/// Reference tokens of an RFC 6901 pointer ("/a~1b/0" -> {"a/b", "0"}); nothing if it is not a pointer.
[[nodiscard]] std::optional<std::vector<std::string>> pointer_tokens(std::string_view pointer);
/// One token escaped for a pointer ("a/b" -> "a~1b").
[[nodiscard]] std::string pointer_escape(std::string_view token);

/// The value `pointer` (RFC 6901) names, or nullptr.
[[nodiscard]] const JsonValue* find_pointer(const JsonValue& root, std::string_view pointer);

/// Puts `value` at `pointer`. Missing object members are created (the schema check judges them later); an
/// array takes an index it has, or "-" to append. The value's positions become `file`, line 0, and the
/// pointer. False, with an error added, if the pointer is malformed or leads through a scalar or past an
/// array's end. A value that was read from `file` keeps its lines and columns.
bool set_pointer(JsonValue& root, std::string_view pointer, JsonValue value, Diagnostics& diagnostics,
                 const std::string& file = "--set");

/// A value built by the program with pointers for diagnostics to show; `file` may be empty.
[[nodiscard]] JsonValue with_pointers(JsonValue value, const std::string& file = {});

/// Applies one `--set /a/b=value`: value is parsed as JSON, and is a string if it is not JSON.
bool apply_setting(JsonValue& root, std::string_view setting, Diagnostics& diagnostics);

/// JSON text, keys in their order, doubles in the shortest form that reads back the same; indent < 0 = one
/// line. Non-finite doubles become the strings "inf", "-inf" and "nan"; invalid UTF-8 is replaced by U+FFFD.
[[nodiscard]] std::string to_text(const JsonValue& value, int indent = 2);

/// One line with keys sorted: equal for equal content whatever the order of keys was.
[[nodiscard]] std::string canonical_text(const JsonValue& value);

}  // namespace statelane
