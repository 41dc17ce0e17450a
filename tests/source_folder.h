// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace statelane {

/// The root of the repository, with the data that tests and benchmarks read. A function of one object file:
/// as a macro it would be part of every test's command line, and compiler caches could share nothing between
/// two checkouts.
[[nodiscard]] const std::string& source_folder();

}  // namespace statelane
