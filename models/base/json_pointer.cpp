// SPDX-License-Identifier: Apache-2.0
#include <charconv>

#include "models/base/json.h"
#include "models/base/json_path.h"

namespace statelane {

namespace {
constexpr std::size_t max_pointer_depth = 100;

/// An array index as RFC 6901 writes it: digits without leading zeros.
std::optional<std::size_t> array_index(std::string_view token) {
  if (token.empty() || (token.size() > 1 && token.front() == '0')) return std::nullopt;
  std::size_t index = 0;
  const auto [end, error] = std::from_chars(token.data(), token.data() + token.size(), index);
  if (error != std::errc() || end != token.data() + token.size()) return std::nullopt;
  return index;
}
}  // namespace

void JsonPlacer::place_tree(JsonValue& value, const std::shared_ptr<const JsonPath>& path, bool keep_lines) {
  place(value, path, keep_lines ? value.line_ : 0, keep_lines ? value.column_ : 0);
  if (value.is_array()) {
    std::size_t i = 0;
    for (JsonValue& item : value.items())
      place_tree(item, std::make_shared<const JsonPath>(JsonPath{path, std::to_string(i++)}), keep_lines);
  } else if (value.is_object()) {
    for (JsonMember& m : value.members()) {
      if (!keep_lines) m.key_line = m.key_column = 0;
      place_tree(m.value, std::make_shared<const JsonPath>(JsonPath{path, m.key}), keep_lines);
    }
  }
}

std::optional<std::vector<std::string>> pointer_tokens(std::string_view pointer) {
  std::vector<std::string> tokens;
  if (pointer.empty()) return tokens;
  if (pointer.front() != '/') return std::nullopt;
  for (std::size_t i = 0; i < pointer.size(); ++i) {
    if (pointer[i] == '/') {
      tokens.emplace_back();
    } else if (pointer[i] != '~') {
      tokens.back() += pointer[i];
    } else {
      const char code = ++i < pointer.size() ? pointer[i] : '\0';
      if (code != '0' && code != '1') return std::nullopt;
      tokens.back() += code == '0' ? '~' : '/';
    }
  }
  return tokens;
}

std::string pointer_escape(std::string_view token) {
  std::string out;
  for (const char c : token) {
    if (c == '~') {
      out += "~0";
    } else if (c == '/') {
      out += "~1";
    } else {
      out += c;
    }
  }
  return out;
}

const JsonValue* find_pointer(const JsonValue& root, std::string_view pointer) {
  const auto tokens = pointer_tokens(pointer);
  if (!tokens) return nullptr;
  const JsonValue* at = &root;
  for (const std::string& token : *tokens) {
    if (at->is_array()) {
      const auto index = array_index(token);
      if (!index || *index >= at->items().size()) return nullptr;
      at = &at->items()[*index];
    } else {
      at = at->find(token);
      if (at == nullptr) return nullptr;
    }
  }
  return at;
}

namespace {

/// The part of `parent` that `token` names, created if it may be; nullptr with an error added otherwise.
JsonValue* step(JsonValue& parent, const std::string& token, const SourcePosition& where,
                Diagnostics& diagnostics) {
  if (parent.is_object()) {
    if (JsonValue* member = parent.find(token)) return member;
    parent.set(token, JsonValue());
    return &parent.members().back().value;
  }
  if (parent.is_array()) {
    const std::size_t size = parent.items().size();
    const auto index = token == "-" ? std::optional(size) : array_index(token);
    if (index && *index < size) return &parent.items()[*index];
    if (index && token == "-") {
      parent.push_back(JsonValue());
      return &parent.items().back();
    }
    diagnostics.error(where, "no such element of the array", "'" + token + "'",
                      size == 0 ? "- (append)" : "0 ... " + std::to_string(size - 1) + " or - (append)");
    return nullptr;
  }
  diagnostics.error(where, "the pointer leads through a value that is neither an object nor an array",
                    parent.show());
  return nullptr;
}

}  // namespace

bool set_pointer(JsonValue& root, std::string_view pointer, JsonValue value, Diagnostics& diagnostics,
                 const std::string& file) {
  // A value that was read from that file stands there in a line; one from the command line has none.
  const SourcePosition origin = value.where();
  const bool keep_lines = origin.file == file && file != "--set";
  const SourcePosition where{file, keep_lines ? origin.line : 0, keep_lines ? origin.column : 0,
                             std::string(pointer)};
  const auto tokens = pointer_tokens(pointer);
  if (!tokens) {
    diagnostics.error(where, "not a JSON pointer", "'" + std::string(pointer) + "'",
                      "/key/key/index, with ~1 for / and ~0 for ~");
    return false;
  }
  if (tokens->size() > max_pointer_depth) {
    diagnostics.error(where, "the JSON pointer is too deep", std::to_string(tokens->size()) + " steps",
                      "up to " + std::to_string(max_pointer_depth));
    return false;
  }
  auto path = std::make_shared<const JsonPath>(JsonPath{nullptr, file});
  JsonValue* at = &root;
  for (const std::string& token : *tokens) {
    if (at->is_null()) {
      *at = JsonValue::object();
      JsonPlacer::place(*at, path, 0, 0);
    }
    const std::size_t size = at->is_array() ? at->items().size() : 0;
    at = step(*at, token, where, diagnostics);
    if (at == nullptr) return false;
    path = std::make_shared<const JsonPath>(JsonPath{path, token == "-" ? std::to_string(size) : token});
  }
  JsonPlacer::place_tree(value, path, keep_lines);
  *at = std::move(value);
  return true;
}

JsonValue with_pointers(JsonValue value, const std::string& file) {
  JsonPlacer::place_tree(value, std::make_shared<const JsonPath>(JsonPath{nullptr, file}));
  return value;
}

bool apply_setting(JsonValue& root, std::string_view setting, Diagnostics& diagnostics) {
  const std::size_t equals = setting.find('=');
  if (equals == std::string_view::npos || setting.front() != '/') {
    diagnostics.error({"--set", 0, 0, ""}, "not a setting", "'" + std::string(setting) + "'",
                      "/json/pointer=value, such as /clock=\"300 MHz\"");
    return false;
  }
  const std::string_view text = setting.substr(equals + 1);
  Diagnostics ignored;
  std::optional<JsonValue> value = parse_json(text, "--set", ignored);
  return set_pointer(root, setting.substr(0, equals), value ? std::move(*value) : JsonValue(text),
                     diagnostics);
}

}  // namespace statelane
