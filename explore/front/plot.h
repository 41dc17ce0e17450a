// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "explore/front/front_view.h"

namespace statelane {

enum class PlotKind : std::uint8_t { flat, solid, matrix, parallel };
template <>
struct DescribeEnum<PlotKind> {
  static constexpr EnumName<PlotKind> names[] = {
      {PlotKind::flat, "2d", "two objectives, the third in colour"},
      {PlotKind::solid, "3d", "three objectives"},
      {PlotKind::matrix, "matrix", "every pair of objectives"},
      {PlotKind::parallel, "parallel", "a line a design over all objectives"}};
};

/// Draws a front with gnuplot, with the explored designs behind it and the reference points on it. The ending
/// of `path` chooses the format: .png, .svg or .pdf. Throws InputError for another ending, too few
/// objectives, or if gnuplot fails.
void plot_front(const FrontView& view, PlotKind kind, const std::string& path);

/// The gnuplot script that does it.
[[nodiscard]] std::string plot_script(const FrontView& view, PlotKind kind, const std::string& path);

}  // namespace statelane
