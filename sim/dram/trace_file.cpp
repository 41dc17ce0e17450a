// SPDX-License-Identifier: Apache-2.0
#include "sim/dram/trace_file.h"

#include <algorithm>
#include <array>
#include <boost/iostreams/filter/gzip.hpp>
#include <boost/iostreams/filter/zstd.hpp>
#include <boost/iostreams/filtering_stream.hpp>
#include <charconv>
#include <cstring>
#include <fstream>
#include <string_view>
#include <vector>

#include "models/base/diagnostics.h"

namespace statelane {
namespace {

constexpr std::string_view magic = "SSMTRC1\n";

[[noreturn]] void refuse(SourcePosition where, const std::string& what, const std::string& found,
                         const std::string& allowed) {
  Diagnostics diagnostics;
  diagnostics.error(std::move(where), what, found, allowed);
  throw InputError(std::move(diagnostics));
}

/// The file's bytes, decompressed, in pieces.
class ByteReader {
 public:
  explicit ByteReader(const std::string& path) : path_(path), file_(path, std::ios::binary) {
    if (!file_) refuse({path, 0, 0, {}}, "cannot open the trace", {}, "a readable file");
    std::array<unsigned char, 4> head{};
    file_.read(reinterpret_cast<char*>(head.data()), static_cast<std::streamsize>(head.size()));
    file_.clear();
    file_.seekg(0);
    if (head[0] == 0x1f && head[1] == 0x8b) {
      input_.push(boost::iostreams::gzip_decompressor());
    } else if (head[0] == 0x28 && head[1] == 0xb5 && head[2] == 0x2f && head[3] == 0xfd) {
      input_.push(boost::iostreams::zstd_decompressor());
    }
    input_.push(file_);
  }

  /// Next bytes into `out`; fewer than asked only at the end.
  std::size_t read(char* out, std::size_t size) {
    try {
      input_.read(out, static_cast<std::streamsize>(size));
    } catch (const std::exception& e) {
      refuse({path_, 0, 0, {}}, std::string("the compressed trace is damaged: ") + e.what(), {}, {});
    }
    if (input_.bad()) refuse({path_, 0, 0, {}}, "the trace cannot be read, or is damaged", {}, {});
    return static_cast<std::size_t>(input_.gcount());
  }
  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  std::string path_;
  std::ifstream file_;
  boost::iostreams::filtering_istream input_;
};

/// A window over the bytes that begins at the first one not consumed.
class Buffer {
 public:
  explicit Buffer(const std::string& path) : reader_(path), bytes_(std::size_t{1} << 18) {}

  /// Makes at least `wanted` bytes visible if the file has them.
  std::string_view view(std::size_t wanted) {
    if (end_ - begin_ < wanted && !ended_) {
      std::memmove(bytes_.data(), bytes_.data() + begin_, end_ - begin_);
      end_ -= begin_;
      begin_ = 0;
      const std::size_t got = reader_.read(bytes_.data() + end_, bytes_.size() - end_);
      ended_ = got < bytes_.size() - end_;
      end_ += got;
    }
    return {bytes_.data() + begin_, end_ - begin_};
  }
  void consume(std::size_t n) {
    begin_ += n;
    consumed_ += n;
  }
  [[nodiscard]] std::uint64_t consumed() const { return consumed_; }
  [[nodiscard]] const std::string& path() const { return reader_.path(); }

 private:
  ByteReader reader_;
  std::vector<char> bytes_;
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
  std::uint64_t consumed_ = 0;
  bool ended_ = false;
};

class BinaryTrace final : public AccessSource {
 public:
  explicit BinaryTrace(std::unique_ptr<Buffer> buffer) : buffer_(std::move(buffer)) {
    buffer_->consume(magic.size());
  }

  std::size_t fill(std::span<Access> out) override {
    std::size_t n = 0;
    while (n < out.size()) {
      const std::string_view bytes = buffer_->view(8);
      if (bytes.empty()) break;
      if (bytes.size() < 8) {
        refuse({buffer_->path(), 0, 0, {}},
               "the trace ends inside an access, at byte " + std::to_string(buffer_->consumed()),
               std::to_string(bytes.size()) + " bytes", "8 bytes an access");
      }
      std::uint64_t word = 0;
      for (std::size_t i = 8; i-- > 0;) word = word << 8 | static_cast<unsigned char>(bytes[i]);
      buffer_->consume(8);
      out[n++] = {word & ~std::uint64_t{63}, (word & 1) != 0};
    }
    return n;
  }

 private:
  std::unique_ptr<Buffer> buffer_;
};

class TextTrace final : public AccessSource {
 public:
  explicit TextTrace(std::unique_ptr<Buffer> buffer) : buffer_(std::move(buffer)) {}

  std::size_t fill(std::span<Access> out) override {
    std::size_t n = 0;
    while (n < out.size()) {
      const std::string_view bytes = buffer_->view(max_line);
      if (bytes.empty()) break;
      ++line_;
      const std::size_t newline = bytes.find('\n');
      if (newline == std::string_view::npos && bytes.size() >= max_line) fail(bytes.substr(0, 20), 1);
      const std::string_view line = bytes.substr(0, std::min(newline, bytes.size()));
      if (parse(line, out[n])) ++n;
      buffer_->consume(std::min(line.size() + 1, bytes.size()));
    }
    return n;
  }

 private:
  static constexpr std::size_t max_line = 4096;
  static bool blank(char c) { return c == ' ' || c == '\t' || c == '\r'; }

  [[noreturn]] void fail(std::string_view found, std::size_t column) const {
    refuse({buffer_->path(),
            static_cast<int>(std::min<std::uint64_t>(line_, INT32_MAX)),
            static_cast<int>(column),
            {}},
           "not an access", "'" + std::string(found.substr(0, 40)) + "'",
           "a line such as 'R 0x1f40' or 'W 0x80'");
  }

  /// False for a line without an access.
  bool parse(std::string_view line, Access& access) const {
    const std::string_view whole = line;
    while (!line.empty() && blank(line.back())) line.remove_suffix(1);
    while (!line.empty() && blank(line.front())) line.remove_prefix(1);
    if (line.empty() || line.front() == '#') return false;
    const auto column = [&] { return whole.size() - line.size() + 1; };
    const char direction = line.front();
    if (direction != 'R' && direction != 'W' && direction != 'r' && direction != 'w') fail(line, column());
    line.remove_prefix(1);
    if (line.empty() || !blank(line.front())) fail(whole, 1);
    while (!line.empty() && blank(line.front())) line.remove_prefix(1);
    const bool hex = line.starts_with("0x") || line.starts_with("0X");
    if (hex) line.remove_prefix(2);
    std::uint64_t address = 0;
    const auto [stop, error] =
        std::from_chars(line.data(), line.data() + line.size(), address, hex ? 16 : 10);
    if (error != std::errc{} || stop != line.data() + line.size()) fail(line, column());
    access = {address & ~std::uint64_t{63}, direction == 'W' || direction == 'w'};
    return true;
  }

  std::unique_ptr<Buffer> buffer_;
  std::uint64_t line_ = 0;
};

}  // namespace

std::unique_ptr<AccessSource> open_trace(const std::string& path) {
  auto buffer = std::make_unique<Buffer>(path);
  const bool binary = buffer->view(magic.size()).starts_with(magic);
  if (binary) return std::make_unique<BinaryTrace>(std::move(buffer));
  return std::make_unique<TextTrace>(std::move(buffer));
}

}  // namespace statelane
