// SPDX-License-Identifier: Apache-2.0
#include "apps/reports/simulate_report.h"

#include "apps/reports/terminal.h"

#include <spdlog/fmt/fmt.h>

#include <cmath>
#include <iterator>

#include "models/evaluate/evaluation_json.h"
#include "models/memory/dram_report.h"

namespace statelane {
namespace {

using Out = std::back_insert_iterator<std::string>;

double percent(double part, double whole) {
  return whole == 0 ? 0 : 100 * part / whole;
}

void heading(Out out, const Experiment& x, const Evaluation& e) {
  const char* phase = x.phase.kind == PhaseKind::decode ? "decode" : "prefill";
  fmt::format_to(out, "{} on {} at {:.0f} MHz: {} {} token(s), batch {}\n\n", x.design_name, x.design.board,
                 x.design.clock.count() / 1e6, phase, x.phase.length, x.phase.batch);
  fmt::format_to(out, "  throughput   {:12.4g} tokens/s   ({})\n", e.tokens_per_s, x.network_name);
  fmt::format_to(out, "  latency      {:12.4g} ms         ({} fabric cycles)\n", e.time.count() * 1e3,
                 e.cycles.count());
  fmt::format_to(out, "  lower bound  {:12.4f} of it      (closed form)\n",
                 static_cast<double>(e.bound.cycles.count()) / static_cast<double>(e.cycles.count()));
  const EnergyKinds& k = e.energy.total;
  const double all = k.total().count();
  fmt::format_to(out, "  energy       {:12.4g} J/token    ({:.4g} W, {:.4g} tokens/J)\n",
                 e.energy.joules_per_token().count(), e.energy.power().count(), e.energy.tokens_per_joule());
  fmt::format_to(out,
                 "               {:.0f} % static, {:.0f} % off chip, {:.0f} % compute, {:.0f} % clock, "
                 "{:.0f} % on chip\n",
                 percent(k.static_power.count(), all), percent(k.off_chip.count(), all),
                 percent(k.compute.count(), all), percent(k.clock.count(), all),
                 percent(k.on_chip.count(), all));
  fmt::format_to(out, "\n  {}\n", styled(Style::strong, e.bottleneck.sentence));
}

void resources(Out out, const Evaluation& e) {
  const BoardResources& b = e.resources.board;
  fmt::format_to(out, "\n{:<22}{:>10}{:>10}{:>8}{:>8}{:>8}\n", "resources", "LUT", "FF", "DSP", "BRAM36",
                 "URAM");
  const auto row = [&](const std::string& name, const Resources& r) {
    fmt::format_to(out, "  {:<20}{:>10.0f}{:>10.0f}{:>8.0f}{:>8.0f}{:>8.0f}\n", name, r.lut, r.ff, r.dsp,
                   std::ceil(r.bram18 / 2), r.uram);
  };
  for (const ComponentResources& c : e.resources.components) row(c.name, c.resources);
  const Resources& t = e.resources.total;
  row("total", t);
  fmt::format_to(out, "  {:<20}{:>9.1f}%{:>9.1f}%{:>7.1f}%{:>7.1f}%{:>7.1f}%\n", "of the board",
                 percent(t.lut, static_cast<double>(b.lut)), percent(t.ff, static_cast<double>(b.ff)),
                 percent(t.dsp, static_cast<double>(b.dsp)),
                 percent(t.bram18 / 2, static_cast<double>(b.bram36)),
                 percent(t.uram, static_cast<double>(b.uram)));
}

void actors(Out out, const Evaluation& e) {
  fmt::format_to(out, "\n{:<22}{:>10}{:>9}{:>11}{:>11}{:>11}\n", "units, % of the time", "firings", "busy",
                 "no input", "no output", "on memory");
  const double all = e.time.count();
  for (std::size_t i = 0; i < e.graph.actors.size(); ++i) {
    const Activity& a = e.simulation->actors[i];
    fmt::format_to(
        out, "  {:<20}{:>10}{:>9.2f}{:>11.2f}{:>11.2f}{:>11.2f}\n", e.graph.actors[i].name, a.firings,
        percent(to_seconds(a.busy).count(), all), percent(to_seconds(a.on_input).count(), all),
        percent(to_seconds(a.on_output).count(), all), percent(to_seconds(a.on_memory).count(), all));
  }
}

/// Where the time of the channels in use went, over all of them.
void memory_time(Out out, const std::vector<DramStats>& channels) {
  DramTimeUse sum;
  for (const DramStats& d : channels) sum += d.time;
  fmt::format_to(out, "  their time: ");
  const char* separator = "";
  for (const DramTimeShare& use : time_shares(sum)) {
    if (use.share < 0.0005) continue;
    fmt::format_to(out, "{}{} {:.1f}%", separator, use.name, 100 * use.share);
    separator = ", ";
  }
  fmt::format_to(out, "\n");
}

void memory(Out out, const Experiment& x, const Evaluation& e) {
  const SimulationResult& s = *e.simulation;
  fmt::format_to(out, "\n{:<22}{:>12}{:>12}{:>12}{:>12}{:>10}\n", "memory", "read MB", "written MB", "GB/s",
                 "% of peak", "row hits");
  const auto row = [&](const std::string& name, double read, double written, double peak,
                       const std::string& hits) {
    const double rate = (read + written) / e.time.count();
    fmt::format_to(out, "  {:<20}{:>12.2f}{:>12.2f}{:>12.3f}{:>12.1f}{:>10}\n", name, read / 1e6,
                   written / 1e6, rate / 1e9, percent(rate, peak), hits);
  };
  for (std::size_t i = 0; i < s.ports.size(); ++i) {
    const PortResult& p = s.ports[i];
    const MemoryPort& port = x.design.memory.ports[i];
    row("port " + p.name + (p.copies > 1 ? " x" + std::to_string(p.copies) : std::string()),
        static_cast<double>(p.read.count()), static_cast<double>(p.written.count()),
        port.peak(x.design.clock).count() * static_cast<double>(p.copies), "");
  }
  double read = 0, written = 0;
  std::int64_t bursts = 0, misses = 0;
  const double burst = static_cast<double>(x.dram.geometry.burst.count());
  for (const DramStats& d : s.memory) {
    read += static_cast<double>(d.read_bursts) * burst;
    written += static_cast<double>(d.write_bursts) * burst;
    bursts += d.bursts();
    misses += d.row_misses;
  }
  const std::string hits =
      fmt::format("{:.1f}%", percent(static_cast<double>(bursts - misses), static_cast<double>(bursts)));
  row(fmt::format("{} x{}", x.dram.name, s.memory.size()), read, written,
      x.dram.peak().count() * static_cast<double>(s.memory.size()), hits);
  memory_time(out, s.memory);
}

}  // namespace

std::string simulate_report(const Experiment& x, const Evaluation& e) {
  std::string text;
  const Out out = std::back_inserter(text);
  heading(out, x, e);
  resources(out, e);
  if (e.simulation) {
    actors(out, e);
    memory(out, x, e);
    fmt::format_to(out, "\nsimulated in {:.3f} s: {:.3g} cycles/s, {:.3g} firings/s\n", e.wall.count(),
                   static_cast<double>(e.cycles.count()) / e.wall.count(),
                   static_cast<double>(e.simulation->firings) / e.wall.count());
  }
  return text;
}

}  // namespace statelane
