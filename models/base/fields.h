// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "models/base/codec.h"
#include "models/base/diagnostics.h"
#include "models/base/json.h"
#include "models/base/units.h"

/// One description a parameter. A struct is described once, by a table of its members; parser, defaults,
/// diagnostics, JSON Schema, documentation, content hash and the explorer's axes all come from it:
///
///   template <> struct statelane::Describe<AxiPort> {
///     static const Table<AxiPort>& table() {
///       static const Table<AxiPort> t = Table<AxiPort>("axi_port", "An AXI master port of the fabric.")
///         .field("width", &AxiPort::width, "Width of the data bus").range(Bits{32}, Bits{4096}).sweepable()
///         .field("kind", &AxiPort::kind, "Protocol")
///         .field("note", &AxiPort::note, "Free text").optional();
///       return t;
///     }
///   };
///
/// A field's default is its value in a default-constructed struct. Quantities are read from strings with
/// units
/// ("400 MHz", "12 GB/s", "8 GiB", "40 ns"); Cycles are plain integers, Bits either.
namespace statelane {

/// One member of a described struct.
struct Field {
  std::string key;
  std::string doc;
  std::string source;                 ///< where the parameter or its default comes from; may be empty
  const Codec& (*codec)() = nullptr;  ///< of the member's type
  std::size_t offset = 0;             ///< of the member, in bytes
  FieldRules rules;
  bool required = false;   ///< must be given
  bool sweepable = false;  ///< may be an axis of an exploration
  bool generator = false;  ///< seen by the HLS generator
  std::string only;        ///< what alone it has an effect on, and why on nothing else; empty: on all
  bool hidden = false;     ///< read and written, but not documented
};

struct ReadOptions {
  /// Keys of the outermost object that are somebody else's: neither read nor reported as unknown.
  std::vector<std::string> ignored_keys;
  /// Ignore keys of the outermost object that are no fields, for formats of others that grow; one that looks
  /// like a misspelt field is still warned of.
  bool allow_unknown = false;
  /// Accept (and ignore) a key "$schema" in the outermost object, as editors want it.
  bool schema_key = true;
};

/// The type-erased part of a Table.
class TableBase {
 public:
  using Check = std::function<void(const void* object, const JsonValue& json, Diagnostics&)>;

  [[nodiscard]] const std::string& name() const { return name_; }
  [[nodiscard]] const std::string& doc() const { return doc_; }
  [[nodiscard]] const std::vector<Field>& fields() const { return fields_; }
  [[nodiscard]] const Field* find(std::string_view key) const;
  [[nodiscard]] std::vector<std::string> keys() const;
  /// A default-constructed object of the described type.
  [[nodiscard]] const void* defaults() const { return defaults_.get(); }

  /// Reads an object over the values *out already has: keys left out keep them. All problems are added.
  bool read(const JsonValue& json, void* out, Diagnostics& diagnostics,
            const ReadOptions& options = {}) const;
  [[nodiscard]] JsonValue write(const void* object) const;
  /// Schema of this struct alone; structs it uses are put into `defs`.
  [[nodiscard]] JsonValue schema(SchemaDefs& defs) const;

 protected:
  TableBase(std::string name, std::string doc, std::shared_ptr<const void> defaults);
  void add(std::string key, std::string doc, const Codec& (*codec)(), std::size_t offset);
  Field& last();
  /// `unit` is the codec of the quantity the bound was given in, nullptr for a plain number; std::logic_error
  /// if the last field is of another unit.
  void set_min(const Codec* unit, double bound);
  void set_max(const Codec* unit, double bound);
  void add_check(Check check) { checks_.push_back(std::move(check)); }

 private:
  void unknown_key(const JsonValue& json, const JsonMember& member, const ReadOptions& options,
                   Diagnostics& diagnostics) const;

