// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

#include "models/base/diagnostics.h"

namespace statelane {

/// Accepts one of `names` on the command line; the message for another word lists them and names the nearest.
[[nodiscard]] inline CLI::Validator known_name(const std::vector<std::string>& names) {
  std::string all;
  std::string choices;
  for (const std::string& name : names) {
    all += (all.empty() ? "" : ", ") + name;
    choices += (choices.empty() ? "" : ",") + name;
  }
  return {[names, all](std::string& word) -> std::string {
            for (const std::string& name : names) {
              if (name == word) return {};
            }
            const std::string hint = nearest_hint(word, names);
            return "found '" + word + "', allowed " + all + (hint.empty() ? "" : " (" + hint + ")");
          },
          "NAME", choices};  // the choices: for completion (command_summary.h)
}

}  // namespace statelane
