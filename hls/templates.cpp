// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <stdexcept>

#include "hls/embedded.h"
#include "hls/render.h"

namespace statelane::hls {

std::string_view template_text(std::string_view name) {
  const std::string path = name.starts_with("csim/") ? std::string(name) : "templates/" + std::string(name);
  for (const EmbeddedText& file : embedded_texts()) {
    if (file.name == path) return file.text;
  }
  throw std::out_of_range("no template " + path);
}

std::vector<std::string> csim_headers() {
  std::vector<std::string> names;
  for (const EmbeddedText& file : embedded_texts()) {
    if (file.name.starts_with("csim/")) names.emplace_back(file.name.substr(5));
  }
  std::sort(names.begin(), names.end());
  return names;
}

}  // namespace statelane::hls
