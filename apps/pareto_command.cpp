// SPDX-License-Identifier: Apache-2.0
#include <CLI/CLI.hpp>
#include <fstream>
#include <iostream>
#include <memory>

#include "apps/commands.h"
#include "apps/known_name.h"
#include "apps/model_input.h"
#include "explore/front_view.h"
#include "explore/plot.h"

namespace ssmscope {
namespace {

struct Options {
  std::string store;
  std::string sweep;
  std::string objectives;
  std::string csv;
  std::string out;
  std::string png, svg, pdf;
  std::string kind = "2d";
  double epsilon = 0;
  std::size_t rows = 40;
  bool json = false;
};

void run(const Options& o) {
  Store store(o.store, Store::Mode::read);
  const FrontView view = view_front(store, {o.sweep, parse_objectives(o.objectives), o.epsilon});
  if (!o.csv.empty()) write_text(o.csv, front_csv(view));
  const std::string json = to_text(front_json(view)) + "\n";
  if (!o.out.empty()) write_text(o.out, json);
  for (const std::string& path : {o.png, o.svg, o.pdf}) {
    if (!path.empty()) plot_front(view, *value_of<PlotKind>(o.kind), path);
  }
  std::cout << (o.json ? json : front_table(view, o.rows));
}

}  // namespace

void add_pareto_command(CLI::App& app) {
  auto o = std::make_shared<Options>();
  CLI::App* c = app.add_subcommand("pareto", "The Pareto front in a store: table, CSV, JSON, plots");
  c->add_option("store", o->store, "Store that `ssmscope explore` wrote")->required();
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
  std::vector<std::string> kinds;
  for (const auto& n : DescribeEnum<PlotKind>::names) kinds.emplace_back(n.name);
  c->add_option("--plot", o->kind, "2d, 3d, matrix (every pair of objectives) or parallel (coordinates)")
      ->check(known_name(kinds))
      ->capture_default_str();
  c->add_option("--rows", o->rows, "Most rows of the table")->capture_default_str();
  c->add_flag("--json", o->json, "Print the front as JSON");
  c->footer("Example: ssmscope pareto lm.db --csv front.csv --png front.png");
  c->callback([o] { run(*o); });
}

}  // namespace ssmscope
