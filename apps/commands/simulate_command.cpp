// SPDX-License-Identifier: Apache-2.0
#include <spdlog/fmt/fmt.h>
#include <spdlog/spdlog.h>

#include <CLI/CLI.hpp>
#include <fstream>
#include <functional>
#include <iostream>
#include <memory>

#include "apps/commands/commands.h"
#include "apps/commands/functional_run.h"
#include "apps/commands/model_input.h"
#include "apps/reports/published.h"
#include "apps/reports/simulate_report.h"
#include "models/base/catalog.h"
#include "models/evaluate/evaluation_json.h"
#include "models/units/fabric/resource_kinds.h"
#include "report/observers.h"
#include "report/run_profile.h"
#include "report/run_sections.h"
#include "sim/simulator.h"
#include "sim/trace.h"

namespace statelane {
namespace {

struct Options {
  ExperimentSource source;
  std::string fidelity = "simulate";
  std::string out;
  std::string trace;
  std::string vcd;
  std::string functional;
  std::string prompt_tokens;
  std::string out_logits;
  std::string scheme;
  TraceLimits trace_limits;
  std::int64_t timeline_layers = 1;
  double trace_time = 0;
  bool json = false;
  bool full = false;  ///< as it always is
  bool allow_oversize = false;
};

/// Writes to a file of that name by `write`; an InputError if it cannot be.
void write_file(const std::string& name, const std::function<void(std::ostream&)>& write) {
  if (name.empty()) return;
  std::ofstream file(name);
  write(file);
  if (!file.flush()) throw InputError("cannot write " + name);
}

void check_fit(const Experiment& e, const Evaluation& result, bool allow) {
  if (fits(result.resources.total, e.board.resources)) return;
  const JsonValue* board = find_pointer(e.resolved, "/design/board");
  Diagnostics diagnostics;
  std::string found;
  std::string allowed;
  const Resources offered = offered_by(e.board.resources);
  for (const ResourceKind& kind : resource_kinds) {
    const double used = result.resources.total.*kind.count, there = offered.*kind.count;
    if (used <= there) continue;
    const auto add = [&kind](std::string& list, double count) {
      list += (list.empty() ? "" : ", ") + std::to_string(static_cast<std::int64_t>(count)) + " ";
      list += kind.title;
    };
    add(found, used);
    add(allowed, there);
  }
  diagnostics.error(board != nullptr ? board->where() : SourcePosition{}, "the design does not fit its board",
                    found, allowed,
                    "a larger board, fewer lanes, or --allow-oversize to simulate it all the same");
  if (!allow) throw Infeasible(diagnostics);
}

/// What watches a run: a timeline, a profile for reports, a real model's data.
struct Watchers {
  std::optional<TraceRecorder> trace;
  std::optional<RunProfile> profile;
  std::optional<FunctionalRun> functional;
  ObserverList list;

