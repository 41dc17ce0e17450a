// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace statelane {

/// A cell of a CSV file (RFC 4180).
[[nodiscard]] inline std::string csv_cell(const std::string& text) {
  if (text.find_first_of(",\"\n") == std::string::npos) return text;
  std::string out = "\"";
  for (const char c : text) out += c == '"' ? std::string("\"\"") : std::string(1, c);
  return out + "\"";
}

}  // namespace statelane
