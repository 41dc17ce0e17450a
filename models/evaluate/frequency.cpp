// SPDX-License-Identifier: Apache-2.0
#include "models/evaluate/frequency.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>

#include "models/units/fabric/circuit.h"

namespace statelane {
namespace {

constexpr double roomy_fill = 0.5;  ///< up to here connections are as short as they get
constexpr double tight_fill =
    0.8;  ///< above, tools commonly fail to route or to meet timing (AMD UG949's guideline)

/// Speed of the board's grade against that of the constants; boards without a grade count as theirs.
double grade_factor(const Board& board, const FabricCosts& f) {
  if (board.speed_grade.size() < 2 || board.speed_grade[0] != '-') return 1;
  const int grade = std::atoi(board.speed_grade.c_str() + 1);
  return grade > 0 ? std::pow(f.grade_step, grade - f.speed_grade) : 1;
}

struct Path {
  std::string what;
  Hertz clock{0};
};

/// The slower of the deepest multiplexers and the longest carry chain.
Path longest_path(const Circuit& c, const FabricCosts& f, double fill) {
  const double net = f.delay_net * (1 + std::max(0.0, (fill - roomy_fill) / (1 - roomy_fill)));
  const double levels = f.delay_register + static_cast<double>(c.logic_levels()) * (f.delay_lut + net);
  const double chain =
      f.delay_register + f.delay_lut + net + static_cast<double>(c.longest_carry()) * f.delay_carry;
  if (levels > chain)
    return {std::to_string(c.logic_levels()) + " levels of multiplexers", Hertz(1 / levels)};
  return {"a carry chain of " + std::to_string(c.longest_carry()) + " bits", Hertz(1 / chain)};
}

}  // namespace

FrequencyEstimate estimate_frequency(const Design& design, const Mamba2Shape& shape, const Board& board,
                                     const FabricConstants& constants, const ResourceReport& resources) {
  const FabricCosts& f = constants.family(board.family);
  FrequencyEstimate out;
  out.wanted = design.clock;
  const Resources share = share_of(resources.total, resources.board);
  out.fill = std::max({share.lut, share.dsp, share.bram18, share.uram});
  const double grade = grade_factor(board, f);
  const auto limit = [&](std::string what, Hertz clock) {
    out.limits.push_back({std::move(what), clock * grade});
  };
  OperatorSet all;
  for (const Unit& unit : design.units) all.insert(unit.operators());
  bool floating = false;
  for (const Unit& unit : design.units) {
    Circuit c(f);
    unit.model().circuit({design.precision, shape, unit.operators(), all}, c);
    if (!c.on_fabric()) continue;
    floating = floating || c.is_floating();
    const Path path = longest_path(c, f, out.fill);
    limit("unit " + unit.name() + ": " + path.what, path.clock);
  }
  if (resources.total.dsp > 0) limit("DSP slices", Hertz(f.fmax_dsp));
  if (resources.total.bram18 > 0) limit("block RAM", Hertz(f.fmax_bram));
  if (resources.total.uram > 0) limit("UltraRAM", Hertz(f.fmax_uram));
  if (floating) limit("floating-point cores", Hertz(f.fmax_float));
  std::stable_sort(out.limits.begin(), out.limits.end(),
                   [](const ClockLimit& a, const ClockLimit& b) { return a.clock < b.clock; });
  out.reachable = out.limits.empty() ? out.wanted : out.limits.front().clock;
  char text[160];
  if (!out.closes()) {
    std::snprintf(text, sizeof text, "%.0f MHz is above the %.0f MHz to be expected",
                  out.wanted.count() / 1e6, out.reachable.count() / 1e6);
    out.warnings.push_back(std::string(text) + " (" + out.limits.front().what + ")");
  }
  if (out.fill > tight_fill) {
    std::snprintf(text, sizeof text, "the device is %.0f %% full: routing, and so the clock, is at risk",
                  100 * out.fill);
    out.warnings.emplace_back(text);
  }
  return out;
}

}  // namespace statelane
