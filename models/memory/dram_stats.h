// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "models/base/units.h"
#include "models/memory/latency_histogram.h"

namespace statelane {

/// Where the clocks of the data bus went, from clock 0 to the end of the last data beat. Data moves in `bus`;
/// every other clock of the bus is charged to the one constraint that held back the burst after it.
struct DramTimeUse {
  Cycles bus{0};              ///< moving data
  Cycles bank_group{0};       ///< tCCD_L: bursts of one bank group follow each other
  Cycles activate_window{0};  ///< tRRD, tFAW: too many rows wanted at once
  Cycles bank_conflict{0};    ///< tRP, tRCD, tRC of the bank at hand, not covered by other banks
  Cycles turnaround{0};       ///< between reads and writes
  Cycles command_bus{0};      ///< a slot of the command bus was taken
  Cycles refresh{0};          ///< from the moment refresh was due until banks may open again
  Cycles idle{0};             ///< no request in the queues

  [[nodiscard]] Cycles total() const {
    return bus + bank_group + activate_window + bank_conflict + turnaround + command_bus + refresh + idle;
  }
  DramTimeUse& operator+=(const DramTimeUse& o) {
    bus += o.bus;
    bank_group += o.bank_group;
    activate_window += o.activate_window;
    bank_conflict += o.bank_conflict;
    turnaround += o.turnaround;
    command_bus += o.command_bus;
    refresh += o.refresh;
    idle += o.idle;
    return *this;
  }
  bool operator==(const DramTimeUse&) const = default;
};

/// Latency of device bursts of one direction, from entering the queue to the last data beat, in clocks. Empty
/// without DramOptions::latency_detail. Queueing is what the other three do not explain.
struct BurstLatency {
  LatencyHistogram undisturbed;  ///< bursts that met an open row and no refresh: queueing and transfer only
  LatencyHistogram disturbed;    ///< the others
  LatencyHistogram queueing;     ///< of the disturbed ones: waiting for the queue's order and the bus
  LatencyHistogram preparation;  ///< of the disturbed ones: precharge and activate of their bank
  LatencyHistogram refresh;      ///< of the disturbed ones: refresh in progress
  Cycles transfer{0};            ///< column command to last data beat, the same for all

  [[nodiscard]] LatencyHistogram total() const;
  [[nodiscard]] LatencyHistogram all_queueing() const;
  /// Share of preparation or refresh in the mean over all bursts, and its quantile over all bursts.
  [[nodiscard]] double mean_over_all(const LatencyHistogram& part) const;
  [[nodiscard]] std::int64_t quantile_over_all(const LatencyHistogram& part, double q) const;
};

/// What a channel did so far (everything committed).
struct DramStats {
  std::int64_t read_bursts = 0;
  std::int64_t write_bursts = 0;
  std::int64_t activates = 0;
  std::int64_t precharges = 0;  ///< of single banks
  std::int64_t precharges_all = 0;
  std::int64_t refreshes = 0;
  std::int64_t row_misses = 0;    ///< bursts for which a row had to be opened
  std::int64_t transactions = 0;  ///< reported complete
  Cycles transaction_latency{0};  ///< summed, arrival to last data beat
  Cycles last_data{0};            ///< end of the last data beat
  DramTimeUse time;
  BurstLatency read_latency;
  BurstLatency write_latency;

  [[nodiscard]] std::int64_t bursts() const { return read_bursts + write_bursts; }
  /// Share of bursts that found their row open; 0 without bursts.
  [[nodiscard]] double row_hit_rate() const {
    return bursts() == 0 ? 0.0 : 1.0 - static_cast<double>(row_misses) / static_cast<double>(bursts());
  }
};

}  // namespace statelane
