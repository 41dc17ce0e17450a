// SPDX-License-Identifier: Apache-2.0
#include <CLI/CLI.hpp>
#include <filesystem>
#include <iostream>
#include <memory>
#include <optional>

#include "apps/commands/commands.h"
#include "apps/commands/model_input.h"
#include "hls/compare.h"
#include "hls/hls_model.h"
#include "hls/project.h"
#include "models/base/catalog.h"
#include "models/blocks/mamba2/head_scheme.h"
#include "models/evaluate/experiment.h"
#include "models/units/unit_registry.h"

namespace statelane {
namespace {

struct Options {
  ExperimentSource source;
  std::string out;
  std::string scheme;
  std::string compare;
  std::string model;  // folder
  std::optional<std::uint64_t> seed;
  bool portable = false;
  bool json = false;
  std::size_t prompt = 4;
  std::size_t runs = 3;
};

void run(const Options& o) {
  if (o.out.empty() == o.compare.empty()) throw InputError("give --out DIR, or --compare csynth.xml");
  const Catalog catalog = Catalog::standard();
  Diagnostics diagnostics;
  ExperimentSource source = o.source;
  if (!o.model.empty())
    source.settings.insert(source.settings.begin(), "/network=" + o.model + "/config.json");
  const std::optional<Experiment> experiment = load_experiment(catalog, builtin_units(), source, diagnostics);
  const std::optional<FabricConstants> constants = load_fabric_constants(catalog, "fabric", diagnostics);
  throw_if_errors(diagnostics);
  const Scheme scheme = scheme_with_head(
      o.scheme.empty() ? hls::scheme_for(catalog, experiment->design) : find_scheme(catalog, o.scheme),
      experiment->design);
  std::optional<ModelWeights> weights;
  if (!o.model.empty()) weights = load_model(o.model);
  const hls::HlsModel model = hls::make_hls_model(
      *experiment, scheme,
      {weights ? &*weights : nullptr,
       weights ? read_calibration(o.model, "", 512, 1, weights->dims) : CalibrationText{}, o.seed});
  const hls::Accelerator accelerator(*experiment, scheme, model.plan, model.units, model.dims);
  hls::ProjectOptions options;
  options.access = o.portable ? hls::Access::arrays : hls::Access::streams;
  options.version = STATELANE_VERSION;
  options.constants = &*constants;
  options.prompt = o.prompt;
  options.runs = o.runs;
  if (!o.compare.empty()) {
    const std::vector<unsigned char> xml = read_bytes(o.compare);
    const std::vector<hls::ReportedModule> report = hls::read_csynth({xml.begin(), xml.end()}, o.compare);
    std::cout << hls::compare(hls::predict(accelerator, options), report);
    return;
  }
  hls::Files files = hls::make_project(accelerator, options);
  if (model.integer) files.merge(hls::make_data(accelerator, *model.integer, options));
  hls::write_project(o.out, files);
  std::cout << files.size() << " files in " << o.out << "\n";
}

}  // namespace

void add_hls_command(CLI::App& app) {
  auto o = std::make_shared<Options>();
  CLI::App* c = app.add_subcommand(
      "hls", "Write an HLS project that computes what the design was simulated to compute");
  c->add_option("experiment", o->source.reference,
                "Experiment: a file or a name of `statelane list experiments`")
      ->required();
  c->add_option("--set", o->source.settings, "Change a value: /json/pointer=value, e.g. /network/n_layer=2");
  auto* out = c->add_option("--out", o->out, "Folder for the project, empty or not there yet");
  auto* compared = c->add_option("--compare", o->compare,
                                 "Instead: hold a synthesis report (csynth.xml) against the predictions");
  out->excludes(compared);
  c->add_option("--scheme", o->scheme,
                "Scheme with integer arithmetic: a file or a name (default: by the design)");
  auto* directory =
      c->add_option("--model", o->model,
                    "Folder with config.json and model.safetensors: pack its weights and golden vectors");
  c->add_option("--random-weights", o->seed, "Pack random weights from this seed instead of a model's")
      ->excludes(directory);
  c->add_option("--prompt", o->prompt, "Tokens the golden decode starts behind")->capture_default_str();
  c->add_option("--tokens", o->runs, "Golden tokens of a decode")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  c->add_flag("--portable", o->portable, "Functions with arrays and standard integers for other HLS tools");
  c->add_flag("--json", o->json, "Diagnostics as JSON");
  c->footer(
      "Example: statelane hls lightmamba-vck190-w4a4-decode-2.7b --model tests/data/golden/tiny64_L8 --out "
      "/tmp/project");
  c->callback([o] { run(*o); });
}

}  // namespace statelane
