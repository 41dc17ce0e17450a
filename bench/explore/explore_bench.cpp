// SPDX-License-Identifier: Apache-2.0
// What an exploration pays for each design: setting it up, judging it, and keeping the front.
#include <benchmark/benchmark.h>

#include "explore/problem.h"

namespace ssmscope {
namespace {

constexpr const char* sweeps[] = {"lightmamba-vck190"};

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
BENCHMARK(designs_in_closed_form)->DenseRange(0, 0);

}  // namespace
}  // namespace ssmscope
