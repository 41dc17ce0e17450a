// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace statelane {

/// Whether text for people may be coloured: standard output is a terminal that can, and NO_COLOR
/// (no-color.org) is not set or empty.
[[nodiscard]] bool colours_on_stdout();
/// The same for standard error.
[[nodiscard]] bool colours_on_stderr();

enum class Style { heading, good, bad, strong };
/// Text in a style where standard output shows colours, else as it is.
[[nodiscard]] std::string styled(Style style, const std::string& text);

}  // namespace statelane
