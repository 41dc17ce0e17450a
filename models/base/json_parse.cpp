// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cstring>
#include <fstream>
#include <limits>
#include <map>
#include <nlohmann/json.hpp>
#include <unordered_map>

#include "models/base/json.h"
#include "models/base/json_path.h"

namespace statelane {
namespace {

/// A key or the start of a value, in the order in which a SAX parser reports them.
struct Token {
  std::size_t begin = 0;
  std::size_t end = 0;
  int line = 1;
  int column = 1;
};

/// Finds where the tokens of a text stand. The JSON grammar is the parser's affair: this only splits, and as
/// far as the text is well formed its tokens are those the parser reports, in the same order.
class TokenScanner {
 public:
  explicit TokenScanner(std::string_view text) : text_(text) {
    if (text_.substr(0, 3) == "\xEF\xBB\xBF") at_ = 3;  // byte order mark: not a column
  }

  [[nodiscard]] std::vector<Token> scan() {
    std::vector<Token> tokens;
    while (at_ < text_.size()) {
      const char c = text_[at_];
      if (is_space(c) || std::strchr("]},:", c) != nullptr) {
        step();
        continue;
      }
      Token token{at_, 0, line_, column_};
      step();
      if (c == '"') {
        finish_string();
      } else if (c != '{' && c != '[') {
        while (at_ < text_.size() && !is_space(text_[at_]) && std::strchr("[]{},:\"", text_[at_]) == nullptr)
          step();
      }
      token.end = at_;
      tokens.push_back(token);
    }
    return tokens;
  }

  /// Line and column of an offset.
  [[nodiscard]] static Token position(std::string_view text, std::size_t offset) {
    TokenScanner scanner(text);
    while (scanner.at_ < offset && scanner.at_ < text.size()) scanner.step();
    return {scanner.at_, scanner.at_, scanner.line_, scanner.column_};
  }

 private:
  static bool is_space(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }
  void step() {
    const auto c = static_cast<unsigned char>(text_[at_++]);
    if (c == '\n') {
      ++line_;
      column_ = 1;
    } else if (at_ >= text_.size() || (static_cast<unsigned char>(text_[at_]) & 0xC0U) != 0x80U) {
      ++column_;  // counts a UTF-8 sequence once, at its last byte
    }
  }
  void finish_string() {
    while (at_ < text_.size()) {
      const char c = text_[at_];
      step();
      if (c == '"') return;
      if (c == '\\' && at_ < text_.size()) step();
    }
  }

  std::string_view text_;
  std::size_t at_ = 0;
  int line_ = 1;
  int column_ = 1;
};

/// Overwrites Python's bare constants by digits of the same length, so that offsets hold; returns their
/// values by token.
std::unordered_map<std::size_t, double> replace_python_constants(std::string& text,
                                                                 const std::vector<Token>& tokens) {
  constexpr double infinity = std::numeric_limits<double>::infinity();
  const std::map<std::string_view, double> constants = {
      {"Infinity", infinity}, {"-Infinity", -infinity}, {"NaN", std::numeric_limits<double>::quiet_NaN()}};
  std::unordered_map<std::size_t, double> values;
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    const std::size_t length = tokens[i].end - tokens[i].begin;
    const auto found = constants.find(std::string_view(text).substr(tokens[i].begin, length));
    if (found == constants.end()) continue;
    values.emplace(i, found->second);
    text.replace(tokens[i].begin, length, length, '1');
  }
  return values;
}

/// Builds the tree from nlohmann's SAX events, taking each event's position from the scanned tokens.
class TreeBuilder final : public nlohmann::json_sax<nlohmann::json> {
 public:
  TreeBuilder(std::string_view text, const std::string& file, Diagnostics& diagnostics,
              const JsonOptions& options, const std::vector<Token>& tokens,
              std::unordered_map<std::size_t, double> constants)
      : text_(text),
        file_(file),
        diagnostics_(diagnostics),
        options_(options),
        tokens_(tokens),
        constants_(std::move(constants)),
        root_path_(std::make_shared<const JsonPath>(JsonPath{nullptr, file})) {}

  [[nodiscard]] JsonValue take() { return std::move(root_); }

