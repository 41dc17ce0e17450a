// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "models/base/json.h"
#include "models/base/units.h"

/// How one C++ type is read from JSON, written back, described and walked, behind a type-erased interface:
/// the work is compiled once, in .cpp files. A field table (fields.h) is a list of members with the Codec of
/// each one's type.
namespace statelane {

template <class T>
class Table;

/// Specialised for every struct with a field table: `static const Table<T>& table()`.
template <class T>
struct Describe;

/// A value of an enumeration, its name in JSON, and one line of documentation.
template <class E>
struct EnumName {
  E value;
  const char* name;
  const char* doc = "";
};

/// Specialised for every described enumeration: `static constexpr EnumName<E> names[] = {...};`, every value
/// once.
template <class E>
struct DescribeEnum;

/// What a field allows beyond its type. Bounds are in the base unit (Hz, s, B, bit ...), inclusive. For
/// optional, list and map fields the rules hold for each element.
struct FieldRules {
  std::optional<double> min;
  std::optional<double> max;
  std::vector<JsonValue> one_of;  ///< in the form Codec::write gives
  bool infinity = false;          ///< doubles: the strings "inf" and "-inf" are values
};

enum class FieldKind {
  boolean,
  integer,
  number,
  quantity,
  string,
  enumeration,
  object,
  optional,
  list,
  map,
  raw
};

class TableBase;
struct Field;

/// Definitions a schema collects, one a struct name, in the order of first use.
struct SchemaDefs {
  std::vector<std::pair<std::string, const TableBase*>> seen;
  JsonValue defs = JsonValue::object();
};

/// A place inside a described object: how to treat it, where it is, and the field whose rules hold.
struct Slot {
  const class Codec* codec = nullptr;
  void* object = nullptr;
  const Field* field = nullptr;
};

class Codec {
 public:
  Codec() = default;
  Codec(const Codec&) = delete;
  Codec& operator=(const Codec&) = delete;
  virtual ~Codec() = default;

  [[nodiscard]] virtual FieldKind kind() const = 0;
  /// What may stand there, for people: "an integer", "a frequency with its unit such as \"400 MHz\"".
  [[nodiscard]] virtual std::string expected() const = 0;
  /// Short type for tables: "integer", "Hz", "list of axi_port".
  [[nodiscard]] virtual std::string type_name() const = 0;
  /// Reads into *out, an object of the type; every problem is added; true if there was none.
  virtual bool read(const JsonValue& json, void* out, const FieldRules& rules,
                    Diagnostics& diagnostics) const = 0;
  /// The JSON of *value; nothing for an unset optional (its key is left out).
  [[nodiscard]] virtual std::optional<JsonValue> write(const void* value) const = 0;
  [[nodiscard]] virtual JsonValue schema(const FieldRules& rules, SchemaDefs& defs) const = 0;
  /// The codec of the elements of an optional, list or map, else nullptr.
  [[nodiscard]] virtual const Codec* element() const { return nullptr; }
  /// The table of a described struct, else nullptr.
  [[nodiscard]] virtual const TableBase* table() const { return nullptr; }
  /// Names of an enumeration, in order.
  [[nodiscard]] virtual std::vector<std::string> names() const { return {}; }
  /// A bound given in the base unit, as people write it: "400 MHz".
  [[nodiscard]] virtual std::string show_bound(double bound) const;
  /// The part a pointer token names; codec == nullptr if there is none. `field` is passed on by containers.
  [[nodiscard]] virtual Slot child(void* object, std::string_view token, const Field* field) const;
  /// Copies a scalar (a value of any kind but object, optional, list, map) from one object to another.
  virtual void copy(void* to, const void* from) const;
  /// The value of an integer, number or quantity, in the base unit; nothing for other kinds.
  [[nodiscard]] virtual std::optional<double> number(const void* value) const;
  /// Pointer tokens of the parts that exist in *object, in order.
  [[nodiscard]] virtual std::vector<std::string> children(const void* object) const;
};

namespace detail {

template <class T>
struct Tag {};

const Codec& scalar_codec(Tag<bool>);
const Codec& scalar_codec(Tag<int>);
const Codec& scalar_codec(Tag<std::int64_t>);
const Codec& scalar_codec(Tag<double>);
const Codec& scalar_codec(Tag<std::string>);
const Codec& scalar_codec(Tag<JsonValue>);
const Codec& scalar_codec(Tag<Cycles>);
const Codec& scalar_codec(Tag<Bytes>);
const Codec& scalar_codec(Tag<Bits>);
const Codec& scalar_codec(Tag<Hertz>);
const Codec& scalar_codec(Tag<Seconds>);
const Codec& scalar_codec(Tag<Joules>);
const Codec& scalar_codec(Tag<Watts>);
const Codec& scalar_codec(Tag<BytesPerSecond>);

template <class T>
concept Scalar = requires {
  scalar_codec(Tag<T>{});
};
template <class T>
concept DescribedEnum = std::is_enum_v<T> && requires {
  DescribeEnum<T>::names;
};

template <class T>
struct IsOptional : std::false_type {};
template <class T>
struct IsOptional<std::optional<T>> : std::true_type {};
template <class T>
struct IsVector : std::false_type {};
template <class T>
struct IsVector<std::vector<T>> : std::true_type {};
template <class T>
struct IsMap : std::false_type {};
template <class T>
struct IsMap<std::map<std::string, T>> : std::true_type {};

/// An enumeration as 64-bit values with names; `load` and `store` know the underlying type.
class EnumCodec final : public Codec {
 public:
  struct Name {
    std::int64_t value;
    const char* name;
    const char* doc;
  };
  EnumCodec(std::vector<Name> names, std::int64_t (*load)(const void*), void (*store)(void*, std::int64_t))
      : names_(std::move(names)), load_(load), store_(store) {}
  [[nodiscard]] FieldKind kind() const override { return FieldKind::enumeration; }
  [[nodiscard]] std::string expected() const override;
  [[nodiscard]] std::string type_name() const override { return "name"; }
  bool read(const JsonValue&, void*, const FieldRules&, Diagnostics&) const override;
  [[nodiscard]] std::optional<JsonValue> write(const void* value) const override;
  [[nodiscard]] JsonValue schema(const FieldRules&, SchemaDefs&) const override;
  [[nodiscard]] std::vector<std::string> names() const override;
  void copy(void* to, const void* from) const override { store_(to, load_(from)); }

