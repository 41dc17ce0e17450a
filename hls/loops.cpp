// SPDX-License-Identifier: Apache-2.0
#include "hls/loops.h"

#include <muParser.h>

#include <algorithm>
#include <cctype>
#include <cmath>
#include <optional>
#include <stdexcept>
#include <utility>

namespace statelane::hls {
namespace {

bool is_name(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_';
}

/// Value of a whole-number expression of constants: + - * / % << >> and parentheses. Nothing where the text
/// is anything else. Numbers are exact up to 2^53.
std::optional<std::int64_t> value_of(std::string_view text, const Constants& constants) {
  mu::Parser parser;
  parser.EnableBuiltInOprt(false);  // division is of whole numbers here
  parser.DefineOprt(
      "<<", [](double a, double b) { return std::ldexp(a, static_cast<int>(b)); }, mu::prCMP);
  parser.DefineOprt(
      ">>", [](double a, double b) { return std::floor(std::ldexp(a, -static_cast<int>(b))); }, mu::prCMP);
  parser.DefineOprt(
      "+", [](double a, double b) { return a + b; }, mu::prADD_SUB);
  parser.DefineOprt(
      "-", [](double a, double b) { return a - b; }, mu::prADD_SUB);
  parser.DefineOprt(
      "*", [](double a, double b) { return a * b; }, mu::prMUL_DIV);
  parser.DefineOprt(
      "/", [](double a, double b) { return std::trunc(a / b); }, mu::prMUL_DIV);
  parser.DefineOprt(
      "%", [](double a, double b) { return std::fmod(a, b); }, mu::prMUL_DIV);
  for (const auto& [name, constant] : constants) {
    if (text.find(name) != std::string_view::npos) parser.DefineConst(name, static_cast<double>(constant));
  }
  try {
    parser.SetExpr(std::string(text));
    const double value = parser.Eval();
    if (!std::isfinite(value) || value != std::trunc(value)) return std::nullopt;
    return static_cast<std::int64_t>(value);
  } catch (const mu::ParserError&) {
    return std::nullopt;
  }
}

/// Reads loops out of the text of a function.
class Reader {
 public:
  Reader(std::string_view text, const Constants& constants) : text_(text), constants_(constants) {}

  /// The loops up to the end of the block that begins here; `alone`: there is nothing else in it.
  std::vector<Loop> block(bool* alone) {
    std::vector<Loop> loops;
    bool other = false;
    int depth = 0;
    int guard = 0;  // depth within `if (layer < LAYERS)`
    while (at_ < text_.size()) {
      skip();
      if (at_ >= text_.size()) break;
      if (text_[at_] == '}' && depth == 0) break;
      const std::size_t loop = text_.compare(at_, 5, "for (") == 0 ? at_ : std::string_view::npos;
      if (loop != std::string_view::npos) {
        loops.push_back(read_loop());
        loops.back().guarded = guard > 0;
        continue;
      }
      const std::size_t word = at_;
      while (at_ < text_.size() && is_name(text_[at_])) ++at_;
      if (at_ > word && text_.compare(at_, 7, ": for (") == 0) {
        label_ = std::string(text_.substr(word, at_ - word));
        at_ += 2;
        continue;
      }
      other = true;
      if (text_.compare(word, 21, "if (layer < LAYERS) {") == 0) guard = depth + 1;
      if (at_ > word) continue;
      depth += text_[at_] == '{' ? 1 : text_[at_] == '}' ? -1 : 0;
      if (text_[at_] == '}' && depth < guard) guard = 0;
      ++at_;
    }
    if (alone != nullptr) *alone = !other && loops.size() == 1;
    return loops;
  }

 private:
  [[noreturn]] static void wrong(const std::string& what) {
    throw std::logic_error("generated code: " + what);
  }
  /// Blanks and comments; pragmas are left to read_loop().
  void skip() {
    for (;;) {
      while (at_ < text_.size() && std::isspace(static_cast<unsigned char>(text_[at_])) != 0) ++at_;
      if (text_.compare(at_, 2, "//") != 0 && text_.compare(at_, 8, "#pragma ") != 0) return;
      at_ = std::min(text_.find('\n', at_), text_.size());
    }
  }
  std::int64_t number(std::string_view expression, const std::string& label) const {
    const auto value = value_of(expression, constants_);
    if (!value) wrong("loop " + label + " has a bound that is not constant: " + std::string(expression));
    return *value;
  }

