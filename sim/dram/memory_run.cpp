// SPDX-License-Identifier: Apache-2.0
#include "sim/dram/memory_run.h"

#include <array>
#include <ctime>
#include <vector>

#include "sim/dram/dram_channel.h"

namespace statelane {
namespace {

Seconds cpu_now() {
  timespec t{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
  return Seconds(static_cast<double>(t.tv_sec) + 1e-9 * static_cast<double>(t.tv_nsec));
}

/// Hands accesses to a channel, joined into transfers, always far enough ahead that the channel never waits
/// for one that has arrived.
class Feeder {
 public:
  Feeder(DramChannel& channel, AccessSource& source, const MemoryRunOptions& options, MemoryRun& run)
      : channel_(channel), source_(source), options_(options), run_(run) {
    completed_.reserve(1024);
  }

  void run() {
    while (refill()) {
      const Seconds start = cpu_now();
      while (enqueue_some()) advance();
      run_.cpu += cpu_now() - start;
    }
    const Seconds start = cpu_now();
    flush();
    run_.cycles = channel_.finish(completed_);
    run_.cpu += cpu_now() - start;
  }

 private:
  static constexpr std::int64_t ahead = 8192;  ///< bursts in the channel that are enough to go on

  bool refill() {
    count_ = source_.fill(chunk_);
    next_ = 0;
    return count_ != 0;
  }

  /// Enqueues until the channel has enough (true) or the piece read is used up (false).
  bool enqueue_some() {
    while (next_ < count_) {
      if (add(chunk_[next_++]) && channel_.waiting_bursts() >= ahead) return true;
    }
    return false;
  }

  /// True if another transfer begins, the one before it being in the channel now.
  bool add(const Access& a) {
    ++(a.write ? run_.writes : run_.reads);
    const bool joins = transfer_.bytes.count() > 0 && options_.pace.count() == 0 &&
                       transfer_.write == a.write &&
                       transfer_.address + static_cast<std::uint64_t>(transfer_.bytes.count()) == a.address &&
                       transfer_.bytes < longest;
    if (!joins) {
      flush();
      transfer_ = {.id = ids_++,
                   .address = a.address,
                   .bytes = Bytes(0),
                   .write = a.write,
                   .arrival = Cycles(arrival_)};
    }
    transfer_.bytes += access_bytes;
    arrival_ += options_.pace.count();
    return !joins;
  }

  void flush() {
    if (transfer_.bytes.count() > 0) channel_.enqueue(transfer_);
    transfer_.bytes = Bytes(0);
  }

  void advance() {
    // At most half of what waits can be served before this, so that no access still to come, which enters
    // after all that wait, is missed.
    completed_.clear();
    channel_.advance(channel_.committed() + channel_.spec().timings.burst * (ahead / 2), completed_);
  }

  static constexpr Bytes longest{16384};

  DramChannel& channel_;
  AccessSource& source_;
  MemoryRunOptions options_;
  MemoryRun& run_;
  std::array<Access, 4096> chunk_{};
  std::size_t count_ = 0;
  std::size_t next_ = 0;
  DramTransaction transfer_{.bytes = Bytes(0)};
  std::uint64_t ids_ = 0;
  std::int64_t arrival_ = 0;
  std::vector<DramCompletion> completed_;
};

}  // namespace

MemoryRun run_memory(DramSpec spec, AccessSource& source, const MemoryRunOptions& options) {
  spec.controller.intake = IntakeOrder::in_order;
  MemoryRun run;
  DramOptions channel_options;
  channel_options.batch = options.batch;
  DramChannel channel(spec, channel_options);
  Feeder(channel, source, options, run).run();
  run.stats = channel.stats();
  const DramActivity activity{run.stats.activates, run.stats.read_bursts, run.stats.write_bursts,
                              run.stats.refreshes, run.cycles / spec.clock()};
  run.energy = energy_use(energy_of(spec), activity);
  return run;
}

}  // namespace statelane