 private:
  std::vector<Name> names_;
  std::int64_t (*load_)(const void*);
  void (*store_)(void*, std::int64_t);
};

/// A struct with a field table; the table is asked for late, so that tables may refer to each other.
class StructCodec final : public Codec {
 public:
  explicit StructCodec(const TableBase& (*get_table)()) : table_(get_table) {}
  [[nodiscard]] FieldKind kind() const override { return FieldKind::object; }
  [[nodiscard]] std::string expected() const override;
  [[nodiscard]] std::string type_name() const override;
  bool read(const JsonValue&, void*, const FieldRules&, Diagnostics&) const override;
  [[nodiscard]] std::optional<JsonValue> write(const void* value) const override;
  [[nodiscard]] JsonValue schema(const FieldRules&, SchemaDefs&) const override;
  [[nodiscard]] const TableBase* table() const override { return &table_(); }
  [[nodiscard]] Slot child(void* object, std::string_view token, const Field* field) const override;
  [[nodiscard]] std::vector<std::string> children(const void* object) const override;

 private:
  const TableBase& (*table_)();
};

/// std::optional, std::vector and std::map<std::string, X> share everything but the few accesses below.
class ContainerCodec : public Codec {
 public:
  ContainerCodec(FieldKind container, const Codec& (*get_element)())
      : kind_(container), element_(get_element) {}
  [[nodiscard]] FieldKind kind() const override { return kind_; }
  [[nodiscard]] std::string expected() const override;
  [[nodiscard]] std::string type_name() const override;
  bool read(const JsonValue&, void*, const FieldRules&, Diagnostics&) const override;
  [[nodiscard]] std::optional<JsonValue> write(const void* value) const override;
  [[nodiscard]] JsonValue schema(const FieldRules&, SchemaDefs&) const override;
  [[nodiscard]] const Codec* element() const override { return &element_(); }
  [[nodiscard]] std::string show_bound(double bound) const override { return element_().show_bound(bound); }
  [[nodiscard]] Slot child(void* object, std::string_view token, const Field* field) const override;
  [[nodiscard]] std::vector<std::string> children(const void* object) const override;

 protected:
  virtual void clear(void* container) const = 0;
  /// Adds a default element (under `key` for a map) and returns it.
  [[nodiscard]] virtual void* add(void* container, const std::string& key) const = 0;
  /// Number of elements and access to each; key() is used for maps only.
  [[nodiscard]] virtual std::size_t size(const void* container) const = 0;
  [[nodiscard]] virtual const void* at(const void* container, std::size_t i) const = 0;
  [[nodiscard]] virtual std::string key(const void* container, std::size_t i) const;

