// SPDX-License-Identifier: Apache-2.0
#include <spdlog/spdlog.h>

#include <CLI/CLI.hpp>
#include <iostream>
#include <memory>

#include "apps/commands/commands.h"
#include "apps/commands/model_input.h"
#include "apps/reports/estimate_report.h"
#include "sim/simulator.h"

namespace statelane {
namespace {

struct Options {
  ExperimentSource source;
  std::string fidelity = "simulate";
  std::string out;
  bool json = false;
};

void run(const Options& o) {
  const Catalog catalog = Catalog::standard();
  Diagnostics diagnostics;
  const std::optional<Experiment> experiment =
      load_experiment(catalog, builtin_units(), o.source, diagnostics);
  const std::optional<FabricConstants> constants = load_fabric_constants(catalog, "fabric", diagnostics);
  const std::optional<Published> published = load_published(catalog, "published", diagnostics);
  throw_if_errors(diagnostics);
  for (const Diagnostic& d : diagnostics) spdlog::warn("{}", d.text());
  EvaluationOptions options;
  if (o.fidelity != "bound") options.simulator = simulate;
  const Evaluation evaluation = evaluate(*experiment, *constants, options);
  const DesignEstimate estimate{*experiment, evaluation,
                                energy_by_operator(evaluation.energy, evaluation.graph),
                                estimate_frequency(experiment->design, experiment->network, experiment->board,
                                                   *constants, evaluation.resources),
                                point_of(*published, o.source.reference, o.source.settings)};
  for (const std::string& w : evaluation.warnings) spdlog::warn("{}", w);
  const std::string json = to_text(estimate_json(estimate)) + "\n";
  if (!o.out.empty()) write_text(o.out, json);
  std::cout << (o.json ? json : estimate_report(estimate));
}

}  // namespace

void add_estimate_command(CLI::App& app) {
  auto o = std::make_shared<Options>();
  CLI::App* c = app.add_subcommand("estimate", "Resources, energy and clock of an experiment, part by part");
  c->add_option("experiment", o->source.reference,
                "Experiment: a file or a name of `statelane list experiments`")
      ->required();
  c->add_option("--set", o->source.settings,
                "Change a value: /json/pointer=value, e.g. /network=mamba2-1.3b");
  c->add_option("--fidelity", o->fidelity,
                "Time and memory activity from a simulation, or from the closed form (bound)")
      ->check(CLI::IsMember({"bound", "simulate"}))
      ->capture_default_str();
  c->add_option("--out", o->out, "Write the result as JSON to this file");
  c->add_flag("--json", o->json, "Print the result as JSON");
  c->footer("Example: statelane estimate fastmamba-vc709-w8a8-decode-2.7b");
  c->callback([o] { run(*o); });
}

}  // namespace statelane
