// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>
#include <vector>

namespace statelane::hls {

/// A file of hls/templates or hls/csim, compiled into the program (cmake/EmbedTexts.cmake).
struct EmbeddedText {
  std::string_view name;
  std::string_view text;
};
[[nodiscard]] const std::vector<EmbeddedText>& embedded_texts();

}  // namespace statelane::hls
