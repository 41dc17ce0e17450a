// SPDX-License-Identifier: Apache-2.0
#include "models/numerics/safetensors.h"

#include <algorithm>
#include <array>
#include <boost/iostreams/device/mapped_file.hpp>
#include <cstring>
#include <fstream>
#include <limits>
#include <nlohmann/json.hpp>
#include <set>

#include "models/numerics/half.h"

namespace statelane {
namespace {

using Json = nlohmann::json;

struct DTypeRow {
  DType type;
  std::string_view name;
  std::size_t size;
};
constexpr std::array<DTypeRow, 13> kDTypes{{{DType::kF64, "F64", 8},
                                            {DType::kF32, "F32", 4},
                                            {DType::kF16, "F16", 2},
                                            {DType::kBF16, "BF16", 2},
                                            {DType::kI64, "I64", 8},
                                            {DType::kI32, "I32", 4},
                                            {DType::kI16, "I16", 2},
                                            {DType::kI8, "I8", 1},
                                            {DType::kU64, "U64", 8},
                                            {DType::kU32, "U32", 4},
                                            {DType::kU16, "U16", 2},
                                            {DType::kU8, "U8", 1},
                                            {DType::kBool, "BOOL", 1}}};

/// The format's own limit on the header (safetensors README): larger ones are refused.
constexpr std::uint64_t kMaxHeader = 100'000'000;

template <class T, class Out, class Convert>
void convert_all(std::span<const std::byte> bytes, std::vector<Out>& out, Convert convert) {
  for (std::size_t i = 0; i < out.size(); ++i) {
    T value;  // the data need not be aligned for T
    std::memcpy(&value, bytes.data() + i * sizeof(T), sizeof(T));
    out[i] = convert(value);
  }
}

template <class Out>
void widen_integers(const TensorView& t, std::vector<Out>& out) {
  const auto cast = [](auto v) { return static_cast<Out>(v); };
  switch (t.dtype) {
    case DType::kI64:
      return convert_all<std::int64_t>(t.bytes, out, cast);
    case DType::kI32:
      return convert_all<std::int32_t>(t.bytes, out, cast);
    case DType::kI16:
      return convert_all<std::int16_t>(t.bytes, out, cast);
    case DType::kI8:
      return convert_all<std::int8_t>(t.bytes, out, cast);
    case DType::kU64:
      return convert_all<std::uint64_t>(t.bytes, out, cast);
    case DType::kU32:
      return convert_all<std::uint32_t>(t.bytes, out, cast);
    case DType::kU16:
      return convert_all<std::uint16_t>(t.bytes, out, cast);
    case DType::kU8:
    case DType::kBool:
      return convert_all<std::uint8_t>(t.bytes, out, cast);
    default:
      throw InputError("tensor \"" + t.name + "\" holds " + std::string(name_of(t.dtype)) + ", not integers");
  }
}

/// Product of the dimensions, or nothing on overflow.
std::optional<std::size_t> product(const std::vector<std::size_t>& shape) {
  std::size_t n = 1;
  for (const std::size_t d : shape) {
    if (d != 0 && n > std::numeric_limits<std::size_t>::max() / d) return std::nullopt;
    n *= d;
  }
  return n;
}

/// Parses the header and refuses a key that occurs twice in one object (a lying header may hide a tensor so).
Json parse_header(std::string_view text, const std::string& file) {
  std::vector<std::set<std::string>> keys;
  std::string duplicate;
  const auto watch = [&](int depth, Json::parse_event_t event, Json& value) {
    if (depth > 8) throw InputError(file + ": the header is nested too deeply");
    if (event == Json::parse_event_t::object_start) keys.emplace_back();
    if (event == Json::parse_event_t::object_end) keys.pop_back();
    if (event == Json::parse_event_t::key && !keys.back().insert(value.get<std::string>()).second) {
      duplicate = value.get<std::string>();
    }
    return true;
  };
  Json header;
  try {
    header = Json::parse(text, watch);
  } catch (const Json::exception& e) {
    throw InputError(file + ": the header is not JSON: " + e.what());
  }
  if (!duplicate.empty()) throw InputError(file + ": \"" + duplicate + "\" stands twice in the header");
  if (!header.is_object()) throw InputError(file + ": the header is not a JSON object");
  return header;
}

std::size_t to_size(const Json& value, const std::string& what) {
  if (!value.is_number_unsigned())
    throw InputError(what + " must be a whole number >= 0, found " + value.dump());
  return value.get<std::size_t>();
}

/// Reads one header entry and checks it against the data section.
TensorView read_entry(const std::string& name, const Json& entry, std::span<const std::byte> data,
                      const std::string& file) {
  const std::string where = file + ": tensor \"" + name + "\"";
  if (!entry.is_object() || !entry.contains("dtype") || !entry.contains("shape") ||
      !entry.contains("data_offsets")) {
    throw InputError(where + " lacks dtype, shape or data_offsets");
  }
  TensorView view;
  view.name = name;
  const auto type =
      entry["dtype"].is_string() ? dtype_named(entry["dtype"].get_ref<const std::string&>()) : std::nullopt;
  if (!type) throw InputError(where + " has the unknown dtype " + entry["dtype"].dump());
  view.dtype = *type;
  if (!entry["shape"].is_array()) throw InputError(where + ": shape is not a list");
  for (const Json& d : entry["shape"]) view.shape.push_back(to_size(d, where + ": a dimension"));
  const Json& offsets = entry["data_offsets"];
  if (!offsets.is_array() || offsets.size() != 2) throw InputError(where + ": data_offsets is not a pair");
  const std::size_t begin = to_size(offsets[0], where + ": the begin offset");
  const std::size_t end = to_size(offsets[1], where + ": the end offset");
  if (begin > end || end > data.size()) {
    throw InputError(where + " claims bytes " + std::to_string(begin) + ".." + std::to_string(end) + " of " +
                     std::to_string(data.size()) + " (truncated or lying file)");
  }
  const auto count = product(view.shape);
  if (!count || *count > (end - begin) / size_of(*type) || *count * size_of(*type) != end - begin) {
    throw InputError(where + ": shape and dtype do not fill its " + std::to_string(end - begin) + " bytes");
  }
  view.bytes = data.subspan(begin, end - begin);
  return view;
}

/// The data section must be covered exactly once: the format forbids gaps and overlaps.
void check_cover(const std::map<std::string, TensorView>& tensors, std::span<const std::byte> data,
                 const std::string& file) {
  std::vector<const TensorView*> order;
  for (const auto& [name, view] : tensors) order.push_back(&view);
  std::sort(order.begin(), order.end(), [](const TensorView* a, const TensorView* b) {
    return std::pair(a->bytes.data(), a->bytes.size()) < std::pair(b->bytes.data(), b->bytes.size());
  });
  const std::byte* next = data.data();
  for (const TensorView* view : order) {
    if (view->bytes.empty()) continue;
    if (view->bytes.data() != next) {
      throw InputError(file + ": tensor \"" + view->name + "\" overlaps another one or leaves a gap");
    }
    next = view->bytes.data() + view->bytes.size();
  }
  if (next != data.data() + data.size())
    throw InputError(file + ": bytes after the last tensor belong to none");
}

template <class T>
std::vector<std::byte> bytes_of_values(std::span<const T> values) {
  const auto raw = std::as_bytes(values);
  return {raw.begin(), raw.end()};
}

}  // namespace

std::size_t size_of(DType type) {
  for (const DTypeRow& row : kDTypes) {
    if (row.type == type) return row.size;
  }
  return 0;
}

std::string_view name_of(DType type) {
  for (const DTypeRow& row : kDTypes) {
    if (row.type == type) return row.name;
  }
  return "?";
}

bool is_floating(DType type) {
  return type == DType::kF64 || type == DType::kF32 || type == DType::kF16 || type == DType::kBF16;
}

std::optional<DType> dtype_named(std::string_view name) {
  for (const DTypeRow& row : kDTypes) {
    if (row.name == name) return row.type;
  }
  return std::nullopt;
}

std::vector<float> TensorView::to_floats() const {
  std::vector<float> out(elements());
  switch (dtype) {
    case DType::kF64:
      convert_all<double>(bytes, out, [](double v) { return static_cast<float>(v); });
      break;
    case DType::kF32:
      convert_all<float>(bytes, out, [](float v) { return v; });
      break;
    case DType::kF16:
      convert_all<std::uint16_t>(bytes, out, half_to_float);
      break;
    case DType::kBF16:
      convert_all<std::uint16_t>(bytes, out, bfloat16_to_float);
      break;
    default:
      widen_integers(*this, out);
  }
  return out;
}

std::vector<std::int64_t> TensorView::to_integers() const {
  std::vector<std::int64_t> out(elements());
  widen_integers(*this, out);
  return out;
}

SafetensorsFile::SafetensorsFile(const std::filesystem::path& path) : name_(path.string()) {
  std::error_code error;
  const auto size = std::filesystem::file_size(path, error);
  if (error) throw InputError(name_ + ": cannot be read: " + error.message());
  if (size == 0) throw InputError(name_ + ": empty file");
  try {
    auto mapped = std::make_shared<const boost::iostreams::mapped_file_source>(path.string());
    storage_ = mapped;
    parse(std::as_bytes(std::span(mapped->data(), mapped->size())));
  } catch (const std::ios_base::failure& e) {
    throw InputError(name_ + ": cannot be mapped: " + e.what());
  }
}

SafetensorsFile::SafetensorsFile(std::span<const std::byte> bytes, std::string name)
    : name_(std::move(name)) {
  auto copy = std::make_shared<const std::vector<std::byte>>(bytes.begin(), bytes.end());
  storage_ = copy;
  parse(*copy);
}

void SafetensorsFile::parse(std::span<const std::byte> file) {
  std::uint64_t length = 0;
  if (file.size() < sizeof length) throw InputError(name_ + ": shorter than the 8-byte header length");
  std::memcpy(&length, file.data(),
              sizeof length);  // little-endian by the format; so are all targets of this project
  if (length > kMaxHeader || length > file.size() - sizeof length) {
    throw InputError(name_ + ": header length " + std::to_string(length) + " exceeds the file");
  }
  const auto text = file.subspan(sizeof length, length);
  const auto data = file.subspan(sizeof length + length);
  const Json header = parse_header({reinterpret_cast<const char*>(text.data()), text.size()}, name_);
  for (const auto& [key, entry] : header.items()) {
    if (key != "__metadata__") {
      tensors_.emplace(key, read_entry(key, entry, data, name_));
      continue;
    }
    if (!entry.is_object()) throw InputError(name_ + ": __metadata__ is not an object");
    for (const auto& [k, v] : entry.items()) {
      if (!v.is_string()) throw InputError(name_ + ": __metadata__ \"" + k + "\" is not a string");
      metadata_[k] = v.get<std::string>();
    }
  }
  check_cover(tensors_, data, name_);
}

const TensorView* SafetensorsFile::find(const std::string& name) const {
  const auto it = tensors_.find(name);
  return it == tensors_.end() ? nullptr : &it->second;
}

const TensorView& SafetensorsFile::at(const std::string& name) const {
  const TensorView* view = find(name);
  if (view == nullptr) throw InputError(name_ + ": tensor \"" + name + "\" is missing");
  return *view;
}

void SafetensorsWriter::insert(const std::string& name, Entry entry, std::size_t elements) {
  const auto count = product(entry.shape);
  if (!count || *count != elements)
    throw InputError("tensor \"" + name + "\": shape does not match its values");
  if (!entries_.emplace(name, std::move(entry)).second)
    throw InputError("tensor \"" + name + "\" added twice");
}

void SafetensorsWriter::add(const std::string& name, std::vector<std::size_t> shape,
                            std::span<const float> values, DType dtype) {
  std::vector<std::byte> bytes;
  if (dtype == DType::kF32) {
    bytes = bytes_of_values(values);
  } else if (dtype == DType::kF16 || dtype == DType::kBF16) {
    std::vector<std::uint16_t> words(values.size());
    std::transform(values.begin(), values.end(), words.begin(),
                   dtype == DType::kF16 ? float_to_half : float_to_bfloat16);
    bytes = bytes_of_values<std::uint16_t>(words);
  } else {
    throw InputError("tensor \"" + name + "\": floats are stored as F32, F16 or BF16");
  }
  insert(name, {dtype, std::move(shape), std::move(bytes)}, values.size());
}

void SafetensorsWriter::add(const std::string& name, std::vector<std::size_t> shape,
                            std::span<const std::int64_t> values) {
  insert(name, {DType::kI64, std::move(shape), bytes_of_values(values)}, values.size());
}

void SafetensorsWriter::add(const std::string& name, std::vector<std::size_t> shape,
                            std::span<const std::int8_t> values) {
  insert(name, {DType::kI8, std::move(shape), bytes_of_values(values)}, values.size());
}

std::vector<std::byte> SafetensorsWriter::serialise() const {
  Json header = Json::object();
  if (!metadata_.empty()) header["__metadata__"] = metadata_;
  std::size_t offset = 0;
  for (const auto& [name, entry] : entries_) {
    const std::size_t end = offset + entry.bytes.size();
    header[name] = {{"dtype", name_of(entry.dtype)}, {"shape", entry.shape}, {"data_offsets", {offset, end}}};
    offset = end;
  }
  std::string text = header.dump();
  text.append((8 - text.size() % 8) % 8, ' ');  // the format allows trailing blanks; they align the data
  const std::uint64_t length = text.size();
  std::vector<std::byte> file(sizeof length + text.size() + offset);
  std::memcpy(file.data(), &length, sizeof length);
  std::memcpy(file.data() + sizeof length, text.data(), text.size());
  auto out = file.begin() + static_cast<std::ptrdiff_t>(sizeof length + text.size());
  for (const auto& [name, entry] : entries_) out = std::copy(entry.bytes.begin(), entry.bytes.end(), out);
  return file;
}

void SafetensorsWriter::write(const std::filesystem::path& path) const {
  const std::vector<std::byte> file = serialise();
  const std::filesystem::path partial = path.string() + ".partial";
  {
    std::ofstream out(partial, std::ios::binary);
    out.write(reinterpret_cast<const char*>(file.data()), static_cast<std::streamsize>(file.size()));
    if (!out.flush()) throw InputError(partial.string() + ": cannot be written");
  }
  std::error_code error;
  std::filesystem::rename(partial, path, error);
  if (error) throw InputError(path.string() + ": cannot be written: " + error.message());
}

}  // namespace statelane
