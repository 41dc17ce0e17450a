// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <set>
#include <string>
#include <string_view>

namespace statelane::hls {

/// Hands out identifiers for names that come from configuration files. What is not a letter, a digit or an
/// underscore becomes one, so that no text of a file can leave its place in generated code or Tcl; keywords
/// and names already given get a suffix. The same names in the same order give the same identifiers.
class Names {
 public:
  Names();
  [[nodiscard]] std::string take(std::string_view wanted, std::string_view suffix = "unit");
  /// The same for a function: nothing that looks like a constant (all capitals) or that is derived from
  /// another name in the generated headers (x_word, weights_memory_0).
  [[nodiscard]] std::string take_function(std::string_view wanted);

 private:
  std::set<std::string, std::less<>> taken_;
};

/// The text for a comment of C++, Tcl or Make: printable ASCII on one line, nothing that ends a comment or
/// continues a line.
[[nodiscard]] std::string comment_text(std::string_view text);

/// An identifier in capitals, for constants.
[[nodiscard]] std::string upper(std::string_view identifier);

}  // namespace statelane::hls
