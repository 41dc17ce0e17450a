// SPDX-License-Identifier: Apache-2.0
#include <array>
#include <charconv>
#include <cmath>
#include <limits>
#include <span>

#include "models/base/codec.h"
#include "models/base/codec_rules.h"

namespace statelane::detail {
namespace {

/// A unit is 10^decimal * 2^binary base units (SI prefixes; IEC 80000-13 for Ki, Mi, Gi, Ti).
struct Unit {
  const char* name;
  int decimal;
  int binary = 0;
};

struct UnitFamily {
  const char* what;             ///< "a frequency"
  const char* example;          ///< "400 MHz"
  std::span<const Unit> units;  ///< largest first; the base unit has both exponents 0
  std::int64_t prefixed_from =
      0;  ///< whole values below are written in the base unit: a port is "4096 bit" wide
};

constexpr std::array frequency{Unit{"GHz", 9}, Unit{"MHz", 6}, Unit{"kHz", 3}, Unit{"Hz", 0}};
constexpr std::array duration{Unit{"s", 0}, Unit{"ms", -3}, Unit{"us", -6}, Unit{"ns", -9}, Unit{"ps", -12}};
constexpr std::array energy{Unit{"J", 0},   Unit{"mJ", -3},  Unit{"uJ", -6},
                            Unit{"nJ", -9}, Unit{"pJ", -12}, Unit{"fJ", -15}};
constexpr std::array power{Unit{"kW", 3}, Unit{"W", 0}, Unit{"mW", -3}, Unit{"uW", -6}};
constexpr std::array bandwidth{Unit{"TB/s", 12},     Unit{"GB/s", 9},     Unit{"MB/s", 6},
                               Unit{"kB/s", 3},      Unit{"B/s", 0},      Unit{"GiB/s", 0, 30},
                               Unit{"MiB/s", 0, 20}, Unit{"KiB/s", 0, 10}};
constexpr std::array size{Unit{"TiB", 0, 40}, Unit{"TB", 12},     Unit{"GiB", 0, 30},
                          Unit{"GB", 9},      Unit{"MiB", 0, 20}, Unit{"MB", 6},
                          Unit{"KiB", 0, 10}, Unit{"kB", 3},      Unit{"B", 0}};
constexpr std::array width{Unit{"Gibit", 0, 30}, Unit{"Gbit", 9}, Unit{"Mibit", 0, 20}, Unit{"Mbit", 6},
                           Unit{"Kibit", 0, 10}, Unit{"kbit", 3}, Unit{"bit", 0}};

std::vector<std::string> unit_names(const UnitFamily& family) {
  std::vector<std::string> names;
  for (const Unit& u : family.units) names.emplace_back(u.name);
  return names;
}

/// "400 MHz" split into the text of its number and its unit.
struct Parts {
  std::string_view number;
  std::string_view unit;
};

std::optional<Parts> split(std::string_view text) {
  const std::size_t sign = !text.empty() && text.front() == '-' ? 1 : 0;
  if (text.size() <= sign || text[sign] < '0' || text[sign] > '9')
    return std::nullopt;  // from_chars takes "inf"
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc()) return std::nullopt;
  Parts parts{text.substr(0, static_cast<std::size_t>(end - text.data())), {}};
  parts.unit = text.substr(parts.number.size());
  parts.unit.remove_prefix(std::min(parts.unit.find_first_not_of(' '), parts.unit.size()));
  return parts;
}

/// number * unit in the base unit, correctly rounded for decimal units: the unit is added to the number's
/// exponent before the text becomes a double, so that "40 ns" is the double nearest to 40e-9.
std::optional<double> scaled(std::string_view number, const Unit& unit) {
  const std::size_t e = number.find_first_of("eE");
  int exponent = 0;
  if (e != std::string_view::npos) {
    std::string_view digits = number.substr(e + 1);
    if (!digits.empty() && digits.front() == '+') digits.remove_prefix(1);
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), exponent);
    if (error != std::errc() || std::abs(exponent) > 10000) return std::nullopt;
  }
  const std::string text = std::string(number.substr(0, e)) + "e" + std::to_string(exponent + unit.decimal);
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc()) return std::nullopt;
  value = std::ldexp(value, unit.binary);
  if (!std::isfinite(value)) return std::nullopt;
  return value;
}