  std::string name_;
  std::string doc_;
  std::vector<Field> fields_;
  std::shared_ptr<const void> defaults_;
  std::vector<Check> checks_;
};

namespace detail {
struct Bound {
  const Codec* unit;
  double value;
};
template <class V>
Bound bound(V v) {
  if constexpr (std::is_arithmetic_v<V>) {
    return {nullptr, static_cast<double>(v)};
  } else {
    return {&codec_of<V>(), static_cast<double>(v.count())};
  }
}
}  // namespace detail

/// The field table of T, written as a chain: each attribute belongs to the field before it.
template <class T>
class Table : public TableBase {
 public:
  /// `name` is the struct's name in schemas and documentation, `doc` one sentence.
  Table(std::string name, std::string doc)
      : TableBase(std::move(name), std::move(doc), std::make_shared<const T>()) {}

  /// The next field: its key, the member, and one line of documentation.
  template <class M, class C>
  requires std::is_base_of_v<C, T> Table& field(std::string key, M C::*member, std::string doc) {
    const auto* object = static_cast<const T*>(defaults());
    const auto offset = static_cast<std::size_t>(reinterpret_cast<const std::byte*>(&(object->*member)) -
                                                 reinterpret_cast<const std::byte*>(object));
    add(std::move(key), std::move(doc), &detail::codec_of<M>, offset);
    return *this;
  }

  /// Smallest and largest value, inclusive, in the field's own type (a quantity for a quantity).
  template <class V>
  Table& min(V v) {
    const detail::Bound b = detail::bound(v);
    set_min(b.unit, b.value);
    return *this;
  }
  template <class V>
  Table& max(V v) {
    const detail::Bound b = detail::bound(v);
    set_max(b.unit, b.value);
    return *this;
  }
  template <class V, class W>
  Table& range(V lo, W hi) {
    return min(lo).max(hi);
  }
  /// The only values allowed, e.g. one_of({64, 128}) or one_of<Bits>({Bits{8}, Bits{16}}).
  template <class V>
  Table& one_of(std::initializer_list<V> values) {
    for (const V& v : values) last().rules.one_of.push_back(allowed_value(v));
    return *this;
  }
  /// Must be given.
  Table& required() {
    last().required = true;
    return *this;
  }
  /// May be left out; this is so unless required() is said, and stated where it helps the reader.
  Table& optional() {
    last().required = false;
    return *this;
  }
  Table& sweepable() {
    last().sweepable = true;
    return *this;
  }
  Table& generator() {
    last().generator = true;
    return *this;
  }
  /// Which views of the object it does not reach (timing, resources, generated code), and why: printed with
  /// the documentation.
  Table& only(std::string reason) {
    last().only = std::move(reason);
    return *this;
  }
  Table& hidden() {
    last().hidden = true;
    return *this;
  }
  /// Lets a double also be "inf" or "-inf".
  Table& infinity() {
    last().rules.infinity = true;
    return *this;
  }
  /// Where the parameter, or its default, comes from.
  Table& source(std::string text) {
    last().source = std::move(text);
    return *this;
  }
  /// A check of meaning over the whole struct, run after all fields were read without error. `json` is the
  /// object it was read from: `json.where("key")` is the position to report.
  Table& check(std::function<void(const T&, const JsonValue& json, Diagnostics&)> f) {
    add_check([f = std::move(f)](const void* object, const JsonValue& json, Diagnostics& d) {
      f(*static_cast<const T*>(object), json, d);
    });
    return *this;
  }

