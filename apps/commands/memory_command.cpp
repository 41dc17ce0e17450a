// SPDX-License-Identifier: Apache-2.0
#include "apps/commands/memory_command.h"

#include <CLI/CLI.hpp>
#include <fstream>
#include <iostream>
#include <memory>
#include <string>

#include "apps/reports/memory_report.h"
#include "models/base/catalog.h"
#include "models/base/diagnostics.h"
#include "models/memory/memory_config.h"
#include "sim/dram/memory_run.h"
#include "sim/dram/trace_file.h"

namespace statelane {
namespace {

struct Options {
  std::string memory;
  std::string trace;
  std::string pattern;
  std::string map;
  std::string out;
  std::int64_t queue = 0;
  std::int64_t pace = 0;
  std::uint64_t requests = 1'000'000;
  double writes = 0;
  std::uint64_t seed = 1;
  std::int64_t region = 0;
  bool json = false;
};

DramSpec memory_of(const Options& o) {
  Diagnostics diagnostics;
  std::optional<DramSpec> spec =
      load_memory(Catalog::standard(), o.memory, diagnostics, {"command line", 0, 0, {}});
  if (spec && !o.map.empty()) spec = with_map(*spec, o.map, diagnostics, {"--map", 0, 0, {}});
  throw_if_errors(diagnostics);
  if (o.queue > 0) spec->controller.read_queue = spec->controller.write_queue = o.queue;
  return *spec;
}

std::unique_ptr<AccessSource> accesses_of(const Options& o, const DramSpec& spec) {
  if (!o.trace.empty()) return open_trace(o.trace);
  PatternOptions p;
  p.count = o.requests;
  p.region = o.region > 0 ? Bytes(o.region) : spec.geometry.capacity();
  p.write_share = o.writes;
  p.seed = o.seed;
  return make_pattern(o.pattern, p);
}

void run(const Options& o) {
  if (o.trace.empty() == o.pattern.empty()) throw InputError("give one of --trace and --pattern");
  const DramSpec spec = memory_of(o);
  const std::unique_ptr<AccessSource> accesses = accesses_of(o, spec);
  MemoryRunOptions options;
  options.pace = Cycles(o.pace);
  const MemoryRun result = run_memory(spec, *accesses, options);
  if (result.accesses() == 0) throw InputError("there is no access in '" + o.trace + "'");
  const std::string json = to_text(memory_json(spec, result), 2) + "\n";
  if (!o.out.empty()) {
    std::ofstream file(o.out, std::ios::binary);
    if (!(file << json).flush()) throw InputError("cannot write '" + o.out + "'");
  }
  std::cout << (o.json ? json : memory_text(spec, result));
}

}  // namespace

void add_memory_command(CLI::App& app) {
  auto o = std::make_shared<Options>();
  CLI::App* c = app.add_subcommand("memory", "One DRAM channel under a trace or a pattern");
  c->add_option("memory", o->memory, "Memory: a name (ddr4-3200) or a file")->required();
  c->add_option("--trace", o->trace, "Accesses, one a line: 'R 0x1f40'; text or binary, plain, gzip or zstd");
  c->add_option("--pattern", o->pattern,
                "stream, stride:N, random, tiles:RxC or tiles:RxCxP (sizes in bytes)");
  c->add_option("--requests", o->requests, "64-byte accesses of the pattern")
      ->capture_default_str()
      ->check(CLI::Range(std::uint64_t{1}, std::uint64_t{1} << 40));
  c->add_option("--writes", o->writes, "Share of the pattern's accesses that are writes")
      ->capture_default_str()
      ->check(CLI::Range(0.0, 1.0));
  c->add_option("--region", o->region, "Bytes the pattern covers (default: the whole channel)")
      ->check(CLI::PositiveNumber);
  c->add_option("--seed", o->seed, "Of the random pattern")->capture_default_str();
  c->add_option("--pace", o->pace, "Clocks between accesses; 0: as fast as the queues take them")
      ->capture_default_str()
      ->check(CLI::Range(std::int64_t{0}, std::int64_t{1} << 40));
  c->add_option("--map", o->map, "Address map instead of the memory's: a name or 'bo,bg(1),co,bg,ba,ro'");
  c->add_option("--queue", o->queue, "Entries of the read and of the write queue, instead of the memory's")
      ->check(CLI::Range(std::int64_t{1}, std::int64_t{1024}));
  c->add_option("--out", o->out, "Write the result as JSON");
  c->add_flag("--json", o->json, "Print JSON instead of text");
  c->footer(
      "Example: statelane memory configs/memories/ddr4-3200.json --pattern stream --map rbc --queue 32 "
      "--json");
  c->callback([o] { run(*o); });
}

}  // namespace statelane
