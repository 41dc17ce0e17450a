// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "models/base/units.h"
#include "models/units/fabric/resources.h"

namespace statelane {

struct Evaluation;
struct BoardResources;

/// The figures of a design that expressions, objectives, stores, tables and pages may name. Those of
/// resources are exact in closed form; the others are optimistic there: never worse than the simulation will
/// say.
enum class Figure : std::uint8_t {
  throughput,
  latency,
  cycles,
  energy,
  power,
  efficiency,
  lut,
  ff,
  dsp,
  bram36,
  bram18,
  uram,
  lut_of_board,
  ff_of_board,
  dsp_of_board,
  bram_of_board,
  uram_of_board,
  max_of_board,
};
inline constexpr std::size_t figure_count = static_cast<std::size_t>(Figure::max_of_board) + 1;
using Figures = std::array<double, figure_count>;

/// A run from which all figures follow.
struct RunFigures {
  Cycles cycles{0};
  Seconds time{0};
  std::int64_t tokens = 1;
  Joules energy{0};
  Watts power{0};
  Resources resources;
};

/// All there is to say of a figure; everything that lists figures walks this table.
struct FigureInfo {
  Figure figure;
  std::string_view name;     ///< in expressions and sweeps
  std::string_view pointer;  ///< JSON pointer in a result of evaluation_json(); empty: not in it
  std::string_view title;    ///< for people
  std::string_view unit;     ///< of the value; empty: a count
  bool exact;                ///< known without a simulation
  bool more_is_better;       ///< which way an optimistic value errs: up if more is better
  double (*of)(const RunFigures& run, const Resources& of_board);
  // Of a count: what it is a quantity of, and what is counted, where there is room for words.
  std::string_view quantity = {};
  std::string_view counted = {};
};
[[nodiscard]] std::span<const FigureInfo> figures();
[[nodiscard]] const FigureInfo& info(Figure figure);
[[nodiscard]] const FigureInfo* figure_named(std::string_view name);
/// "throughput (tokens/s)".
[[nodiscard]] std::string label_of(const FigureInfo& figure);

[[nodiscard]] Figures figures_of(const RunFigures& run, const BoardResources& board);
[[nodiscard]] Figures figures_of(const Evaluation& evaluation);

[[nodiscard]] inline double get(const Figures& f, Figure which) {
  return f[static_cast<std::size_t>(which)];
}

}  // namespace statelane
