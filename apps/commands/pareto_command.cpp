// SPDX-License-Identifier: Apache-2.0
#include <CLI/CLI.hpp>
#include <fstream>
#include <iostream>
#include <memory>

#include "apps/commands/commands.h"
#include "apps/commands/known_name.h"
#include "apps/commands/model_input.h"
#include "explore/front/front_view.h"
#include "explore/front/plot.h"
#include "explore/space/cursor.h"
#include "explore/store/stored_problem.h"

namespace statelane {
namespace {

struct Options {
  std::string store;
  std::string sweep;
  std::string objectives;
  std::string csv;
  std::string out;
  std::string png, svg, pdf;
  std::string experiment;
  std::string design = "knee";
  std::string kind = "2d";
  double epsilon = 0;
  std::size_t rows = 40;
  bool json = false;
};

std::uint64_t chosen_design(const std::string& design, const FrontView& view) {
  if (view.front.empty()) throw InputError(view.sweep + ": no design on the front");
  if (design == "knee") return view.front[view.knee].record.index;
  for (const ViewPoint& p : view.front) {
    if (std::to_string(p.record.index) == design) return p.record.index;
  }
  throw InputError("--design " + design +
                   ": no design of the front has this index; it is the table's first column");
}

/// The design as an experiment file that needs nothing of the sweep's.
void write_experiment(const Options& o, const FrontView& view) {
  const std::uint64_t index = chosen_design(o.design, view);
  const Catalog catalog = Catalog::standard();
  const UnitRegistry& units = builtin_units();
  Diagnostics diagnostics;
  const auto problem = load_problem(catalog, units, view.runs.back(), diagnostics);
  throw_if_errors(diagnostics);
  DesignCursor cursor(problem->space());
  cursor.go_to(index);
  const ExperimentSource source{problem->space().experiment(),
                                problem->space().settings(cursor.digits(), cursor.active())};
  const std::optional<Experiment> e = load_experiment(catalog, units, source, diagnostics);
  throw_if_errors(diagnostics);
  write_text(o.experiment, to_text(e->resolved) + "\n");
}

void run(const Options& o) {
  Store store(o.store, Store::Mode::read);
  const FrontView view = view_front(store, {o.sweep, parse_objectives(o.objectives), o.epsilon});
  if (!o.csv.empty()) write_text(o.csv, front_csv(view));
  const std::string json = to_text(front_json(view)) + "\n";
  if (!o.out.empty()) write_text(o.out, json);
  for (const std::string& path : {o.png, o.svg, o.pdf}) {
    if (!path.empty()) plot_front(view, *value_of<PlotKind>(o.kind), path);
  }
  if (!o.experiment.empty()) write_experiment(o, view);
  std::cout << (o.json ? json : front_table(view, o.rows));
}

}  // namespace

void add_pareto_command(CLI::App& app) {
  auto o = std::make_shared<Options>();
  CLI::App* c = app.add_subcommand("pareto", "The Pareto front in a store: table, CSV, JSON, plots");
  c->add_option("store", o->store, "Store that `statelane explore` wrote")->required();
  c->add_option("--sweep", o->sweep, "Sweep, where the store has several");
  c->add_option("--objectives", o->objectives,
                "Other objectives than the sweep's, over what was simulated: "
                "throughput_tokens_per_s:max,resources.lut:min");
  c->add_option("--epsilon", o->epsilon,
                "Thin the front: leave out what another is nearly as good as (0.05: within 5 %)")
      ->check(CLI::Range(0.0, 1.0));
  c->add_option("--csv", o->csv, "Write the front with all parameters and figures to this file");
  c->add_option("--out", o->out, "Write the front as JSON to this file");
  c->add_option("--png", o->png, "Draw it to this file");
  c->add_option("--svg", o->svg, "Draw it to this file");
  c->add_option("--pdf", o->pdf, "Draw it to this file");
  c->add_option("--experiment", o->experiment,
                "Write a design of the front to this file, as an experiment for simulate, estimate, hls ...");
  c->add_option("--design", o->design, "Which: knee, or an index of the table's first column")
      ->capture_default_str();
  std::vector<std::string> kinds;
  for (const auto& n : DescribeEnum<PlotKind>::names) kinds.emplace_back(n.name);
  c->add_option("--plot", o->kind, "2d, 3d, matrix (every pair of objectives) or parallel (coordinates)")
      ->check(known_name(kinds))
      ->capture_default_str();
  c->add_option("--rows", o->rows, "Most rows of the table")->capture_default_str();
  c->add_flag("--json", o->json, "Print the front as JSON");
  c->footer("Example: statelane pareto lm.db --csv front.csv --png front.png");
  c->callback([o] { run(*o); });
}

}  // namespace statelane
