// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <optional>
#include <string>

#include "apps/reports/published.h"

namespace statelane {

/// Every published table and figure the simulator covers, simulated.
struct Reproduction {
  Published published;
  std::map<std::string, JsonValue> results;     ///< by experiment, as `simulate --json` prints them
  std::map<std::string, std::string> failures;  ///< why an experiment has no result
  std::string version;

  /// The result of an experiment, or nullptr.
  [[nodiscard]] const JsonValue* result(const std::string& experiment) const;
};

/// Simulates every experiment that a file of published figures names, `jobs` at a time. Throws InputError if
/// the file cannot be read.
[[nodiscard]] Reproduction reproduce(const std::string& reference, std::size_t jobs,
                                     const std::string& version);

/// As Markdown and as what the page shows: points with published, simulated and error; series; processors
/// compared with.
[[nodiscard]] std::string reproduction_markdown(const Reproduction& r);
[[nodiscard]] JsonValue reproduction_json(const Reproduction& r);

}  // namespace statelane