/// The integer factor of a unit (0 if it is not whole or too large).
std::int64_t factor(const Unit& unit) {
  if (unit.decimal < 0 || unit.decimal > 18 || unit.binary > 62) return 0;
  std::int64_t f = std::int64_t{1} << unit.binary;
  for (int i = 0; i < unit.decimal; ++i)
    if (__builtin_mul_overflow(f, 10, &f)) return 0;
  return f;
}

/// As scaled(), for quantities that are whole numbers of the base unit; exact over the whole range.
std::optional<std::int64_t> scaled_whole(std::string_view number, const Unit& unit) {
  std::int64_t whole = 0;
  const auto [end, error] = std::from_chars(number.data(), number.data() + number.size(), whole);
  if (error == std::errc() && end == number.data() + number.size()) {
    std::int64_t product = 0;
    if (__builtin_mul_overflow(whole, factor(unit), &product)) return std::nullopt;
    return product;
  }
  const std::optional<double> value = scaled(number, unit);
  return value ? whole_number(JsonValue(*value)) : std::nullopt;
}

/// The shortest text of `value` over the units it is a multiple of; the larger unit among equals.
std::string show_whole(std::int64_t value, const UnitFamily& family) {
  std::string best;
  for (const Unit& unit : family.units) {
    const std::int64_t f = factor(unit);
    if (value % f != 0 || (value == 0 && f != 1)) continue;
    if (f != 1 && value < family.prefixed_from) continue;
    std::string text = std::to_string(value / f) + " " + unit.name;
    if (best.empty() || text.size() < best.size()) best = std::move(text);
  }
  return best;
}

/// Digits d1d2d3... with the decimal point after position `exponent` + 1.
std::string positional(const std::string& digits, int exponent) {
  const int count = static_cast<int>(digits.size());
  if (exponent < 0) return "0." + std::string(static_cast<std::size_t>(-exponent - 1), '0') + digits;
  if (count <= exponent + 1) return digits + std::string(static_cast<std::size_t>(exponent + 1 - count), '0');
  const auto point = static_cast<std::size_t>(exponent + 1);
  return digits.substr(0, point) + "." + digits.substr(point);
}

/// The shortest digits that read back to `value`, shifted (exactly, as text) into the decimal unit in which
/// it is at least 1, or the smallest one.
std::string show_real(double value, const UnitFamily& family) {
  std::array<char, 64> buffer{};
  const auto result =
      std::to_chars(buffer.data(), buffer.data() + buffer.size(), value, std::chars_format::scientific);
  const std::string text(buffer.data(), result.ptr);
  const std::size_t e = text.find('e');
  const Unit* unit = nullptr;
  for (const Unit& u : family.units)
    if (u.decimal == 0 && u.binary == 0) unit = &u;
  if (e == std::string::npos) return text + " " + unit->name;  // inf, nan: reading it back is refused
  std::string digits = text.substr(0, e);
  const std::string sign = digits.front() == '-' ? "-" : "";
  digits.erase(0, sign.size());
  std::erase(digits, '.');
  const int exponent = std::stoi(text.substr(e + 1));
  if (value != 0) {
    for (const Unit& u : family.units) {
      if (u.binary != 0) continue;
      unit = &u;
      if (u.decimal <= exponent) break;
    }
  }
  const int shift = exponent - unit->decimal;
  if (shift < -3 || shift > 15) return text.substr(0, e) + "e" + std::to_string(shift) + " " + unit->name;
  return sign + positional(digits, shift) + " " + unit->name;
}

