// SPDX-License-Identifier: Apache-2.0
// What an exploration pays for each design: setting it up, judging it, and keeping the front; what threads
// bring, and what memory it takes. Compare the two walks' real times for the speed-up of the second thread.
#include <benchmark/benchmark.h>

#include <sys/resource.h>

#include <fstream>
#include <sstream>

#include "explore/front/archive.h"
#include "explore/search/scan.h"

namespace statelane {
namespace {

constexpr const char* sweeps[] = {"lightmamba-vck190", "lightmamba-u280", "fastmamba-vc709", "boards-1.3b",
                                  "schemes-vck190"};

std::unique_ptr<const Problem> problem(const benchmark::State& state) {
  const Catalog catalog = Catalog::standard();
  Diagnostics diagnostics;
  const auto file = load_sweep(catalog, sweeps[state.range(0)], diagnostics);
  auto loaded = file ? Problem::load(catalog, builtin_units(), *file, diagnostics) : nullptr;
  throw_if_errors(diagnostics);
  return loaded;
}

/// A stretch of the space that holds every kind of change, walked in order.
void designs_in_closed_form(benchmark::State& state) {
  const auto p = problem(state);
  PointEvaluator evaluator(*p);
  Archive archive(p->sweep().objectives.size());
  std::uint64_t index = 0;
  std::int64_t points = 0;
  std::int64_t good = 0;
  for (auto _ : state) {
    const auto verdict = evaluator.evaluate(index);
    if (verdict != PointEvaluator::Verdict::no_point) ++points;
    if (verdict == PointEvaluator::Verdict::good) {
      ++good;
      archive.add(evaluator.vector());
    }
    index = (index + 1) % p->space().size();
  }
  state.SetLabel(sweeps[state.range(0)]);
  state.counters["indices"] = static_cast<double>(p->space().size());
  state.counters["front"] = static_cast<double>(archive.size());
  state.counters["designs/s"] = benchmark::Counter(static_cast<double>(good), benchmark::Counter::kIsRate);
  state.counters["points/s"] = benchmark::Counter(static_cast<double>(points), benchmark::Counter::kIsRate);
}
BENCHMARK(designs_in_closed_form)->DenseRange(0, 4);

double most_memory() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  return static_cast<double>(usage.ru_maxrss) / 1024;  // MiB
}

void count_walk(benchmark::State& state, const Problem& p, std::size_t threads) {
  const double before = most_memory();
  std::uint64_t legal = 0;
  for (auto _ : state) {
    Scanner scanner(p, threads);
    ScanRequest request;
    request.sample = 4000;
    const ScanResult result = scanner.scan(request);
    legal += result.counts.legal;
    state.counters["front"] = static_cast<double>(result.front.size());
  }
  state.counters["legal"] = static_cast<double>(legal);
  state.counters["designs/s"] = benchmark::Counter(static_cast<double>(legal), benchmark::Counter::kIsRate);
  state.counters["MiB more"] = most_memory() - before;
}

/// The walk of a search over the million-point sweep, by threads: constraints, front and sample included.
void walk(benchmark::State& state) {
  const Catalog catalog = Catalog::standard();
  Diagnostics d;
  const auto file = load_sweep(catalog, sweeps[0], d);
  const auto p = file ? Problem::load(catalog, builtin_units(), *file, d) : nullptr;
  throw_if_errors(d);
  count_walk(state, *p, static_cast<std::size_t>(state.range(0)));
}
BENCHMARK(walk)->DenseRange(1, 2)->Iterations(1)->UseRealTime()->MeasureProcessCPUTime()->Unit(
    benchmark::kMillisecond);

/// The same sweep with more axes: 10^7 designs. Memory is to be that of the walk above.
void walk_of_ten_million(benchmark::State& state) {
  const Catalog catalog = Catalog::standard();
  Diagnostics d;
  SweepFile file;
  std::stringstream text;
  const auto path = catalog.find("sweeps", sweeps[0], SourcePosition{}, d);
  throw_if_errors(d);
  text << std::ifstream(*path).rdbuf();
  std::string json = text.str();
  const std::string list = "\"axes\": [";
  json.insert(json.find(list) + list.size(), R"(
    {"name": "residual", "pointer": "/design/units/residual/lanes", "powers_of_two": {"from": 8, "to": 64}},
    {"name": "silu", "pointer": "/design/units/silu/lanes", "values": [8, 16]},)");
  std::optional<JsonValue> parsed = parse_json(json, "generated", d);
  throw_if_errors(d);
  (void)read(*parsed, file.sweep, d);
  throw_if_errors(d);
  file.json = std::move(*parsed);
  file.name = "generated";
  const auto p = Problem::load(catalog, builtin_units(), file, d);
  throw_if_errors(d);
  count_walk(state, *p, 2);
}
BENCHMARK(walk_of_ten_million)
    ->Iterations(1)
    ->UseRealTime()
    ->MeasureProcessCPUTime()
    ->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace statelane
