// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <cstring>
#include <stdexcept>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

namespace statelane {

/// Appends values to a message. Sender and reader are the same program on machines of one kind: values stand
/// as in memory.
class WireWriter {
 public:
  template <class T>
  requires std::is_trivially_copyable_v<T> WireWriter& add(const T& value) {
    bytes_.append(reinterpret_cast<const char*>(&value), sizeof value);
    return *this;
  }
  WireWriter& add_text(std::string_view text) {
    add(static_cast<std::uint64_t>(text.size()));
    bytes_ += text;
    return *this;
  }
  template <class T>
  requires std::is_trivially_copyable_v<T> WireWriter& add_all(const std::vector<T>& values) {
    add(static_cast<std::uint64_t>(values.size()));
    if (!values.empty())
      bytes_.append(reinterpret_cast<const char*>(values.data()), values.size() * sizeof(T));
    return *this;
  }
  [[nodiscard]] std::string take() { return std::move(bytes_); }

 private:
  std::string bytes_;
};

/// Reads a message in the order it was written. Throws std::runtime_error at its end.
class WireReader {
 public:
  explicit WireReader(std::string_view bytes) : left_(bytes) {}

  template <class T>
  requires std::is_trivially_copyable_v<T>
  [[nodiscard]] T take() {
    T value;
    std::memcpy(&value, part(sizeof value).data(), sizeof value);
    return value;
  }
  [[nodiscard]] std::string take_text() { return std::string(part(take<std::uint64_t>())); }
  template <class T>
  requires std::is_trivially_copyable_v<T>
  [[nodiscard]] std::vector<T> take_all() {
    const auto count = take<std::uint64_t>();
    if (count > left_.size() / sizeof(T)) throw std::runtime_error("a message ends early");
    std::vector<T> values(count);
    if (count > 0) std::memcpy(values.data(), part(count * sizeof(T)).data(), count * sizeof(T));
    return values;
  }
  [[nodiscard]] std::string_view rest() const { return left_; }

 private:
  std::string_view part(std::uint64_t size) {
    if (size > left_.size()) throw std::runtime_error("a message ends early");
    const std::string_view out = left_.substr(0, size);
    left_.remove_prefix(size);
    return out;
  }
  std::string_view left_;
};

}  // namespace statelane
