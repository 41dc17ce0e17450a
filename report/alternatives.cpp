// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>
#include <set>

#include "models/evaluate/evaluation_json.h"
#include "models/evaluate/figures.h"
#include "models/evaluate/frequency.h"
#include "models/graph/program.h"
#include "report/run_sections.h"

namespace statelane {
namespace {

/// A unit matters to a design if it is busy for more than this share of the run.
constexpr double busy_enough = 0.05;

/// "/design/units/mmu/outputs=32": what doubles a unit's results a beat; nothing for a unit without lanes.
std::optional<std::pair<std::string, std::string>> wider(const JsonValue& resolved, const std::string& unit) {
  for (const char* key : {"lanes", "outputs", "groups"}) {
    const std::string pointer = "/design/units/" + pointer_escape(unit) + "/" + key;
    const JsonValue* now = find_pointer(resolved, pointer);
    if (now != nullptr && now->is_integer())
      return std::pair{std::string(key), pointer + "=" + std::to_string(2 * now->as_integer())};
  }
  return std::nullopt;
}

std::string number_text(double value) {
  return to_text(JsonValue(value), -1);
}

std::string rate_text(double bytes_per_s) {
  return number_text(std::floor(bytes_per_s / 1e7) / 100) + " GB/s";
}

/// What the channels that a design uses can give the fabric, as its board says.
double offered_by(const Experiment& x) {
  const BoardMemory& m = *x.memory();
  const double devices = x.dram.peak().count() * static_cast<double>(m.channels);
  const double all = m.fabric_bandwidth.value_or(m.bandwidth.value_or(BytesPerSecond(devices))).count();
  const auto used = static_cast<double>(std::min(m.channels, channels_used(x.design.memory)));
  return std::min(all, x.dram.peak().count() * used);
}

/// AXI4's widest data bus (AMBA AXI protocol, A1.2.1).
constexpr std::int64_t widest_bus = 1024;

double clock_of(const Experiment& x, const MemoryPort& p) {
  return p.clock.count() > 0 ? p.clock.count() : x.design.clock.count();
}

/// The most a port can carry, of `wanted`, however wide it is made.
double carried(const Experiment& x, std::size_t i, double wanted) {
  const MemoryPort& p = x.design.memory.ports[i];
  const double bytes_a_beat = static_cast<double>(widest_bus * p.copies) / 8;
  return std::min(wanted, bytes_a_beat * clock_of(x, p));
}

/// A bus wide enough for `rate` over all copies of a port, and that rate as its limit.
std::vector<std::string> port_settings(const Experiment& x, std::size_t i, double rate) {
  const MemoryPort& p = x.design.memory.ports[i];
  const double clock = clock_of(x, p);
  const double each = rate / static_cast<double>(p.copies);
  std::int64_t width = p.width.count();
  while (width < widest_bus && static_cast<double>(width) / 8 * clock < each) width *= 2;
  const std::string at = "/design/memory/ports/" + std::to_string(i);
  return {at + "/width=" + std::to_string(width) + " bit", at + "/bandwidth=" + rate_text(each)};
}

class Finder {
 public:
  Finder(const Catalog& catalog, const UnitRegistry& registry, const ExperimentSource& source,
         const Experiment& x, const Evaluation& e)
      : catalog_(catalog), registry_(registry), source_(source), x_(x), e_(e) {}

  [[nodiscard]] std::vector<Alternative> find() {
    if (e_.bottleneck.units.size() > 1) units(e_.bottleneck.units);
    for (const std::string& u : e_.bottleneck.units) units({u});
    for (const Actor& a : e_.graph.actors) {
      if (a.kind != ActorKind::compute || a.unit == no_id) continue;
      const auto busy = static_cast<double>(program_totals(e_.graph, e_.graph.program(a)).busy.count());
      if (busy > busy_enough * static_cast<double>(e_.cycles.count())) units({std::string(a.name)});
    }
    for (std::size_t i = 0; i < x_.design.memory.ports.size(); ++i) port(i);
    for (const std::string& board : catalog_.names("boards")) on_board(board);
    const double mhz = x_.design.clock.count() / 1e6;
    out_.push_back({"clock x1.25", {"/design/clock=" + number_text(1.25 * mhz) + " MHz"}, {}});
    return std::move(out_);
  }

 private:
  void units(const std::vector<std::string>& names) {
    Alternative a;
    std::string list;
    for (const std::string& n : names) {
      const auto setting = wider(x_.resolved, n);
      if (!setting) return;
      list += (list.empty() ? "" : ", ") + n;
      a.name = names.size() > 1 ? list + " x2 together" : n + ": " + setting->first + " x2";
      a.settings.push_back(setting->second);
    }
    if (seen_.insert(list).second) out_.push_back(std::move(a));
  }