/// A quantity of units.h written as a string with its unit.
template <class Q>
class QuantityCodec final : public Codec {
  static constexpr bool whole = std::is_integral_v<typename Q::rep>;

 public:
  QuantityCodec(UnitFamily family, bool plain_integers) : family_(family), plain_integers_(plain_integers) {}
  [[nodiscard]] FieldKind kind() const override { return FieldKind::quantity; }
  [[nodiscard]] std::string expected() const override {
    return std::string(family_.what) + " with its unit, such as \"" + family_.example + "\" (" +
           join(unit_names(family_)) + ")" +
           (plain_integers_ ? ", or a plain integer in " + std::string(family_.units.back().name) : "");
  }
  [[nodiscard]] std::string type_name() const override {
    const std::string what = family_.what;
    return what.substr(what.find(' ') + 1);
  }
  [[nodiscard]] std::string show_bound(double bound) const override {
    return show(Q(static_cast<typename Q::rep>(bound)));
  }
  bool read(const JsonValue& json, void* out, const FieldRules& rules,
            Diagnostics& diagnostics) const override {
    auto& value = *static_cast<Q*>(out);
    if (plain_integers_ && whole_number(json)) {
      value = Q(static_cast<typename Q::rep>(*whole_number(json)));
    } else if (json.is_number()) {
      diagnostics.error(json.where(), "the number needs its unit", json.show(), expected());
      return false;
    } else if (!json.is_string()) {
      return wrong_type(*this, json, diagnostics);
    } else if (!parse(json, value, diagnostics)) {
      return false;
    }
    FieldRules with_zero = rules;
    if (!with_zero.min) with_zero.min = 0;  // no quantity here is negative unless its table says so
    return obeys(*this, json, with_zero, static_cast<double>(value.count()), show(value), diagnostics);
  }
  [[nodiscard]] std::optional<JsonValue> write(const void* value) const override {
    return JsonValue(show(*static_cast<const Q*>(value)));
  }
  void copy(void* to, const void* from) const override {
    *static_cast<Q*>(to) = *static_cast<const Q*>(from);
  }
  [[nodiscard]] std::optional<double> number(const void* value) const override {
    return static_cast<double>(static_cast<const Q*>(value)->count());
  }
  [[nodiscard]] JsonValue schema(const FieldRules& rules, SchemaDefs&) const override {
    std::string units;
    for (const Unit& u : family_.units) units += (units.empty() ? "" : "|") + std::string(u.name);
    const std::string sign = rules.min && *rules.min < 0 ? "-?" : "";
    JsonValue text = JsonValue::object().set("type", "string");
    text.set("pattern", "^" + sign + "[0-9]+(\\.[0-9]*)?([eE][+-]?[0-9]+)? *(" + units + ")$");
    text.set("examples", JsonValue::array().push_back(family_.example));
    if (!rules.one_of.empty()) text.set("enum", JsonValue(rules.one_of));
    const std::string bounds = show_bounds(*this, rules);
    if (!bounds.empty()) text.set("$comment", bounds);
    if (!plain_integers_) return text;
    JsonValue number = JsonValue::object().set("type", "integer");
    FieldRules number_rules;
    number_rules.min = rules.min.value_or(0);
    number_rules.max = rules.max;
    add_rules(number, number_rules, true);
    return JsonValue::object().set(
        "anyOf", JsonValue::array().push_back(std::move(text)).push_back(std::move(number)));
  }

 private:
  [[nodiscard]] std::string show(Q value) const {
    if constexpr (whole) {
      return show_whole(value.count(), family_);
    } else {
      return show_real(value.count(), family_);
    }
  }

