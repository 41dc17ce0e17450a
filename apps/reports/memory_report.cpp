// SPDX-License-Identifier: Apache-2.0
#include "apps/reports/memory_report.h"

#include <array>
#include <cstdarg>
#include <cstdio>

#include "models/memory/dram_report.h"

namespace statelane {
namespace {

double seconds(const DramSpec& spec, const MemoryRun& run) {
  return (run.cycles / spec.clock()).count();
}

double gigabytes_per_second(const DramSpec& spec, const MemoryRun& run) {
  const double bytes = static_cast<double>(run.accesses()) * static_cast<double>(access_bytes.count());
  return run.cycles.count() == 0 ? 0.0 : bytes / seconds(spec, run) / 1e9;
}

double picojoules_per_bit(const MemoryRun& run) {
  const double bits = static_cast<double>(run.accesses()) * static_cast<double>(access_bytes.count()) * 8.0;
  return bits == 0 ? 0.0 : run.energy.total().count() / bits * 1e12;
}

JsonValue energy(const MemoryRun& run, double time) {
  const DramEnergyUse& e = run.energy;
  JsonValue j = JsonValue::object();
  j.set("total_j", e.total().count()).set("activate_j", e.activate.count()).set("read_j", e.read.count());
  j.set("write_j", e.write.count()).set("refresh_j", e.refresh.count());
  j.set("background_j", e.background.count()).set("pj_per_bit", picojoules_per_bit(run));
  return j.set("mean_power_w", time > 0 ? e.total().count() / time : 0.0);
}

std::string format(const char* pattern, ...) __attribute__((format(printf, 1, 2)));
std::string format(const char* pattern, ...) {
  std::array<char, 512> buffer{};
  va_list arguments;
  va_start(arguments, pattern);
  std::vsnprintf(buffer.data(), buffer.size(), pattern, arguments);
  va_end(arguments);
  return buffer.data();
}

std::int64_t whole(std::uint64_t n) {
  return static_cast<std::int64_t>(n);
}

double requests_per_second(const MemoryRun& run) {
  return run.cpu.count() > 0 ? static_cast<double>(run.accesses()) / run.cpu.count() : 0.0;
}

}  // namespace

JsonValue memory_json(const DramSpec& spec, const MemoryRun& run) {
  const DramStats& s = run.stats;
  const double time = seconds(spec, run);
  const double peak = spec.peak().count() / 1e9;
  const double bandwidth = gigabytes_per_second(spec, run);
  JsonValue j = JsonValue::object();
  j.set("memory", spec.name).set("map", spec.controller.map);
  j.set("read_queue", spec.controller.read_queue).set("write_queue", spec.controller.write_queue);
  j.set("requests", whole(run.accesses())).set("reads", whole(run.reads)).set("writes", whole(run.writes));
  j.set("cycles", run.cycles.count()).set("time_s", time);
  j.set("bandwidth_gb_s", bandwidth).set("peak_gb_s", peak).set("peak_fraction", bandwidth / peak);
  add_dram_stats(s, j);
  j.set("energy", energy(run, time));
  return j.set("requests_per_s", requests_per_second(run)).set("cpu_s", run.cpu.count());
}

std::string memory_text(const DramSpec& spec, const MemoryRun& run) {
  const DramStats& s = run.stats;
  const LatencyHistogram l = s.read_latency.total();
  std::string text = format("%s, map %s, queues %lld/%lld\n", spec.name.c_str(), spec.controller.map.c_str(),
                            static_cast<long long>(spec.controller.read_queue),
                            static_cast<long long>(spec.controller.write_queue));
  text += format("accesses      %llu of 64 bytes: %llu reads, %llu writes\n",
                 static_cast<unsigned long long>(run.accesses()), static_cast<unsigned long long>(run.reads),
                 static_cast<unsigned long long>(run.writes));
  text += format("time          %lld clocks, %.6g s\n", static_cast<long long>(run.cycles.count()),
                 seconds(spec, run));
  const double bandwidth = gigabytes_per_second(spec, run);
  text += format("bandwidth     %.3f GB/s, %.2f %% of %.3f GB/s\n", bandwidth,
                 100 * bandwidth / (spec.peak().count() / 1e9), spec.peak().count() / 1e9);
  text += format("row hits      %.2f %%\n", 100 * s.row_hit_rate());
  if (l.count() > 0) {
    text += format("read latency  mean %.1f, p50 %lld, p95 %lld, p99 %lld clocks (mean %.1f ns)\n", l.mean(),
                   static_cast<long long>(l.quantile(0.5)), static_cast<long long>(l.quantile(0.95)),
                   static_cast<long long>(l.quantile(0.99)), l.mean() * spec.clock_period.count() * 1e9);
    const BurstLatency& r = s.read_latency;
    text += format("              queueing %.1f, bank preparation %.1f, transfer %lld, refresh %.1f\n",
                   r.all_queueing().mean(), r.mean_over_all(r.preparation),
                   static_cast<long long>(r.transfer.count()), r.mean_over_all(r.refresh));
  }
  text += "bound by     ";
  for (const DramTimeShare& use : time_shares(s.time)) {
    if (use.share > 0) text += format(" %s %.2f %%", use.name, 100 * use.share);
  }
  text +=
      format("\nenergy        %.4g J, %.2f pJ/bit\n", run.energy.total().count(), picojoules_per_bit(run));
  text += format("simulated     %.3g accesses a CPU second\n", requests_per_second(run));
  return text;
}

}  // namespace statelane