 private:
  template <class V>
  static JsonValue allowed_value(const V& v) {
    if constexpr (std::is_arithmetic_v<V> || std::is_convertible_v<V, std::string_view>) {
      return JsonValue(v);
    } else {
      return detail::codec_of<V>().write(&v).value();
    }
  }
};

template <class T>
concept Described = requires {
  Describe<T>::table();
};

/// Reads `out` (first set to its defaults) from JSON. Adds every problem: unknown keys with the nearest name,
/// missing keys, wrong types and units, ranges, failed checks. A key "$schema" of the outermost object is
/// accepted and ignored. True if no error was added.
template <Described T>
bool read(const JsonValue& json, T& out, Diagnostics& diagnostics, const ReadOptions& options = {}) {
  out = T{};
  return Describe<T>::table().read(json, &out, diagnostics, options);
}

/// The JSON form, every field in the table's order, quantities with units; reads back to an equal object.
template <Described T>
[[nodiscard]] JsonValue to_json(const T& object) {
  return Describe<T>::table().write(&object);
}

/// to_json as text.
template <Described T>
[[nodiscard]] std::string write(const T& object, int indent = 2) {
  return to_text(to_json(object), indent);
}

/// JSON Schema (draft 2020-12) of a table, as JSON and as text.
[[nodiscard]] JsonValue schema_json(const TableBase& table);
template <Described T>
[[nodiscard]] std::string schema() {
  return to_text(schema_json(Describe<T>::table())) + "\n";
}

/// Markdown: a table of the fields of the struct and of each struct it uses.
[[nodiscard]] std::string markdown(const TableBase& table);
template <Described T>
[[nodiscard]] std::string markdown() {
  return markdown(Describe<T>::table());
}

/// 128-bit XXH3 of some bytes, 32 hexadecimal digits.
[[nodiscard]] std::string content_hash(std::string_view bytes);

/// Content hash of an object: of its canonical JSON form, so neither the order of keys nor whether a default
/// was written out changes it.
template <Described T>
[[nodiscard]] std::string hash(const T& object) {
  return content_hash(canonical_text(to_json(object)));
}

/// One scalar inside a described object, as an exploration sees it.
struct FieldPoint {
  std::string pointer;              ///< JSON pointer from the object
  FieldKind kind = FieldKind::raw;  ///< boolean, integer, number, quantity, string or enumeration
  std::string type;                 ///< for people: "integer", "Hz", "name" ...
  std::optional<double> min;        ///< in the base unit
  std::optional<double> max;
  std::vector<JsonValue> choices;  ///< all values allowed, where they are a list (enumeration, one_of, bool)
  std::string doc;
  bool sweepable = false;
  bool generator = false;
};

[[nodiscard]] std::vector<FieldPoint> list_fields(const TableBase& table, const void* object);
/// All scalars of `object`, in the table's order; elements of lists and maps it has; optionals even where
/// unset. Raw JSON subtrees are not looked into.
template <Described T>
[[nodiscard]] std::vector<FieldPoint> list_fields(const T& object) {
  return list_fields(Describe<T>::table(), &object);
}

[[nodiscard]] std::optional<JsonValue> get_field(const TableBase& table, const void* object,
                                                 std::string_view pointer);
/// The JSON of the part `pointer` names; nothing if there is no such part or it is unset.
template <Described T>
[[nodiscard]] std::optional<JsonValue> get_field(const T& object, std::string_view pointer) {
  return get_field(Describe<T>::table(), &object, pointer);
}

/// The part `pointer` names, for a program that changes one field very often; codec == nullptr if there is
/// none. It stays good while the object lives and no list or map above the part changes.
[[nodiscard]] Slot find_field(const TableBase& table, void* object, std::string_view pointer);

bool set_field(const TableBase& table, void* object, std::string_view pointer, const JsonValue& value,
               Diagnostics& diagnostics);
/// Sets the part `pointer` names from JSON, by the same rules as read(); checks over whole structs do not run
/// (see check()). False, with errors added, leaves an unspecified value in that part.
template <Described T>
bool set_field(T& object, std::string_view pointer, const JsonValue& value, Diagnostics& diagnostics) {
  return set_field(Describe<T>::table(), &object, pointer, value, diagnostics);
}

/// Checks an object the program built or changed by all the rules of read().
template <Described T>
bool check(const T& object, Diagnostics& diagnostics) {
  T copy{};
  return read(with_pointers(to_json(object)), copy, diagnostics);
}

}  // namespace statelane