  bool parse(const JsonValue& json, Q& value, Diagnostics& diagnostics) const {
    const std::optional<Parts> parts = split(json.as_string());
    if (!parts) return wrong_type(*this, json, diagnostics);
    if (parts->unit.empty()) {
      diagnostics.error(json.where(), "the number needs its unit", json.show(), expected());
      return false;
    }
    for (const Unit& unit : family_.units) {
      if (parts->unit != unit.name) continue;
      std::optional<typename Q::rep> number;
      if constexpr (whole) {
        number = scaled_whole(parts->number, unit);
      } else {
        number = scaled(parts->number, unit);
      }
      if (!number) {
        diagnostics.error(json.where(), whole ? "not a whole number that fits" : "the number is out of range",
                          json.show(),
                          whole ? std::string("whole ") + family_.units.back().name : std::string());
        return false;
      }
      value = Q(*number);
      return true;
    }
    diagnostics.error(json.where(),
                      "'" + std::string(parts->unit.substr(0, 40)) + "' is no unit of " + family_.what,
                      json.show(), join(unit_names(family_)), nearest_hint(parts->unit, unit_names(family_)));
    return false;
  }

  UnitFamily family_;
  bool plain_integers_;
};

/// Cycles have no unit to confuse: plain integers.
class CyclesCodec final : public Codec {
 public:
  [[nodiscard]] FieldKind kind() const override { return FieldKind::quantity; }
  [[nodiscard]] std::string expected() const override { return "a whole number of cycles"; }
  [[nodiscard]] std::string type_name() const override { return "cycles"; }
  [[nodiscard]] std::string show_bound(double bound) const override {
    return std::to_string(static_cast<std::int64_t>(bound));
  }
  bool read(const JsonValue& json, void* out, const FieldRules& rules,
            Diagnostics& diagnostics) const override {
    const std::optional<std::int64_t> value = whole_number(json);
    if (!value) return wrong_type(*this, json, diagnostics);
    *static_cast<Cycles*>(out) = Cycles(*value);
    FieldRules with_zero = rules;
    if (!with_zero.min) with_zero.min = 0;
    return obeys(*this, json, with_zero, static_cast<double>(*value), JsonValue(*value), diagnostics);
  }
  [[nodiscard]] std::optional<JsonValue> write(const void* value) const override {
    return JsonValue(static_cast<const Cycles*>(value)->count());
  }
  [[nodiscard]] JsonValue schema(const FieldRules& rules, SchemaDefs&) const override {
    JsonValue out = JsonValue::object().set("type", "integer");
    FieldRules with_zero = rules;
    if (!with_zero.min) with_zero.min = 0;
    add_rules(out, with_zero, true);
    return out;
  }
};

}  // namespace

const Codec& scalar_codec(Tag<Cycles>) {
  static const CyclesCodec codec;
  return codec;
}
const Codec& scalar_codec(Tag<Bytes>) {
  static const QuantityCodec<Bytes> codec({"a size", "8 GiB", size}, false);
  return codec;
}
const Codec& scalar_codec(Tag<Bits>) {
  static const QuantityCodec<Bits> codec({"a width", "8 bit", width, 65536}, true);
  return codec;
}
const Codec& scalar_codec(Tag<Hertz>) {
  static const QuantityCodec<Hertz> codec({"a frequency", "400 MHz", frequency}, false);
  return codec;
}
const Codec& scalar_codec(Tag<Seconds>) {
  static const QuantityCodec<Seconds> codec({"a duration", "40 ns", duration}, false);
  return codec;
}
const Codec& scalar_codec(Tag<Joules>) {
  static const QuantityCodec<Joules> codec({"an energy", "12 pJ", energy}, false);
  return codec;
}
const Codec& scalar_codec(Tag<Watts>) {
  static const QuantityCodec<Watts> codec({"a power", "3.2 W", power}, false);
  return codec;
}
const Codec& scalar_codec(Tag<BytesPerSecond>) {
  static const QuantityCodec<BytesPerSecond> codec({"a bandwidth", "12 GB/s", bandwidth}, false);
  return codec;
}

}  // namespace statelane::detail
