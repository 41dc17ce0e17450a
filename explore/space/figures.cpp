// SPDX-License-Identifier: Apache-2.0
#include "explore/space/figures.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace statelane {
namespace {

using enum Figure;
constexpr FigureInfo table[] = {
    {throughput, "throughput_tokens_per_s", "tokens/s", false, true, "tokens a second"},
    {latency, "latency_s", "s", false, false, "time of the whole run"},
    {cycles, "cycles", "cycles", false, false, "fabric cycles of the whole run"},
    {energy, "energy_j_per_token", "J", false, false, "energy a token, board and memory"},
    {power, "power_w", "W", false, false, "mean power"},
    {efficiency, "efficiency_tokens_per_j", "tokens/J", false, true, "tokens a joule"},
    {lut, "resources.lut", "LUT", true, false, "look-up tables"},
    {ff, "resources.ff", "FF", true, false, "flip-flops"},
    {dsp, "resources.dsp", "DSP", true, false, "DSP slices"},
    {bram36, "resources.bram36", "BRAM36", true, false, "block RAMs"},
    {bram18, "resources.bram18", "BRAM18", true, false, "block RAM halves"},
    {uram, "resources.uram", "URAM", true, false, "UltraRAMs"},
    {lut_of_board, "resources.lut.of_board", "", true, false, "fraction of the board's"},
    {ff_of_board, "resources.ff.of_board", "", true, false, "fraction of the board's"},
    {dsp_of_board, "resources.dsp.of_board", "", true, false, "fraction of the board's"},
    {bram_of_board, "resources.bram.of_board", "", true, false, "fraction of the board's"},
    {uram_of_board, "resources.uram.of_board", "", true, false, "fraction of the board's"},
    {max_of_board, "resources.max.of_board", "", true, false, "the largest of these fractions"},
};

double share(double used, std::int64_t there) {
  if (used == 0) return 0;
  return there > 0 ? used / static_cast<double>(there) : std::numeric_limits<double>::infinity();
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

Figures figures_of(const RunFigures& run, const BoardResources& board) {
  Figures f{};
  const auto set = [&f](Figure which, double value) { f[static_cast<std::size_t>(which)] = value; };
  const auto tokens = static_cast<double>(run.tokens);
  set(throughput, tokens / run.time.count());
  set(latency, run.time.count());
  set(cycles, static_cast<double>(run.cycles.count()));
  set(energy, run.energy.count() / tokens);
  set(power, run.power.count());
  set(efficiency, tokens / run.energy.count());
  const Resources& r = run.resources;
  set(lut, r.lut);
  set(ff, r.ff);
  set(dsp, r.dsp);
  set(bram36, std::ceil(r.bram18 / 2));
  set(bram18, std::ceil(r.bram18));
  set(uram, r.uram);
  set(lut_of_board, share(r.lut, board.lut));
  set(ff_of_board, share(r.ff, board.ff));
  set(dsp_of_board, share(r.dsp, board.dsp));
  set(bram_of_board, share(r.bram18, 2 * board.bram36));
  set(uram_of_board, share(r.uram, board.uram));
  set(max_of_board, std::max({get(f, lut_of_board), get(f, ff_of_board), get(f, dsp_of_board),
                              get(f, bram_of_board), get(f, uram_of_board)}));
  return f;
}

bool is_identifier(std::string_view text) {
  const auto letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; };
  return !text.empty() && letter(text.front()) &&
         std::all_of(text.begin(), text.end(), [&](char c) { return letter(c) || (c >= '0' && c <= '9'); });
}

}  // namespace statelane
