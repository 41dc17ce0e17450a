// SPDX-License-Identifier: Apache-2.0
// Speed of the DRAM core alone. `accesses` is the number of 64-byte accesses simulated in all iterations,
// `accesses/s` and `ns/access` are by CPU time; `share_of_peak` shows that the same traffic is simulated.
#include <benchmark/benchmark.h>

#include <stdexcept>
#include <string>
#include <vector>

#include "models/base/catalog.h"
#include "models/memory/memory_config.h"
#include "sim/dram/dram_channel.h"
#include "sim/dram/memory_run.h"

namespace statelane {
namespace {

DramSpec preset(const std::string& name) {
  Diagnostics diagnostics;
  const std::optional<DramSpec> spec = load_memory(Catalog::standard(), name, diagnostics);
  if (!spec) throw std::runtime_error(diagnostics.text());
  DramSpec reference = *spec;
  reference.controller.read_queue = reference.controller.write_queue = 32;
  return reference;
}

/// Accesses prepared beforehand, so that only the core is measured.
class Recorded final : public AccessSource {
 public:
  Recorded(const char* pattern, const PatternOptions& options) : accesses_(options.count) {
    const std::unique_ptr<AccessSource> source = make_pattern(pattern, options);
    (void)source->fill(accesses_);
  }
  std::size_t fill(std::span<Access> out) override {
    const std::size_t n = std::min(out.size(), accesses_.size() - next_);
    std::copy_n(accesses_.begin() + static_cast<std::ptrdiff_t>(next_), n, out.begin());
    next_ += n;
    return n;
  }
  void rewind() { next_ = 0; }

 private:
  std::vector<Access> accesses_;
  std::size_t next_ = 0;
};

void accesses(benchmark::State& state, const char* memory, const char* pattern, double writes) {
  const DramSpec spec = preset(memory);
  PatternOptions options;
  options.count = 200'000;
  options.write_share = writes;
  Recorded source(pattern, options);
  double count = 0, cpu = 0, share = 0;
  for (auto _ : state) {
    source.rewind();
    const MemoryRun run = run_memory(spec, source);
    count += static_cast<double>(run.accesses());
    cpu += run.cpu.count();
    share = static_cast<double>(run.stats.time.bus.count()) / static_cast<double>(run.cycles.count());
  }
  state.counters["accesses"] = count;
  state.counters["cpu_s"] = cpu;
  state.counters["accesses/s"] = count / cpu;
  state.counters["ns/access"] = 1e9 * cpu / count;
  state.counters["share_of_peak"] = share;
}

/// What a simulation does: 8 KiB reads, four outstanding, one wake-up for each completion.
void transactions(benchmark::State& state, const char* memory) {
  const DramSpec spec = preset(memory);
  std::vector<DramCompletion> done;
  done.reserve(64);
  std::int64_t count = 0, events = 0;
  for (auto _ : state) {
    DramChannel channel(spec);
    std::uint64_t issued = 0, completed = 0;
    Cycles now(0);
    while (completed < 20'000) {
      for (; issued < 20'000 && issued - completed < 4; ++issued) {
        channel.enqueue({.id = issued, .address = issued * 8192, .bytes = Bytes(8192), .arrival = now});
      }
      done.clear();
      now = *channel.next_event();
      channel.advance(now, done);
      completed += done.size();
      ++events;
    }
    count += 20'000;
  }
  state.counters["transactions"] = static_cast<double>(count);
  state.counters["transactions/s"] =
      benchmark::Counter(static_cast<double>(count), benchmark::Counter::kIsRate);
  state.counters["events/transaction"] = static_cast<double>(events) / static_cast<double>(count);
}

BENCHMARK_CAPTURE(accesses, ddr4_stream, "ddr4-3200", "stream", 0.0);
BENCHMARK_CAPTURE(accesses, ddr4_tiles_64x1024, "ddr4-3200", "tiles:64x1024", 0.0);
BENCHMARK_CAPTURE(accesses, ddr4_tiles_64x256, "ddr4-3200", "tiles:64x256", 0.0);
BENCHMARK_CAPTURE(accesses, ddr4_random, "ddr4-3200", "random", 0.0);
BENCHMARK_CAPTURE(accesses, ddr4_random_writes, "ddr4-3200", "random", 0.3);
BENCHMARK_CAPTURE(accesses, ddr3_stream, "ddr3-1866", "stream", 0.0);
BENCHMARK_CAPTURE(accesses, lpddr4_stream, "lpddr4-3733", "stream", 0.0);
BENCHMARK_CAPTURE(accesses, hbm2_stream, "hbm2", "stream", 0.0);
BENCHMARK_CAPTURE(accesses, hbm2_tiles_64x1024, "hbm2", "tiles:64x1024", 0.0);
BENCHMARK_CAPTURE(accesses, hbm2_random, "hbm2", "random", 0.0);
BENCHMARK_CAPTURE(transactions, ddr4_8k_reads, "ddr4-3200");
BENCHMARK_CAPTURE(transactions, hbm2_8k_reads, "hbm2");

}  // namespace
}  // namespace statelane

BENCHMARK_MAIN();
