// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace statelane::hls {

/// What a template is filled with: texts, numbers, switches, lists.
class Values {
 public:
  Values();
  Values(const Values&);
  Values& operator=(const Values&);
  ~Values();

  Values& set(const std::string& name, const std::string& text);
  Values& set(const std::string& name, const char* text) { return set(name, std::string(text)); }
  Values& set(const std::string& name, std::int64_t number) { return set(name, std::to_string(number)); }
  Values& set(const std::string& name, int number) { return set(name, std::to_string(number)); }
  Values& set(const std::string& name, bool on);
  Values& set(const std::string& name, const std::vector<Values>& list);

 private:
  friend std::string render(std::string_view, const Values&);
  struct Data;
  std::unique_ptr<Data> data_;
};

/// The text of a file of hls/templates or hls/csim, e.g. "matrix.mustache", "csim/ap_int.h". Throws
/// std::out_of_range.
[[nodiscard]] std::string_view template_text(std::string_view name);
/// The names of the files of hls/csim, sorted.
[[nodiscard]] std::vector<std::string> csim_headers();

/// A template of hls/templates filled in. Nothing is escaped: what comes from configuration files has gone
/// through Names or comment_text. Throws std::logic_error for a broken template.
[[nodiscard]] std::string render(std::string_view name, const Values& values);

/// How functions reach their channels and memories.
enum class Access {
  streams,  ///< hls::stream and wide words on AXI ports
  arrays    ///< plain arrays and no pragma: for other tools
};

/// Replaces the access lines of a template by statements:
///   @read VAR CHANNEL    a new constant VAR holds the next word
///   @next VAR CHANNEL    VAR, declared before, is set to the next word
///   @write VAR CHANNEL   VAR goes out
///   @load VAR MEMORY INDEX   a new constant VAR holds a word of memory
///   @line VAR MEMORY     a new word of memory
///   @store VAR MEMORY INDEX
/// and, for arrays, drops the pragmas.
[[nodiscard]] std::string expand(const std::string& text, Access access);

}  // namespace statelane::hls
