// SPDX-License-Identifier: Apache-2.0
// Whole commands as a user starts them, output thrown away: wall time, processor time and peak memory.
#include <benchmark/benchmark.h>
#include <sys/resource.h>

#include <boost/process.hpp>
#include <filesystem>
#include <stdexcept>
#include <string>
#include <vector>

namespace {

namespace bp = boost::process;
using Arguments = std::vector<std::string>;

rusage children() {
  rusage use{};
  getrusage(RUSAGE_CHILDREN, &use);
  return use;
}

double cpu(const rusage& use) {
  const auto seconds = [](const timeval& t) {
    return static_cast<double>(t.tv_sec) + 1e-6 * static_cast<double>(t.tv_usec);
  };
  return seconds(use.ru_utime) + seconds(use.ru_stime);
}

/// `written` is removed before every run.
void command(benchmark::State& state, const Arguments& arguments, const std::string& written) {
  double seconds = 0;
  for (auto _ : state) {
    if (!written.empty()) {
      state.PauseTiming();
      std::filesystem::remove_all(written);
      state.ResumeTiming();
    }
    const double before = cpu(children());
    const int code =
        bp::system(STATELANE_PROGRAM, bp::args(arguments), bp::std_out > bp::null, bp::std_err > bp::null);
    if (code != 0) throw std::runtime_error("statelane " + arguments.front() + " failed");
    seconds += cpu(children()) - before;
  }
  state.counters["cpu_ms"] = 1e3 * seconds / static_cast<double>(state.iterations());
  state.counters["largest_so_far_MB"] = static_cast<double>(children().ru_maxrss) / 1024.0;
  if (!written.empty()) std::filesystem::remove_all(written);
}

const std::string scratch = (std::filesystem::temp_directory_path() / "statelane-bench").string();
const std::string vck190 = "lightmamba-vck190-w4a4-decode-2.7b";
const std::string u280 = "lightmamba-u280-w4a4-decode-2.7b";
const std::string vc709 = "fastmamba-vc709-w8a8-decode-2.7b";

#define STATELANE_COMMAND(name, written, ...)                       \
  BENCHMARK_CAPTURE(command, name, Arguments{__VA_ARGS__}, written) \
      ->Unit(benchmark::kMillisecond)                               \
      ->UseRealTime()

STATELANE_COMMAND(start_up, "", "list", "designs");
STATELANE_COMMAND(bound_vck190, "", "simulate", vck190, "--fidelity", "bound");
STATELANE_COMMAND(estimate_vc709, "", "estimate", vc709);
STATELANE_COMMAND(hls_vck190, scratch, "hls", vck190, "--out", scratch);
STATELANE_COMMAND(hls_u280, scratch, "hls", u280, "--out", scratch);
STATELANE_COMMAND(hls_vc709, scratch, "hls", vc709, "--out", scratch);
STATELANE_COMMAND(simulate_vck190, "", "simulate", vck190);
STATELANE_COMMAND(simulate_u280, "", "simulate", u280);
STATELANE_COMMAND(simulate_vc709, "", "simulate", vc709);
STATELANE_COMMAND(explore_quick, scratch, "explore", "quick", "--store", scratch);

}  // namespace
