// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>
#include <vector>

#include "explore/front/front_view.h"
#include "models/base/json.h"

/// Static pictures in place of charts, drawn by gnuplot, for programs that were built without the charting
/// libraries.
namespace statelane::report {

using Pictures = std::map<std::string, std::string>;  ///< SVG by the name of the chart it stands for

/// Stalls, energy, resources and lower bounds of a result. None if gnuplot cannot be started.
[[nodiscard]] Pictures run_pictures(const JsonValue& result);
/// The front and its parallel coordinates.
[[nodiscard]] Pictures front_pictures(const FrontView& view);
/// Horizontal bars: one chart of named values.
struct NamedValue {
  std::string name;
  double value = 0;
};
[[nodiscard]] std::string bars_svg(const std::string& axis, const std::vector<NamedValue>& rows);

}  // namespace statelane::report
