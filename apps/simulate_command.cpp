// SPDX-License-Identifier: Apache-2.0
#include <spdlog/spdlog.h>

#include <CLI/CLI.hpp>
#include <fstream>
#include <iostream>
#include <memory>

#include "apps/commands.h"
#include "apps/simulate_report.h"
#include "models/base/catalog.h"
#include "sim/evaluation_json.h"

namespace ssmscope {
namespace {

struct Options {
  ExperimentSource source;
  std::string fidelity = "simulate";
  std::string out;
  bool json = false;
  bool allow_oversize = false;
};

void check_fit(const Experiment& e, const Evaluation& result, bool allow) {
  if (fits(result.resources.total, e.board.resources)) return;
  const JsonValue* board = find_pointer(e.resolved, "/design/board");
  Diagnostics diagnostics;
  std::string found;
  std::string allowed;
  const Resources& r = result.resources.total;
  const BoardResources& b = e.board.resources;
  const auto exceed = [&](const char* name, double used, std::int64_t there) {
    if (used <= static_cast<double>(there)) return;
    found += (found.empty() ? "" : ", ") + std::to_string(static_cast<std::int64_t>(used)) + " " + name;
    allowed += (allowed.empty() ? "" : ", ") + std::to_string(there) + " " + name;
  };
  exceed("LUT", r.lut, b.lut);
  exceed("FF", r.ff, b.ff);
  exceed("DSP", r.dsp, b.dsp);
  exceed("BRAM18", r.bram18, 2 * b.bram36);
  exceed("URAM", r.uram, b.uram);
  diagnostics.error(board != nullptr ? board->where() : SourcePosition{}, "the design does not fit its board", found,
                    allowed, "a larger board, fewer lanes, or --allow-oversize to simulate it all the same");
  if (!allow) throw Infeasible(diagnostics);
}

void run(const Options& o) {
  const Catalog catalog = Catalog::standard();
  Diagnostics diagnostics;
  std::optional<Experiment> experiment = load_experiment(catalog, builtin_units(), o.source, diagnostics);
  std::optional<Calibration> calibration = load_calibration(catalog, "fabric", diagnostics);
  throw_if_errors(diagnostics);
  for (const Diagnostic& d : diagnostics) spdlog::warn("{}", d.text());
  EvaluationOptions options;
  options.fidelity = o.fidelity == "bound" ? Fidelity::bound : Fidelity::simulate;
  const Evaluation result = evaluate(*experiment, *calibration, options);
  check_fit(*experiment, result, o.allow_oversize);
  for (const std::string& w : result.warnings) spdlog::warn("{}", w);

  const std::string json = to_text(evaluation_json(*experiment, result, SSMSCOPE_VERSION)) + "\n";
  if (!o.out.empty()) {
    std::ofstream file(o.out);
    file << json;
    if (!file.flush()) throw InputError("cannot write " + o.out);
  }
  std::cout << (o.json ? json : simulate_report(*experiment, result));
}

}  // namespace

void add_simulate_command(CLI::App& app) {
  auto o = std::make_shared<Options>();
  CLI::App* c = app.add_subcommand("simulate", "Simulate an experiment: tokens/s, joules, resources and what limits it");
  c->add_option("experiment", o->source.reference, "Experiment: a file or a name of `ssmscope list experiments`")
      ->required();
  c->add_option("--set", o->source.settings, "Change a value: /json/pointer=value, e.g. /network=mamba2-1.3b");
  c->add_option("--fidelity", o->fidelity, "simulate, or bound: the closed form only")
      ->check(CLI::IsMember({"bound", "simulate"}))
      ->capture_default_str();
  c->add_option("--out", o->out, "Write the result as JSON to this file");
  c->add_flag("--json", o->json, "Print the result as JSON");
  c->add_flag("--allow-oversize", o->allow_oversize, "Only warn about a design that does not fit its board");
  c->footer("Example: ssmscope simulate lightmamba-vck190-w4a4-decode-2.7b --set /design/clock=\"300 MHz\"");
  c->callback([o] { run(*o); });
}

}  // namespace ssmscope
