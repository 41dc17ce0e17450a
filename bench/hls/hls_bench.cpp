// SPDX-License-Identifier: Apache-2.0
// An HLS project from an experiment: lowering, plan, sources, predictions, scripts. (Without weights: packing
// a model is dominated by quantising it, which numerics_bench measures.)
#include <benchmark/benchmark.h>

#include "hls/hls_model.h"
#include "hls/project.h"
#include "models/blocks/mamba2/head_scheme.h"
#include "models/evaluate/experiment.h"
#include "models/units/unit_registry.h"
#include "tests/source_folder.h"

namespace statelane {
namespace {

const char* const kExperiments[] = {"lightmamba-vck190-w4a4-decode-2.7b", "lightmamba-u280-w4a4-decode-2.7b",
                                    "fastmamba-vc709-w8a8-decode-2.7b",
                                    "fastmamba-vc709-w8a8-prefill-130m-l64"};

void generate(benchmark::State& state) {
  const char* name = kExperiments[state.range(0)];
  const Catalog catalog({source_folder() + "/configs"});
  Diagnostics diagnostics;
  const auto experiment = load_experiment(catalog, builtin_units(), {name, {}}, diagnostics);
  const auto constants = load_fabric_constants(catalog, "fabric", diagnostics);
  throw_if_errors(diagnostics);
  const Scheme scheme = scheme_with_head(hls::scheme_for(catalog, experiment->design), experiment->design);
  hls::ProjectOptions options;
  options.version = "bench";
  options.constants = &*constants;
  std::size_t files = 0;
  std::size_t bytes = 0;
  for (auto _ : state) {
    const hls::HlsModel model = hls::make_hls_model(*experiment, scheme, {});
    const hls::Accelerator accelerator(*experiment, scheme, model.plan, model.units, model.dims);
    const hls::Files project = hls::make_project(accelerator, options);
    files = project.size();
    bytes = 0;
    for (const auto& [path, text] : project) bytes += text.size();
  }
  state.SetLabel(name);
  state.counters["files"] = static_cast<double>(files);
  state.counters["bytes"] = static_cast<double>(bytes);
}
BENCHMARK(generate)->DenseRange(0, 3)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace statelane
