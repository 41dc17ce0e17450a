// SPDX-License-Identifier: Apache-2.0
#include "explore/space/axis_values.h"

#include <charconv>
#include <cmath>

#include "explore/space/expression.h"
#include "explore/space/identifier.h"

namespace statelane {
namespace {

constexpr std::size_t most_values = 100000;

/// "200 MHz" or 8 as a number and the text behind it.
struct Amount {
  double number = 0;
  std::string unit;
  bool integer = false;
};

std::optional<Amount> amount(const JsonValue& json) {
  if (json.is_number()) return Amount{json.as_number(), {}, json.is_integer()};
  if (!json.is_string()) return std::nullopt;
  const std::string& text = json.as_string();
  Amount a;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), a.number);
  if (error != std::errc{}) return std::nullopt;
  a.unit = end;
  a.integer = a.number == std::floor(a.number);
  return a;
}

JsonValue json_of(double number, const Amount& like) {
  const bool whole = number == std::floor(number) && std::abs(number) < 9e15;
  if (like.unit.empty())
    return whole && like.integer ? JsonValue(static_cast<std::int64_t>(number)) : JsonValue(number);
  const std::string text =
      whole ? std::to_string(static_cast<std::int64_t>(number)) : to_text(JsonValue(number), -1);
  return JsonValue(text + like.unit);
}

struct Span {
  Amount from, to, step;
};

std::optional<Span> span_of(const AxisRange& range, const JsonValue& json, Diagnostics& d) {
  const std::optional<Amount> from = amount(range.from);
  const std::optional<Amount> to = amount(range.to);
  std::optional<Amount> step =
      range.step.is_null() && from ? Amount{1, from->unit, true} : amount(range.step);
  if (!from || !to || !step) {
    d.error(json.where(), "not a range", json.show(), "numbers, or quantities such as \"200 MHz\"");
    return std::nullopt;
  }
  if (from->unit != to->unit || from->unit != step->unit) {
    d.error(json.where(), "a range has one unit",
            '"' + from->unit + "\", \"" + to->unit + "\", \"" + step->unit + '"');
    return std::nullopt;
  }
  if (to->number < from->number) {
    d.error(json.where("to"), "the range is empty", range.to.show(), "at least " + range.from.show());
    return std::nullopt;
  }
  return Span{*from, *to, *step};
}

std::vector<JsonValue> evenly(const AxisRange& range, const JsonValue& json, Diagnostics& d) {
  std::vector<JsonValue> out;
  const std::optional<Span> s = span_of(range, json, d);
  if (!s) return out;
  if (s->step.number <= 0 || (s->to.number - s->from.number) / s->step.number >= most_values) {
    d.error(json.where("step"), "the step makes too many values", range.step.show(), "a larger one");
    return out;
  }
  Amount like = s->from;
  like.integer = s->from.integer && s->step.integer;
  // Each value from the first, so that steps that are no binary fractions do not add up their errors.
  for (std::int64_t i = 0;; ++i) {
    const double v = s->from.number + static_cast<double>(i) * s->step.number;
    if (v > s->to.number * (1 + 1e-12)) break;
    out.push_back(json_of(v, like));
  }
  return out;
}

std::vector<JsonValue> powers(const AxisRange& range, const JsonValue& json, Diagnostics& d) {
  std::vector<JsonValue> out;
  const std::optional<Span> s = span_of(range, json, d);
  if (!s) return out;
  if (!range.step.is_null()) d.error(json.where("step"), "powers of two have no step", range.step.show());
  if (s->from.number <= 0) {
    d.error(json.where("from"), "powers of two are above 0", range.from.show());
    return out;
  }
  double v = 1;
  while (v < s->from.number) v *= 2;
  for (; v <= s->to.number; v *= 2) out.push_back(json_of(v, s->from));
  if (out.empty()) d.error(json.where(), "no power of two lies in the range", json.show());
  return out;
}

std::vector<JsonValue> divisors(const SweepAxis& axis, const Mamba2Shape& network, const JsonValue& json,
                                Diagnostics& d) {
  std::vector<JsonValue> out;
  const auto numbers = network_numbers(network);
  std::vector<Symbol> symbols;
  for (const auto& [name, value] : numbers) symbols.push_back({name, &value});
  const auto expression = Expression::compile(axis.divisors_of, symbols, json.where("divisors_of"), d);
  if (!expression) return out;
  const double whole = expression->value();
  if (!(whole >= 1) || whole > 1e9 || whole != std::floor(whole)) {
    d.error(json.where("divisors_of"), "not a whole number with divisors", to_text(JsonValue(whole), -1));
    return out;
  }
  const auto n = static_cast<std::int64_t>(whole);
  for (std::int64_t k = std::max<std::int64_t>(1, axis.from.value_or(1));
       k <= std::min(n, axis.to.value_or(n)); ++k) {
    if (n % k == 0) out.emplace_back(k);
  }
  if (out.empty())
    d.error(json.where("divisors_of"), "no divisor lies between from and to", std::to_string(n));
  return out;
}

std::vector<AxisValue> choices(const SweepAxis& axis, const JsonValue& json, Diagnostics& d) {
  std::vector<AxisValue> out;
  const JsonValue* list = json.find("choices");
  for (std::size_t i = 0; i < axis.choices.size(); ++i) {
    const AxisChoice& c = axis.choices[i];
    const JsonValue& at = list->items()[i];
    if (!is_identifier(c.name))
      d.error(at.where("name"), "not a name that expressions can use", '"' + c.name + '"',
              "letters, digits and _");
    for (const auto& [name, number] : c.numbers) {
      if (!is_identifier(name))
        d.error(at.where("numbers"), "not a name that expressions can use", '"' + name + '"');
    }
    for (const AxisChoice& other : axis.choices) {
      for (const auto& [name, number] : other.numbers) {
        if (c.numbers.count(name) == 0)
          d.error(at.where("numbers"), "a number that other choices of the axis have is missing", {},
                  '"' + name + '"');
      }
      if (&other == &c) break;
    }
    for (const auto& [name, number] : c.numbers) {
      if (axis.choices.front().numbers.count(name) == 0)
        d.error(at.where("numbers"), "the first choice of the axis does not have this number",
                '"' + name + '"');
    }
    AxisValue v;
    v.label = c.name;
    v.numbers = c.numbers;
    for (const auto& [pointer, value] : c.set) v.set.emplace_back(pointer, value);
    out.push_back(std::move(v));
  }
  return out;
}

}  // namespace

std::vector<AxisValue> axis_values(const SweepAxis& axis, const Mamba2Shape& network, const JsonValue& json,
                                   Diagnostics& d) {
  if (!axis.choices.empty()) return choices(axis, json, d);
  std::vector<JsonValue> list = axis.values;
  if (axis.range) list = evenly(*axis.range, *json.find("range"), d);
  if (axis.powers_of_two) list = powers(*axis.powers_of_two, *json.find("powers_of_two"), d);
  if (!axis.divisors_of.empty()) list = divisors(axis, network, json, d);
  std::vector<AxisValue> out;
  for (JsonValue& value : list) {
    AxisValue v;
    v.label = value.is_string() ? value.as_string() : to_text(value, -1);
    if (value.is_number()) v.number = value.as_number();
    if (!axis.pointer.empty()) v.set.emplace_back(axis.pointer, value);
    for (const std::string& p : axis.pointers) v.set.emplace_back(p, value);
    out.push_back(std::move(v));
  }
  return out;
}

}  // namespace statelane
