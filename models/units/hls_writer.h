// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

namespace statelane {

/// Writes lines of generated code: indented, pragmas at the margin, every loop with a label and unrolled.
class HlsWriter {
 public:
  explicit HlsWriter(int indent) : indent_(indent) {}

  HlsWriter& line(const std::string& text) {
    text_ += std::string(static_cast<std::size_t>(indent_), ' ') + text + "\n";
    return *this;
  }
  HlsWriter& pragma(const std::string& text) {
    text_ += "#pragma HLS " + text + "\n";
    return *this;
  }
  /// Opens `for (int variable = 0; variable < end; variable += step)`, whose bodies are hardware side by
  /// side. Labels are names within a function: a unit begins its own with its kind.
  HlsWriter& unrolled(const std::string& label, const std::string& variable, std::int64_t end,
                      std::int64_t step = 1) {
    line(label + ": for (int " + variable + " = 0; " + variable + " < " + std::to_string(end) + "; " +
         (step == 1 ? "++" + variable : variable + " += " + std::to_string(step)) + ") {");
    pragma("unroll");
    indent_ += 2;
    return *this;
  }
  HlsWriter& close() {
    indent_ -= 2;
    return line("}");
  }
  [[nodiscard]] const std::string& text() const { return text_; }

 private:
  int indent_;
  std::string text_;
};

}  // namespace statelane
