// SPDX-License-Identifier: Apache-2.0
// Speed of the models on one core. "eval_s" is the time the shipped model's whole evaluation text (89
// windows) would take.
#include <benchmark/benchmark.h>

#include <filesystem>
#include <fstream>
#include <iterator>

#include "models/numerics/hadamard.h"
#include "models/numerics/integer_model.h"
#include "models/numerics/integer_ops.h"
#include "tests/source_folder.h"

namespace statelane {
namespace {

constexpr std::size_t kWindow = 2047;
constexpr double kEvaluationTokens = 89.0 * 2047.0;

std::filesystem::path root() {
  return source_folder();
}

const ModelWeights& weights() {
  static const ModelWeights w = load_model(root() / "tests/data/models/tiny-mamba2-en");
  return w;
}

CalibrationText text(const char* file, std::size_t length) {
  std::ifstream in(root() / "tests/data/models/tiny-mamba2-en" / file, std::ios::binary);
  const std::vector<unsigned char> bytes{std::istreambuf_iterator<char>(in),
                                         std::istreambuf_iterator<char>()};
  return windows_of(bytes, length, 1);
}

Scheme scheme(const std::string& name) {
  return read_scheme(root() / "configs/schemes" / (name + ".json"));
}

void report(benchmark::State& state) {
  const auto tokens = static_cast<double>(state.iterations()) * static_cast<double>(kWindow);
  state.counters["tokens/s"] = benchmark::Counter(tokens, benchmark::Counter::kIsRate);
  state.counters["eval_s"] = benchmark::Counter(tokens / kEvaluationTokens,
                                                benchmark::Counter::kIsRate | benchmark::Counter::kInvert);
}

void window_in_float(benchmark::State& state, const char* name) {
  const QuantizedModel model(weights(), scheme(name), text("calib.bin", 512));
  const auto window = text("eval.bin", kWindow)[0];
  for (auto _ : state) {
    ModelCache cache = model.make_cache();
    benchmark::DoNotOptimize(model.forward(window, cache));
  }
  report(state);
}

void window_in_integers(benchmark::State& state, const char* name) {
  const IntegerModel model(weights(), scheme(name), text("calib.bin", 512));
  const auto window = text("eval.bin", kWindow)[0];
  for (auto _ : state) {
    auto cache = model.make_cache();
    benchmark::DoNotOptimize(model.forward(window, cache));
  }
  report(state);
}

void hadamard(benchmark::State& state) {
  const Hadamard h(static_cast<std::size_t>(state.range(0)));
  std::vector<float> x(h.size(), 1.0F);
  for (auto _ : state) {
    h.rotate(x);
    benchmark::DoNotOptimize(x.data());
  }
  state.counters["additions"] = static_cast<double>(h.additions());
}

void block_round(benchmark::State& state) {
  std::vector<std::int32_t> x(1 << 15);
  for (std::size_t i = 0; i < x.size(); ++i) x[i] = static_cast<std::int32_t>(i * 2654435761U) >> 12;
  for (auto _ : state) {
    integer::block_round_rows(x, 64, 8, 8);
    benchmark::DoNotOptimize(x.data());
  }
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(x.size()));
}

BENCHMARK_CAPTURE(window_in_float, fp32, "fp32")->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(window_in_float, rtn_w4a4, "rtn-w4a4")->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(window_in_float, lightmamba_w4a4_ssm, "lightmamba-w4a4-ssm")->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(window_in_float, fastmamba_w8a8, "fastmamba-w8a8")->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(window_in_integers, lightmamba_w4a4_shift, "lightmamba-w4a4-shift")
    ->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(window_in_integers, fastmamba_w8a8, "fastmamba-w8a8")->Unit(benchmark::kMillisecond);
BENCHMARK(hadamard)->Arg(512)->Arg(1536)->Arg(5120);
BENCHMARK(block_round);

}  // namespace
}  // namespace statelane
