// SPDX-License-Identifier: Apache-2.0
#include "apps/reports/terminal.h"

#include <unistd.h>

#include <cstdlib>
#include <string_view>

namespace statelane {
namespace {

bool colours_on(int descriptor) {
  const char* no = std::getenv("NO_COLOR");
  if (no != nullptr && *no != '\0') return false;
  const char* terminal = std::getenv("TERM");
  if (terminal == nullptr || std::string_view(terminal) == "dumb") return false;
  return isatty(descriptor) != 0;
}

}  // namespace

bool colours_on_stdout() {
  return colours_on(STDOUT_FILENO);
}
bool colours_on_stderr() {
  return colours_on(STDERR_FILENO);
}

std::string styled(Style style, const std::string& text) {
  if (!colours_on_stdout()) return text;
  // Select Graphic Rendition of ECMA-48: bold, green, red.
  const char* code = style == Style::good ? "\033[32m" : style == Style::bad ? "\033[1;31m" : "\033[1m";
  return code + text + "\033[0m";
}

}  // namespace statelane