  /// Twice the bandwidth, or what the board has: a wider bus, and a stated limit that is as much higher.
  void port(std::size_t i) {
    const MemoryPort& p = x_.design.memory.ports[i];
    const double now = p.peak(x_.design.clock).count() * static_cast<double>(p.copies);
    const double rate = carried(x_, i, std::min(2 * now, offered_by(x_)));
    Alternative a{"port " + p.name + ": " + rate_text(rate), port_settings(x_, i, rate), {}};
    if (rate < 1.01 * now)
      a.problem = "the port has all that " + x_.board.name + " offers, " + rate_text(now);
    out_.push_back(std::move(a));
  }

  /// The same design where its memory is faster, for designs with one port that limits them.
  void on_board(const std::string& name) {
    if (x_.design.memory.ports.size() != 1 || name == x_.design.board ||
        !e_.bottleneck.resource.starts_with("port"))
      return;
    ExperimentSource moved = source_;
    moved.settings.push_back("/board=" + name);
    Diagnostics problems;  // a board that cannot hold the design is no suggestion
    const std::optional<Experiment> there = load_experiment(catalog_, registry_, moved, problems);
    if (!there) return;
    const MemoryPort& p = x_.design.memory.ports[0];
    const double rate = carried(*there, 0, offered_by(*there));
    if (rate < 1.05 * p.peak(x_.design.clock).count() * static_cast<double>(p.copies)) return;
    Alternative a{"board " + name + ": port " + p.name + " at " + rate_text(rate), {"/board=" + name}, {}};
    for (std::string& s : port_settings(*there, 0, rate)) a.settings.push_back(std::move(s));
    out_.push_back(std::move(a));
  }

  const Catalog& catalog_;
  const UnitRegistry& registry_;
  const ExperimentSource& source_;
  const Experiment& x_;
  const Evaluation& e_;
  std::vector<Alternative> out_;
  std::set<std::string> seen_;
};

std::string why(const Diagnostics& problems) {
  if (problems.empty()) return "cannot be made";
  const Diagnostic& d = problems[0];
  std::string text = d.message;
  if (!d.found.empty()) text += "; found " + d.found;
  if (!d.allowed.empty()) text += ", allowed " + d.allowed;
  return text;
}

JsonValue difference(const Resources& now, const Resources& before) {
  return resources_json(now + -1 * before);
}

/// The largest share of a resource of the board.
double fullest(const Evaluation& e) {
  return get(figures_of(e), Figure::max_of_board);
}

}  // namespace

JsonValue alternatives_json(const Catalog& catalog, const UnitRegistry& registry,
                            const ExperimentSource& source, const Experiment& experiment,
                            const Evaluation& evaluation, const FabricConstants& constants) {
  const Evaluation base = evaluate(experiment, constants);
  JsonValue list = JsonValue::array();
  for (Alternative& a : Finder(catalog, registry, source, experiment, evaluation).find()) {
    JsonValue settings = JsonValue::array();
    for (const std::string& s : a.settings) settings.push_back(s);
    JsonValue one = JsonValue::object().set("name", a.name).set("settings", std::move(settings));
    if (!a.problem.empty()) {
      list.push_back(one.set("problem", a.problem));
      continue;
    }
    ExperimentSource changed = source;
    changed.settings.insert(changed.settings.end(), a.settings.begin(), a.settings.end());
    Diagnostics problems;
    const std::optional<Experiment> x = load_experiment(catalog, registry, changed, problems);
    if (!x) {
      list.push_back(one.set("problem", why(problems)));
      continue;
    }
    try {
      const Evaluation e = evaluate(*x, constants);
      one.set("gain", JsonValue(e.tokens_per_s / base.tokens_per_s - 1))
          .set("energy", JsonValue(e.energy.joules_per_token() / base.energy.joules_per_token() - 1))
          .set("fits", JsonValue(fits(e.resources.total, e.resources.board)))
          .set("resources", difference(e.resources.total, base.resources.total))
          .set("fullest", JsonValue(fullest(e)))
          .set("closes",
               JsonValue(
                   estimate_frequency(x->design, x->network, x->board, constants, e.resources).closes()));
    } catch (const Infeasible& reason) {
      one.set("problem", std::string(reason.what()));
    }
    list.push_back(std::move(one));
  }
  return list;
}

}  // namespace statelane
