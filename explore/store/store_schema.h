// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>

namespace statelane {

/// SQL that takes an empty file to version 1, version 1 to 2, and so on. A step that was released is never
/// changed; a change of the schema is a new step.
[[nodiscard]] std::span<const char* const> store_migrations();

/// "SSMs" in SQLite's application_id, so that another program's database is told apart.
inline constexpr int store_application = 0x53534D73;

}  // namespace statelane