 private:
  bool read_list(const JsonValue&, void*, const FieldRules&, Diagnostics&) const;
  bool read_map(const JsonValue&, void*, const FieldRules&, Diagnostics&) const;
  FieldKind kind_;
  const Codec& (*element_)();
};

template <class T>
const Codec& codec_of();

template <class X>
class OptionalCodec final : public ContainerCodec {
 public:
  OptionalCodec() : ContainerCodec(FieldKind::optional, &codec_of<X>) {}

 protected:
  void clear(void* c) const override { static_cast<std::optional<X>*>(c)->reset(); }
  void* add(void* c, const std::string&) const override {
    return &static_cast<std::optional<X>*>(c)->emplace();
  }
  std::size_t size(const void* c) const override { return *static_cast<const std::optional<X>*>(c) ? 1 : 0; }
  const void* at(const void* c, std::size_t) const override {
    return &**static_cast<const std::optional<X>*>(c);
  }
};

template <class X>
class VectorCodec final : public ContainerCodec {
 public:
  static_assert(!std::is_same_v<X, bool>, "a list of bool has no addressable elements");
  VectorCodec() : ContainerCodec(FieldKind::list, &codec_of<X>) {}

 protected:
  void clear(void* c) const override { static_cast<std::vector<X>*>(c)->clear(); }
  void* add(void* c, const std::string&) const override {
    return &static_cast<std::vector<X>*>(c)->emplace_back();
  }
  std::size_t size(const void* c) const override { return static_cast<const std::vector<X>*>(c)->size(); }
  const void* at(const void* c, std::size_t i) const override {
    return &(*static_cast<const std::vector<X>*>(c))[i];
  }
};

template <class X>
class MapCodec final : public ContainerCodec {
  using Map = std::map<std::string, X>;

 public:
  MapCodec() : ContainerCodec(FieldKind::map, &codec_of<X>) {}

 protected:
  void clear(void* c) const override { static_cast<Map*>(c)->clear(); }
  void* add(void* c, const std::string& key) const override { return &(*static_cast<Map*>(c))[key]; }
  std::size_t size(const void* c) const override { return static_cast<const Map*>(c)->size(); }
  const void* at(const void* c, std::size_t i) const override {
    return &std::next(static_cast<const Map*>(c)->begin(), static_cast<std::ptrdiff_t>(i))->second;
  }
  std::string key(const void* c, std::size_t i) const override {
    return std::next(static_cast<const Map*>(c)->begin(), static_cast<std::ptrdiff_t>(i))->first;
  }
};

template <class E>
const Codec& enum_codec() {
  static const EnumCodec codec(
      [] {
        std::vector<EnumCodec::Name> names;
        for (const EnumName<E>& n : DescribeEnum<E>::names)
          names.push_back({static_cast<std::int64_t>(n.value), n.name, n.doc});
        return names;
      }(),
      [](const void* p) { return static_cast<std::int64_t>(*static_cast<const E*>(p)); },
      [](void* p, std::int64_t v) { *static_cast<E*>(p) = static_cast<E>(v); });
  return codec;
}

/// The codec of a supported type: bool, int, int64_t, double, std::string, JsonValue, the quantities of
/// units.h, described enumerations and structs, and std::optional, std::vector, std::map<std::string, X> of
/// those.
template <class T>
const Codec& codec_of() {
  if constexpr (Scalar<T>) {
    return scalar_codec(Tag<T>{});
  } else if constexpr (DescribedEnum<T>) {
    return enum_codec<T>();
  } else if constexpr (IsOptional<T>::value) {
    static const OptionalCodec<typename T::value_type> codec;
    return codec;
  } else if constexpr (IsVector<T>::value) {
    static const VectorCodec<typename T::value_type> codec;
    return codec;
  } else if constexpr (IsMap<T>::value) {
    static const MapCodec<typename T::mapped_type> codec;
    return codec;
  } else {
    // A compile error here: T has no Describe<T> (or DescribeEnum<T>) in sight.
    static const StructCodec codec([]() -> const TableBase& { return Describe<T>::table(); });
    return codec;
  }
}

}  // namespace detail

/// The name of an enumeration's value as it stands in JSON; empty for a value that is not described.
template <detail::DescribedEnum E>
[[nodiscard]] constexpr std::string_view name_of(E value) {
  for (const EnumName<E>& n : DescribeEnum<E>::names)
    if (n.value == value) return n.name;
  return {};
}

/// The value with that name, or nothing.
template <detail::DescribedEnum E>
[[nodiscard]] constexpr std::optional<E> value_of(std::string_view name) {
  for (const EnumName<E>& n : DescribeEnum<E>::names)
    if (name == n.name) return n.value;
  return std::nullopt;
}

}  // namespace statelane