  bool null() override { return scalar(JsonValue()); }
  bool boolean(bool value) override { return scalar(JsonValue(value)); }
  bool number_integer(std::int64_t value) override { return number(JsonValue(value)); }
  bool number_unsigned(std::uint64_t value) override {
    // Beyond 63 bits a count is no count of anything here; keep it as a double and let the field table judge.
    if (value > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max()))
      return number(JsonValue(static_cast<double>(value)));
    return number(JsonValue(static_cast<std::int64_t>(value)));
  }
  bool number_float(double value, const std::string&) override { return number(JsonValue(value)); }
  bool string(std::string& value) override { return scalar(JsonValue(std::move(value))); }
  bool binary(nlohmann::json::binary_t&) override { return false; }  // not in JSON text
  bool start_object(std::size_t) override { return open(JsonValue::object()); }
  bool start_array(std::size_t) override { return open(JsonValue::array()); }
  bool end_object() override { return close(); }
  bool end_array() override { return close(); }

  bool key(std::string& value) override {
    const Token& at = next();
    Level& level = open_.back();
    const auto [first, added] = level.keys.emplace(value, at.line);
    if (!added) {
      SourcePosition where = level.value->where();
      where.line = at.line;
      where.column = at.column;
      where.pointer += '/' + pointer_escape(value);
      diagnostics_.error(std::move(where), "the key '" + value + "' stands twice in this object",
                         "its first value is in line " + std::to_string(first->second));
    }
    level.value->members().push_back({std::move(value), JsonValue(), at.line, at.column});
    waiting_ = true;
    return true;
  }

  bool parse_error(std::size_t position, const std::string&,
                   const nlohmann::json::exception& error) override {
    std::string message = error.what();
    const bool in_string = message.find("invalid string") != std::string::npos;
    const bool in_word = !in_string && message.find(" - invalid ") != std::string::npos;
    std::size_t offset = position > 0 ? position - 1 : 0;
    // Show where the token at fault starts; the parser may have read one character beyond a word.
    const auto after =
        std::upper_bound(tokens_.begin(), tokens_.end(), offset,
                         [](std::size_t value, const Token& token) { return value < token.begin; });
    if (!in_string && after != tokens_.begin() && (in_word || offset < std::prev(after)->end))
      offset = std::prev(after)->begin;
    const Token at = TokenScanner::position(text_, offset);
    diagnostics_.error({file_, at.line, at.column, pointer_here()}, tidy(std::move(message)));
    return false;
  }

 private:
  struct Level {
    JsonValue* value;
    std::unordered_map<std::string, int> keys;
  };

  const Token& next() {
    const std::size_t index = used_++;
    return tokens_[std::min(index, tokens_.size() - 1)];
  }
  /// The container that is open, or its member that waits for a value.
  std::string pointer_here() const {
    if (open_.empty()) return {};
    const JsonValue& container = *open_.back().value;
    const std::string pointer = container.where().pointer;
    return waiting_ ? pointer + '/' + pointer_escape(container.members().back().key) : pointer;
  }

  bool number(JsonValue value) {
    const auto constant = constants_.find(used_);
    return scalar(constant == constants_.end() ? std::move(value) : JsonValue(constant->second));
  }
  bool scalar(JsonValue value) {
    put(std::move(value));
    return true;
  }
  bool open(JsonValue value) {
    JsonValue* placed = put(std::move(value));
    if (static_cast<int>(open_.size()) >= options_.max_depth) {
      SourcePosition where = placed->where();
      where.pointer.clear();
      diagnostics_.error(std::move(where), "nested too deeply", {},
                         "up to " + std::to_string(options_.max_depth) + " levels");
      return false;
    }
    open_.push_back({placed, {}});
    return true;
  }
  bool close() {
    open_.pop_back();
    return true;
  }

