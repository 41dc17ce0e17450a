// SPDX-License-Identifier: Apache-2.0
#include "sim/dram/access_source.h"

#include <algorithm>
#include <charconv>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "models/base/diagnostics.h"

namespace statelane {
namespace {

constexpr auto unit = static_cast<std::uint64_t>(access_bytes.count());

/// A loop nest of addresses: level i runs count[i] times, step[i] bytes apart; level 0 is innermost.
struct Nest {
  std::vector<std::uint64_t> count;
  std::vector<std::uint64_t> step;
};

class Pattern : public AccessSource {
 public:
  explicit Pattern(const PatternOptions& options) : options_(options) {}

  std::size_t fill(std::span<Access> out) override {
    const auto n = static_cast<std::size_t>(std::min<std::uint64_t>(out.size(), options_.count - done_));
    for (std::size_t i = 0; i < n; ++i) out[i] = {next(), next_is_write()};
    done_ += n;
    return n;
  }

 protected:
  virtual std::uint64_t next() = 0;
  [[nodiscard]] std::uint64_t region() const { return static_cast<std::uint64_t>(options_.region.count()); }

 private:
  // Spreads the writes evenly (Bresenham), so that no generator's quality matters.
  bool next_is_write() {
    write_debt_ += options_.write_share;
    if (write_debt_ < 1.0) return false;
    write_debt_ -= 1.0;
    return true;
  }

  PatternOptions options_;
  std::uint64_t done_ = 0;
  double write_debt_ = 0;
};

class NestPattern final : public Pattern {
 public:
  NestPattern(const PatternOptions& options, Nest nest)
      : Pattern(options), nest_(std::move(nest)), index_(nest_.count.size()) {}

 private:
  std::uint64_t next() override {
    const std::uint64_t address = address_ % region();
    for (std::size_t level = 0; level < index_.size(); ++level) {
      address_ += nest_.step[level];
      if (++index_[level] < nest_.count[level]) return address;
      address_ -= nest_.step[level] * nest_.count[level];
      index_[level] = 0;
    }
    return address;
  }

  Nest nest_;
  std::vector<std::uint64_t> index_;
  std::uint64_t address_ = 0;
};

class RandomPattern final : public Pattern {
 public:
  explicit RandomPattern(const PatternOptions& options) : Pattern(options), generator_(options.seed) {}

 private:
  std::uint64_t next() override { return generator_() % (region() / unit) * unit; }
  std::mt19937_64 generator_;
};

[[noreturn]] void refuse(std::string_view text, const std::string& why) {
  Diagnostics diagnostics;
  diagnostics.error({"--pattern", 0, 0, {}}, why, "'" + std::string(text) + "'",
                    "stream, stride:N, random, tiles:RxC or tiles:RxCxP");
  throw InputError(std::move(diagnostics));
}

std::vector<std::uint64_t> numbers(std::string_view text, std::string_view list) {
  std::vector<std::uint64_t> values;
  while (!list.empty()) {
    const std::size_t end = std::min(list.find('x'), list.size());
    std::uint64_t value = 0;
    const auto [stop, error] = std::from_chars(list.data(), list.data() + end, value);
    if (error != std::errc{} || stop != list.data() + end || value == 0)
      refuse(text, "not a positive number");
    values.push_back(value);
    list.remove_prefix(std::min(end + 1, list.size()));
  }
  return values;
}

Nest tiles(std::string_view text, std::string_view sizes, std::uint64_t region) {
  std::vector<std::uint64_t> v = numbers(text, sizes);
  if (v.size() == 2) v.push_back(8192);
  if (v.size() != 3) refuse(text, "tiles have two or three sizes");
  const std::uint64_t rows = v[0], columns = v[1], pitch = v[2];
  if (columns % unit != 0 || pitch % columns != 0) {
    refuse(text, "a tile's row is a multiple of 64 bytes that divides the matrix's row");
  }
  const std::uint64_t bands = std::max<std::uint64_t>(1, region / (rows * pitch));
  return {{columns / unit, rows, pitch / columns, bands}, {unit, pitch, columns, rows * pitch}};
}

}  // namespace

std::unique_ptr<AccessSource> make_pattern(std::string_view text, const PatternOptions& options) {
  const auto region = static_cast<std::uint64_t>(options.region.count());
  if (options.region < access_bytes) refuse(text, "the region is smaller than an access");
  if (!(options.write_share >= 0 && options.write_share <= 1))
    refuse(text, "the share of writes is not in [0, 1]");
  if (text == "random") return std::make_unique<RandomPattern>(options);
  if (text == "stream") {
    return std::make_unique<NestPattern>(options, Nest{{region / unit}, {unit}});
  }
  if (text.starts_with("stride:")) {
    const std::vector<std::uint64_t> n = numbers(text, text.substr(7));
    if (n.size() != 1 || n[0] % unit != 0 || n[0] > region)
      refuse(text, "a stride is a multiple of 64 bytes");
    return std::make_unique<NestPattern>(options, Nest{{region / n[0], n[0] / unit}, {n[0], unit}});
  }
  if (text.starts_with("tiles:")) {
    return std::make_unique<NestPattern>(options, tiles(text, text.substr(6), region));
  }
  refuse(text, "unknown pattern");
}

}  // namespace statelane
