// SPDX-License-Identifier: Apache-2.0
#include "explore/space/objectives.h"

#include <algorithm>

#include "explore/space/contender.h"
#include "models/base/diagnostics.h"

namespace statelane {

std::vector<Objective> parse_objectives(const std::string& text) {
  std::vector<Objective> out;
  std::size_t at = 0;
  while (at <= text.size() && !text.empty()) {
    const std::size_t end = std::min(text.find(',', at), text.size());
    const std::string one = text.substr(at, end - at);
    const std::size_t colon = one.rfind(':');
    const auto direction =
        colon == std::string::npos ? std::nullopt : value_of<Direction>(one.substr(colon + 1));
    if (!direction) throw InputError("an objective is a figure and :min or :max, found '" + one + "'");
    out.push_back({one.substr(0, colon), *direction});
    at = end + 1;
  }
  if (out.size() > max_objectives)
    throw InputError("at most " + std::to_string(max_objectives) + " objectives");
  return out;
}

std::string objectives_text(const std::vector<Objective>& objectives) {
  std::string text;
  for (const Objective& o : objectives)
    text += (text.empty() ? "" : ",") + o.figure + ":" + std::string(name_of(o.direction));
  return text;
}

}  // namespace statelane