  JsonValue* put(JsonValue value) {
    const Token& at = next();
    if (open_.empty()) {
      root_ = std::move(value);
      JsonPlacer::place(root_, root_path_, at.line, at.column);
      return &root_;
    }
    JsonValue& parent = *open_.back().value;
    std::string token =
        parent.is_array() ? std::to_string(parent.items().size()) : parent.members().back().key;
    JsonPlacer::place(
        value, std::make_shared<const JsonPath>(JsonPath{JsonPlacer::path_of(parent), std::move(token)}),
        at.line, at.column);
    if (parent.is_array()) {
      parent.items().push_back(std::move(value));
      return &parent.items().back();
    }
    waiting_ = false;
    parent.members().back().value = std::move(value);
    return &parent.members().back().value;
  }

  /// nlohmann's message without its prefix (class, line, column) and without the raw text last read.
  static std::string tidy(std::string message) {
    for (const char* start : {"syntax error ", "number overflow "}) {
      const std::size_t found = message.find(start);
      if (found == std::string::npos) continue;
      message.erase(0, found);
      break;
    }
    const std::size_t last_read = message.find("; last read: '");
    if (last_read != std::string::npos) {
      const std::size_t expected = message.rfind("'; expected ");
      if (expected != std::string::npos && expected > last_read) {
        message.erase(last_read, expected + 1 - last_read);
      } else {
        message.erase(last_read);
      }
    }
    return message;
  }

  std::string_view text_;
  const std::string& file_;
  Diagnostics& diagnostics_;
  const JsonOptions& options_;
  const std::vector<Token>& tokens_;
  std::unordered_map<std::size_t, double> constants_;
  std::shared_ptr<const JsonPath> root_path_;
  JsonValue root_;
  std::vector<Level> open_;
  std::size_t used_ = 0;
  bool waiting_ = false;  ///< a key was read whose value was not
};

}  // namespace

std::optional<JsonValue> parse_json(std::string_view text, const std::string& file, Diagnostics& diagnostics,
                                    const JsonOptions& options) {
  if (text.size() > options.max_bytes) {
    diagnostics.error({file, 0, 0, ""}, "the file is too large", std::to_string(text.size()) + " bytes",
                      "up to " + std::to_string(options.max_bytes) + " bytes");
    return std::nullopt;
  }
  // nlohmann's lexer takes a zero byte for the end of the input and would ignore what follows.
  if (const std::size_t zero = text.find('\0'); zero != std::string_view::npos) {
    const Token at = TokenScanner::position(text, zero);
    diagnostics.error({file, at.line, at.column, ""}, "a zero byte stands in the text", {},
                      "JSON text in UTF-8");
    return std::nullopt;
  }
  if (text.find_first_not_of(" \t\r\n") == std::string_view::npos) {
    diagnostics.error({file, 1, 1, ""}, "the file is empty", {}, "JSON text");
    return std::nullopt;
  }
  const std::vector<Token> tokens = TokenScanner(text).scan();
  std::string replaced;
  std::unordered_map<std::size_t, double> constants;
  if (options.python_constants) {
    replaced = text;
    constants = replace_python_constants(replaced, tokens);
    text = replaced;
  }
  const std::size_t errors_before = diagnostics.error_count();
  TreeBuilder builder(text, file, diagnostics, options, tokens, std::move(constants));
  const bool complete = nlohmann::json::sax_parse(text.begin(), text.end(), &builder);
  if (!complete || diagnostics.error_count() > errors_before) return std::nullopt;
  return builder.take();
}

std::optional<JsonValue> read_json_file(const std::string& path, Diagnostics& diagnostics,
                                        const JsonOptions& options) {
  std::ifstream in(path, std::ios::binary);
  std::string text;
  if (in) {
    // One byte more than allowed is enough to know that a file is too large, endless devices included.
    text.resize(64 * 1024);
    std::size_t used = 0;
    while (in && used <= options.max_bytes) {
      if (used == text.size()) text.resize(text.size() * 2);
      in.read(text.data() + used, static_cast<std::streamsize>(text.size() - used));
      used += static_cast<std::size_t>(in.gcount());
    }
    text.resize(used);
    if (in.eof()) in.clear();
  }
  if (!in) {
    diagnostics.error({path, 0, 0, ""}, std::string("cannot read the file: ") + std::strerror(errno));
    return std::nullopt;
  }
  return parse_json(text, path, diagnostics, options);
}

}  // namespace statelane