  [[nodiscard]] FiringObserver* attach(const Options& o, const Experiment& experiment, const Graph& graph) {
    if (!o.trace.empty() || !o.vcd.empty()) {
      TraceLimits limits = o.trace_limits;
      limits.until = Seconds(o.trace_time * 1e-6);
      list.add(&trace.emplace(graph, experiment.design.clock, limits));
    }
    if (!o.out.empty()) {
      list.add(&profile.emplace(graph, experiment.design.clock,
                                static_cast<std::size_t>(experiment.memory()->channels), o.timeline_layers));
    }
    FiringObserver* observer = list.empty() ? nullptr : &list;
    if (!functional) return observer;
    functional->start(graph, observer);
    return &*functional;
  }
};

void write_timeline(const Options& o, const TraceRecorder& trace) {
  write_file(o.trace, [&](std::ostream& file) { trace.write_perfetto(file); });
  write_file(o.vcd, [&](std::ostream& file) { trace.write_vcd(file); });
  if (trace.truncated())
    spdlog::info("the timeline holds the first {} layers (--trace-layers)", o.trace_limits.layers);
}

/// Adds the outcome of the functional check to the JSON and returns it in words; Infeasible if it failed.
std::string report_functional(const FunctionalRun& run, JsonValue& json) {
  const FunctionalRun::Comparison c = run.compare();
  if (!c.problem.empty()) throw Infeasible("functional check: " + c.problem);
  json.set("functional", JsonValue::object()
                             .set("arithmetic", run.arithmetic())
                             .set("logits", JsonValue(static_cast<std::int64_t>(c.logits)))
                             .set("tokens", JsonValue(static_cast<std::int64_t>(c.tokens)))
                             .set("states", JsonValue(static_cast<std::int64_t>(c.states)))
                             .set("error", JsonValue(c.error))
                             .set("state_error", JsonValue(c.state_error))
                             .set("equal_bits", JsonValue(c.equal_bits)));
  return fmt::format(
      "\nfunctional check ({}): {} vector(s) of logits, those of all {} token(s) and {} state(s) equal the "
      "model's own ({})\n",
      run.arithmetic(), c.logits, c.tokens, c.states,
      c.equal_bits ? "to the bit"
                   : fmt::format("error {:.2g} of the largest", std::max(c.error, c.state_error)));
}

/// The figures a paper prints for this experiment, beside the simulator's.
JsonValue published_json(const PublishedPoint& point, const JsonValue& result) {
  JsonValue rows = JsonValue::array();
  for (const ComparedFigure& f : compare_figures(point, result)) {
    rows.push_back(JsonValue::object()
                       .set("figure", f.key)
                       .set("published", JsonValue(f.published))
                       .set("simulated", JsonValue(f.simulated))
                       .set("error", JsonValue(f.published == 0 ? 0.0 : f.error()))
                       .set("tolerance", JsonValue(f.tolerance)));
  }
  return JsonValue::object().set("id", point.id).set("source", point.source).set("rows", std::move(rows));
}

/// What `statelane report` shows beyond the keys of --json.
void add_report_keys(const Options& o, const Catalog& catalog, const ExperimentSource& source,
                     const Experiment& experiment, const Evaluation& result, const FabricConstants& constants,
                     Watchers& watchers, JsonValue& json) {
  JsonValue settings = JsonValue::array();
  for (const std::string& s : source.settings) settings.push_back(s);
  json.set("source",
           JsonValue::object().set("experiment", source.reference).set("settings", std::move(settings)));
  add_run_sections(experiment, result, constants, json);
  if (watchers.profile && result.simulation) json.set("profile", watchers.profile->json(result.time));
  json.set("alternatives",
           alternatives_json(catalog, builtin_units(), source, experiment, result, constants));
  Diagnostics ignored;  // no file of published figures: nothing to compare with
  const std::optional<Published> published = load_published(catalog, "published", ignored);
  if (!published) return;
  const PublishedPoint* point = point_of(*published, o.source.reference, source.settings);
  if (point != nullptr) json.set("published", published_json(*point, json));
}

void run(const Options& o) {
  const Catalog catalog = Catalog::standard();
  Diagnostics diagnostics;
  ExperimentSource source = o.source;
  if (!o.functional.empty())
    source.settings.insert(source.settings.begin(), "/network=" + o.functional + "/config.json");
  const std::optional<Experiment> experiment = load_experiment(catalog, builtin_units(), source, diagnostics);
  const std::optional<FabricConstants> constants = load_fabric_constants(catalog, "fabric", diagnostics);
  throw_if_errors(diagnostics);
  for (const Diagnostic& d : diagnostics) spdlog::warn("{}", d.text());

  Watchers watchers;
  if (!o.functional.empty()) {
    FunctionalRun::Source carried{o.functional, std::nullopt, o.prompt_tokens};
    if (!o.scheme.empty()) carried.scheme = find_scheme(catalog, o.scheme);
    watchers.functional.emplace(*experiment, carried);
  }
  EvaluationOptions options;
  if (o.fidelity != "bound") options.simulator = simulate;
  options.observe = [&](const Graph& graph) { return watchers.attach(o, *experiment, graph); };
  options.memory_latencies = o.json || !o.out.empty();
  const Evaluation result = evaluate(*experiment, *constants, options);
  check_fit(*experiment, result, o.allow_oversize);
  for (const std::string& w : result.warnings) spdlog::warn("{}", w);

  JsonValue json = evaluation_json(*experiment, result, STATELANE_VERSION);
  const std::string functional =
      watchers.functional && result.simulation ? report_functional(*watchers.functional, json) : "";
  const std::string text = o.json ? to_text(json) + "\n" : "";
  if (!o.out.empty()) {
    add_report_keys(o, catalog, source, *experiment, result, *constants, watchers, json);
    write_file(o.out, [&](std::ostream& file) { file << to_text(json) << '\n'; });
  }
  if (!o.out_logits.empty() && watchers.functional && result.simulation)
    watchers.functional->write_logits(o.out_logits);
  if (watchers.trace) write_timeline(o, *watchers.trace);
  std::cout << (o.json ? text : simulate_report(*experiment, result) + functional);
}

}  // namespace

void add_simulate_command(CLI::App& app) {
  auto o = std::make_shared<Options>();
  CLI::App* c = app.add_subcommand("simulate",
                                   "Simulate an experiment: tokens/s, joules, resources and what limits it");
  c->add_option("experiment", o->source.reference,
                "Experiment: a file or a name of `statelane list experiments`")
      ->required();
  c->add_option("--set", o->source.settings,
                "Change a value: /json/pointer=value, e.g. /network=mamba2-1.3b");
  c->add_option("--fidelity", o->fidelity, "simulate, or bound: the closed form only")
      ->check(CLI::IsMember({"bound", "simulate"}))
      ->capture_default_str();
  c->add_option("--out", o->out, "Write the result as JSON to this file, with what `statelane report` shows");
  auto* functional = c->add_option(
      "--functional", o->functional,
      "Carry this model's data (folder with config.json and model.safetensors) through the run and "
      "compare its logits with the reference model's");
  c->add_option(
       "--scheme", o->scheme,
       "With --functional: carry the integer codes of this scheme (a file or a name of `statelane list "
       "schemes`) and compare with its integer-exact model, bit for bit")
      ->needs(functional);
  c->add_option("--prompt-tokens", o->prompt_tokens,
                "With --functional: tokens to feed (whole numbers, as text or a JSON array; those of each "
                "sequence of the batch one after the other)")
      ->needs(functional);
  c->add_option("--out-logits", o->out_logits,
                "With --functional: write the logits of every token fed to this safetensors file")
      ->needs(functional);
  c->add_option("--trace", o->trace, "Write a timeline for Perfetto or chrome://tracing to this file");
  c->add_option("--vcd", o->vcd, "Write a waveform for GTKWave to this file");
  c->add_option("--trace-layers", o->trace_limits.layers, "Layers a timeline or waveform holds")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  c->add_option("--trace-time", o->trace_time, "Instead of layers: the first so many microseconds")
      ->check(CLI::PositiveNumber);
  c->add_option("--timeline-layers", o->timeline_layers, "Layers of firings that --out keeps for the report")
      ->check(CLI::NonNegativeNumber)
      ->capture_default_str();
  c->add_flag("--json", o->json, "Print the result as JSON");
  c->add_flag("--full", o->full,
              "Every layer tile by tile: always so, nothing is extrapolated; for scripts that ask");
  c->add_flag("--allow-oversize", o->allow_oversize, "Only warn about a design that does not fit its board");
  c->footer("Example: statelane simulate lightmamba-vck190-w4a4-decode-2.7b --set /design/clock=\"300 MHz\"");
  c->callback([o] { run(*o); });
}

}  // namespace statelane