  /// `for (int i = A; i < B; ++i) {` or `i += S`, its pragmas and its body.
  Loop read_loop() {
    Loop loop;
    loop.label = std::exchange(label_, "");
    if (loop.label.empty()) wrong("loop without a label");
    const std::size_t end = text_.find(") {", at_);
    const std::string_view head = text_.substr(at_ + 5, end - at_ - 5);
    at_ = end + 3;
    const std::size_t one = head.find("; ");
    const std::size_t two = head.find("; ", one + 2);
    const std::size_t from = head.find("= ");
    const std::size_t less = head.find(" < ", one);
    if (two == std::string_view::npos || from > one || less > two) wrong("loop " + loop.label);
    const std::int64_t first = number(head.substr(from + 2, one - from - 2), loop.label);
    const std::int64_t last = number(head.substr(less + 3, two - less - 3), loop.label);
    const std::size_t by = head.find("+= ", two);
    const std::int64_t step = by == std::string_view::npos ? 1 : number(head.substr(by + 3), loop.label);
    loop.trips = std::max<std::int64_t>(0, (last - first + step - 1) / step);
    pragmas(loop);
    loop.inner = block(&loop.perfect);
    if (at_ < text_.size()) ++at_;  // its closing brace
    const auto gone = [](const Loop& l) { return l.unrolled; };
    if (loop.ii == 0) {
      std::erase_if(loop.inner, gone);
      if (!loop.unrolled && loop.inner.empty())
        wrong("loop " + loop.label + " is neither pipelined nor unrolled");
      loop.perfect = loop.perfect && loop.inner.size() == 1;
    } else {
      if (!std::all_of(loop.inner.begin(), loop.inner.end(), gone))
        wrong("a loop within " + loop.label + ", which is pipelined, is not unrolled");
      loop.inner.clear();
    }
    return loop;
  }

  void pragmas(Loop& loop) {
    for (;;) {
      std::size_t next = at_;
      while (next < text_.size() && std::isspace(static_cast<unsigned char>(text_[next])) != 0) ++next;
      if (text_.compare(next, 12, "#pragma HLS ") != 0) return;
      const std::size_t end = std::min(text_.find('\n', next), text_.size());
      const std::string_view line = text_.substr(next + 12, end - next - 12);
      if (line == "unroll") {
        loop.unrolled = true;
      } else if (line.starts_with("pipeline II=")) {
        const std::string_view ii = line.substr(12);
        loop.ii = number(ii.substr(0, ii.find(' ')), loop.label);
      } else {
        return;
      }
      at_ = end;
    }
  }

  std::string_view text_;
  const Constants& constants_;
  std::size_t at_ = 0;
  std::string label_;
};

std::int64_t pipelined(std::int64_t trips, std::int64_t ii, std::int64_t depth) {
  if (trips == 0) return 0;
  return depth <= 1 ? trips * ii : depth + ii * (trips - 1) - 1;
}

std::int64_t latency(const Loop& loop, std::int64_t depth, bool outlined) {
  constexpr std::int64_t kModule = 2;  // cycles to enter and leave a module
  std::int64_t trips = loop.trips;
  const Loop* of = &loop;
  while (of->ii == 0 && of->perfect) {
    of = &of->inner.front();
    trips *= of->trips;
  }
  if (of->ii > 0) return pipelined(trips, of->ii, depth) + (outlined ? kModule : 0);
  std::int64_t iteration = 0;
  for (const Loop& inner : of->inner) iteration += latency(inner, depth, true);
  return trips * iteration;
}

}  // namespace

void add_constants(std::string_view header, Constants& constants) {
  constexpr std::string_view begin = "static const ";
  for (std::size_t at = header.find(begin); at != std::string_view::npos; at = header.find(begin, at + 1)) {
    const std::size_t end = std::min(header.find(';', at), header.size());
    const std::string_view line = header.substr(at, end - at);
    const std::size_t equals = line.find(" = ");
    if (equals == std::string_view::npos) continue;
    const std::size_t space = line.rfind(' ', equals - 1);
    if (const auto value = value_of(line.substr(equals + 3), constants))
      constants[std::string(line.substr(space + 1, equals - space - 1))] = *value;
  }
}

std::vector<Loop> loops_of(std::string_view function, const Constants& constants) {
  const std::size_t body = function.find(") {\n");  // of the function itself: tables have no such line
  if (body == std::string_view::npos) throw std::logic_error("generated code: no function");
  std::vector<Loop> loops = Reader(function.substr(body + 4), constants).block(nullptr);
  std::erase_if(loops, [](const Loop& l) { return l.unrolled; });
  return loops;
}

std::int64_t latency_of(const std::vector<Loop>& loops, std::int64_t depth) {
  std::int64_t cycles = 0;
  for (const Loop& loop : loops) cycles += latency(loop, depth, loops.size() > 1);
  return cycles;
}

std::int64_t beats_of(const std::vector<Loop>& loops, bool (*counts)(const std::string&)) {
  std::int64_t beats = 0;
  for (const Loop& loop : loops) {
    if (loop.ii > 0) {
      if (counts(loop.label)) beats += loop.ii * loop.trips;
      continue;
    }
    const std::int64_t all = beats_of(loop.inner, counts);
    beats += loop.trips * all;
    if (loop.label != "layers") continue;
    // What is guarded, within the blocks of a layer, is left out in one turn.
    for (const Loop& blocks : loop.inner) {
      std::vector<Loop> guarded = blocks.inner;
      std::erase_if(guarded, [](const Loop& l) { return !l.guarded; });
      beats -= blocks.trips * beats_of(guarded, counts);
    }
  }
  return beats;
}

bool moves_words(const std::string& label) {
  const auto has = [&](const char* part) { return label.find(part) != std::string::npos; };
  return has("take") || has("send") || has("clear");
}

}  // namespace statelane::hls
