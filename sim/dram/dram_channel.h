// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "models/base/units.h"
#include "models/memory/dram_spec.h"
#include "models/memory/dram_stats.h"
#include "sim/dram/command_log.h"

namespace statelane {

/// A transfer of any length: one 64-byte access or a whole AXI burst. Split into device bursts inside; the
/// bursts enter the queue in address order, one after the other as fast as it takes them.
struct DramTransaction {
  std::uint64_t id = 0;       ///< the caller's; reported back
  std::uint64_t address = 0;  ///< in the channel; wraps at the capacity
  Bytes bytes{64};            ///< at least 1; a part of a device burst costs the whole burst
  bool write = false;
  Cycles arrival{0};  ///< first clock at which it may enter the queue
  Cycles pace{0};     ///< burst i may enter from arrival + i * pace on; 0: all at once
};

/// A transaction whose last data beat has passed.
struct DramCompletion {
  std::uint64_t id = 0;
  bool write = false;
  Cycles first_data{0};  ///< clock at which its first data beat starts (of the burst served first)
  Cycles last_data{0};   ///< clock at which its last data beat has ended: the transaction is complete
  bool operator==(const DramCompletion&) const = default;
};

/// How to run a channel; none of these changes any result.
struct DramOptions {
  bool batch = true;           ///< serve regular stretches in closed form (else command by command)
  bool latency_detail = true;  ///< keep the distributions of burst latencies
  CommandLog* log = nullptr;   ///< records every command; not owned
};

/// Cycle-exact timing of one DRAM channel and its FR-FCFS controller, event by event: costs time per command
/// where traffic is irregular and per row where it is regular, never per clock.
///
/// Time is the channel's clock (spec.clock_period), from 0. `advance(t)` decides all commands that start
/// before clock t and never revises them: t becomes the committed time. A transaction that arrives at or
/// after the committed time is scheduled exactly as if it had been known from the start; one whose arrival
/// lies before it is treated as arriving at the committed time. So calling advance(now), then enqueueing at
/// now, is exact; running ahead of the requesters is allowed and delays what they send in the meantime by at
/// most the time run ahead.
///
/// Deterministic: equal calls give equal results; ties go to the older request, and completions of one clock
/// are reported in order of id.
class DramChannel {
 public:
  /// Throws std::invalid_argument if validate() (dram_spec checks) finds an error in `spec`.
  explicit DramChannel(const DramSpec& spec, const DramOptions& options = {});
  ~DramChannel();
  DramChannel(DramChannel&&) noexcept;
  DramChannel& operator=(DramChannel&&) noexcept;

  /// Takes a transaction; never refuses. Arrivals should not decrease from call to call (per direction with
  /// IntakeOrder::per_direction): a transaction waits for those before it.
  void enqueue(const DramTransaction& transaction);

  /// Commits all commands before `until` and appends the transactions whose data has ended at or before
  /// `until`, by (last_data, id). Allocates only if `completed` must grow.
  void advance(Cycles until, std::vector<DramCompletion>& completed) { advance(until, until, completed); }
  /// The same, but reports only those that have ended at or before `due`: for a caller that knows all
  /// arrivals before `until`, and wants to hear of completions in their time.
  void advance(Cycles until, Cycles due, std::vector<DramCompletion>& completed);

  /// Earliest clock at which advance() could report a completion if nothing else is enqueued: never later
  /// than the true one, equal to it once all commands of that transaction are committed (and, while a stream
  /// runs at full rate, before). Calling advance() there and asking again ends at the true clock. Nothing if
  /// no transaction is in the channel.
  [[nodiscard]] std::optional<Cycles> next_event() const;

  /// Runs until every transaction is complete; returns the clock at which the last data beat ended (the
  /// committed time if there was none).
  Cycles finish(std::vector<DramCompletion>& completed);

  /// True when no transaction waits, is in service or waits to be reported.
  [[nodiscard]] bool idle() const;
  /// All clocks below are decided.
  [[nodiscard]] Cycles committed() const;
  /// Device bursts taken in but not yet served, in the queues and before them.
  [[nodiscard]] std::int64_t waiting_bursts() const;

  [[nodiscard]] const DramStats& stats() const;
  [[nodiscard]] const DramSpec& spec() const;

 private:
  class Core;
  std::unique_ptr<Core> core_;
};

}  // namespace statelane
