// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>
#include <vector>

namespace statelane::report {

/// A file of report/web, or a charting library ("library/..."), compiled into the program
/// (cmake/EmbedTexts.cmake).
struct EmbeddedText {
  std::string_view name;
  std::string_view text;
};
[[nodiscard]] const std::vector<EmbeddedText>& embedded_texts();

}  // namespace statelane::report
