// SPDX-License-Identifier: Apache-2.0
#include "models/evaluate/figures.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "models/evaluate/evaluation.h"

namespace statelane {
namespace {

using enum Figure;
using Run = RunFigures;
using Share = Resources;
constexpr std::string_view share_unit = "fraction";  // a title says what it is a share of
constexpr bool exact = true, optimistic = false;     // in closed form
constexpr bool more = true, less = false;            // is better

constexpr FigureInfo table[] = {
    {throughput, "throughput_tokens_per_s", "/throughput_tokens_per_s", "throughput", "tokens/s", optimistic,
     more, [](const Run& r, const Share&) { return static_cast<double>(r.tokens) / r.time.count(); }},
    {latency, "latency_s", "/latency_s", "latency", "s", optimistic, less,
     [](const Run& r, const Share&) { return r.time.count(); }},
    {cycles, "cycles", "/cycles", "cycles", "", optimistic, less,
     [](const Run& r, const Share&) { return static_cast<double>(r.cycles.count()); }, "cycles",
     "fabric cycles"},
    {energy, "energy_j_per_token", "/energy_j_per_token", "energy", "J/token", optimistic, less,
     [](const Run& r, const Share&) { return r.energy.count() / static_cast<double>(r.tokens); }},
    {power, "power_w", "/power_w", "power", "W", optimistic, less,
     [](const Run& r, const Share&) { return r.power.count(); }},
    {efficiency, "efficiency_tokens_per_j", "/efficiency_tokens_per_j", "efficiency", "tokens/J", optimistic,
     more, [](const Run& r, const Share&) { return static_cast<double>(r.tokens) / r.energy.count(); }},
    {lut, "resources.lut", "/resources/lut", "LUT", "", exact, less,
     [](const Run& r, const Share&) { return r.resources.lut; }, "logic", "LUTs"},
    {ff, "resources.ff", "/resources/ff", "FF", "", exact, less,
     [](const Run& r, const Share&) { return r.resources.ff; }, "registers", "FFs"},
    {dsp, "resources.dsp", "/resources/dsp", "DSP", "", exact, less,
     [](const Run& r, const Share&) { return r.resources.dsp; }, "multipliers", "DSP slices"},
    {bram36, "resources.bram36", "/resources/bram36", "BRAM36", "", exact, less,
     [](const Run& r, const Share&) { return r.resources.bram36(); }, "block RAM", "36 Kib blocks"},
    {bram18, "resources.bram18", "/resources/bram18", "BRAM18", "", exact, less,
     [](const Run& r, const Share&) { return std::ceil(r.resources.bram18); }, "block RAM halves",
     "18 Kib blocks"},
    {uram, "resources.uram", "/resources/uram", "URAM", "", exact, less,
     [](const Run& r, const Share&) { return r.resources.uram; }, "UltraRAM", "288 Kib blocks"},
    {lut_of_board, "resources.lut.of_board", "/resources/of_board/lut", "share of the board's LUTs",
     share_unit, exact, less, [](const Run&, const Share& s) { return s.lut; }},
    {ff_of_board, "resources.ff.of_board", "/resources/of_board/ff", "share of the board's flip-flops",
     share_unit, exact, less, [](const Run&, const Share& s) { return s.ff; }},
    {dsp_of_board, "resources.dsp.of_board", "/resources/of_board/dsp", "share of the board's DSP slices",
     share_unit, exact, less, [](const Run&, const Share& s) { return s.dsp; }},
    {bram_of_board, "resources.bram.of_board", "/resources/of_board/bram36",
     "share of the board's block RAMs", share_unit, exact, less,
     [](const Run&, const Share& s) { return s.bram18; }},
    {uram_of_board, "resources.uram.of_board", "/resources/of_board/uram", "share of the board's UltraRAMs",
     share_unit, exact, less, [](const Run&, const Share& s) { return s.uram; }},
    {max_of_board, "resources.max.of_board", "", "largest share of a resource of the board", share_unit,
     exact, less,
     [](const Run&, const Share& s) {
       return std::max({s.lut, s.ff, s.dsp, s.bram18, s.uram});
     }},
};

constexpr bool in_order() {
  for (std::size_t i = 0; i < figure_count; ++i) {
    if (static_cast<std::size_t>(table[i].figure) != i) return false;
  }
  return std::size(table) == figure_count;
}
static_assert(in_order(), "the table has a row for each figure, in the order of the enumeration");

/// Every row's function, known to the compiler: it is called for each design of an exploration.
template <std::size_t... i>
Figures all_of(const RunFigures& run, const Resources& of_board, std::index_sequence<i...> /*rows*/) {
  return {table[i].of(run, of_board)...};
}

}  // namespace

std::span<const FigureInfo> figures() {
  return table;
}
const FigureInfo& info(Figure figure) {
  return table[static_cast<std::size_t>(figure)];
}
const FigureInfo* figure_named(std::string_view name) {
  for (const FigureInfo& f : table) {
    if (f.name == name) return &f;
  }
  return nullptr;
}

std::string label_of(const FigureInfo& f) {
  std::string label(f.title);
  if (!f.unit.empty() && f.unit != share_unit) label.append(" (").append(f.unit).append(")");
  return label;
}

Figures figures_of(const RunFigures& run, const BoardResources& board) {
  return all_of(run, share_of(run.resources, board), std::make_index_sequence<figure_count>());
}

Figures figures_of(const Evaluation& e) {
  return figures_of(
      {e.cycles, e.time, e.graph.tokens, e.energy.total.total(), e.energy.power(), e.resources.total},
      e.resources.board);
}

}  // namespace statelane
