// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "models/base/diagnostics.h"

namespace statelane {

/// Element types of the safetensors format that this reader knows.
enum class DType { kF64, kF32, kF16, kBF16, kI64, kI32, kI16, kI8, kU64, kU32, kU16, kU8, kBool };

[[nodiscard]] std::size_t size_of(DType type);       ///< bytes of one element
[[nodiscard]] std::string_view name_of(DType type);  ///< the format's spelling, e.g. "BF16"
[[nodiscard]] bool is_floating(DType type);          ///< F64, F32, F16 or BF16
[[nodiscard]] std::optional<DType> dtype_named(std::string_view name);

/// One tensor of an open file: row-major, little-endian bytes that live as long as the file object.
struct TensorView {
  std::string name;
  DType dtype = DType::kF32;
  std::vector<std::size_t> shape;
  std::span<const std::byte> bytes;

  [[nodiscard]] std::size_t elements() const { return bytes.size() / size_of(dtype); }
  /// All elements widened (or, for F64 and wide integers, rounded) to float.
  [[nodiscard]] std::vector<float> to_floats() const;
  /// All elements of an integer tensor; throws InputError for a floating-point one.
  [[nodiscard]] std::vector<std::int64_t> to_integers() const;
};

/// A safetensors file (format: huggingface/safetensors README), memory-mapped. Every length, offset and shape
/// is checked when it is opened: the tensors must tile the data exactly, without a gap, an overlap or a
/// duplicate name.
class SafetensorsFile {
 public:
  /// Maps and checks `path`; throws InputError.
  explicit SafetensorsFile(const std::filesystem::path& path);
  /// The same from bytes in memory, which are copied; `name` stands in error messages.
  SafetensorsFile(std::span<const std::byte> bytes, std::string name);

  [[nodiscard]] const std::map<std::string, TensorView>& tensors() const { return tensors_; }
  [[nodiscard]] const std::map<std::string, std::string>& metadata() const { return metadata_; }
  /// The tensor of that name, or nullptr.
  [[nodiscard]] const TensorView* find(const std::string& name) const;
  /// The tensor of that name; throws InputError if it is missing.
  [[nodiscard]] const TensorView& at(const std::string& name) const;
  [[nodiscard]] const std::string& name() const { return name_; }

 private:
  void parse(std::span<const std::byte> file);

  std::shared_ptr<const void> storage_;
  std::string name_;
  std::map<std::string, TensorView> tensors_;
  std::map<std::string, std::string> metadata_;
};

/// Collects tensors and writes them as one safetensors file, sorted by name, data aligned to 8 bytes.
class SafetensorsWriter {
 public:
  /// Adds a tensor stored as `dtype` (F32, F16 or BF16; rounded to nearest even). Throws InputError if
  /// `shape` does not hold `values.size()` elements or the name is taken.
  void add(const std::string& name, std::vector<std::size_t> shape, std::span<const float> values,
           DType dtype = DType::kF32);
  void add(const std::string& name, std::vector<std::size_t> shape, std::span<const std::int64_t> values);
  void add(const std::string& name, std::vector<std::size_t> shape, std::span<const std::int8_t> values);
  void set_metadata(const std::string& key, std::string value) { metadata_[key] = std::move(value); }

  [[nodiscard]] std::vector<std::byte> serialise() const;
  /// Writes beside `path` first and renames, so that a reader never sees half a file. Throws InputError.
  void write(const std::filesystem::path& path) const;

 private:
  struct Entry {
    DType dtype;
    std::vector<std::size_t> shape;
    std::vector<std::byte> bytes;
  };
  void insert(const std::string& name, Entry entry, std::size_t elements);

  std::map<std::string, Entry> entries_;
  std::map<std::string, std::string> metadata_;
};

}  // namespace statelane
