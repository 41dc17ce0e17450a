// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "models/base/units.h"

namespace statelane {

/// Timing constraints of a DRAM in clocks of its command clock (CK), as the standards name them. Where a
/// command takes several clocks, every constraint counts from its last clock (JESD209-4 and JESD235 measure
/// there). tRAS etc. follow JESD79-3 (DDR3), JESD79-4 (DDR4), JESD209-4 (LPDDR4), JESD235 (HBM).
struct DramTimings {
  Cycles rl{22};         ///< read latency CL/RL: read command to first data
  Cycles dqsck{0};       ///< data output delay after RL (LPDDR4 tDQSCK); it adds to the latency only
  Cycles wl{16};         ///< write latency CWL/WL: write command to first data
  Cycles dqss{0};        ///< extra clocks before the write data of LPDDR4 (tDQSS), in tWR and tWTR
  Cycles burst{4};       ///< clocks one burst occupies the data bus: burst length / 2
  Cycles rcd_read{22};   ///< tRCD, ACT to read
  Cycles rcd_write{22};  ///< ACT to write (HBM2 has its own)
  Cycles rp{22};         ///< tRP, precharge of one bank to ACT
  Cycles rp_all{22};     ///< all-bank precharge to ACT or refresh
  Cycles ras{52};        ///< tRAS, ACT to precharge
  Cycles rc{74};         ///< tRC, ACT to ACT of one bank
  Cycles rrd_s{4};       ///< ACT to ACT, other bank group
  Cycles rrd_l{8};       ///< ACT to ACT, same bank group
  Cycles faw{34};        ///< window that holds at most four ACTs
  Cycles ccd_s{4};       ///< column command to the next of its direction, other bank group
  Cycles ccd_l{8};       ///< the same, same bank group
  Cycles wr{24};         ///< end of write data to precharge
  Cycles wtr_s{4};       ///< end of write data to read, other bank group
  Cycles wtr_l{12};      ///< end of write data to read, same bank group
  Cycles rtp{12};        ///< read to precharge
  Cycles rtw{12};        ///< read command to write command
  Cycles ppd{0};         ///< precharge to precharge of another bank (LPDDR4 tPPD)
  Cycles refi{12480};    ///< mean refresh interval
  Cycles rfc{560};       ///< refresh to ACT
  bool operator==(const DramTimings&) const = default;
};

/// Clocks each command occupies its command bus, and whether row and column commands have a bus each (HBM).
struct DramCommandBus {
  Cycles activate{1};
  Cycles column{1};  ///< read or write
  Cycles precharge{1};
  Cycles refresh{1};
  bool separate_row_column = false;
  bool operator==(const DramCommandBus&) const = default;
};

/// Geometry of one channel (all devices of the rank together). All counts are powers of two.
struct DramGeometry {
  std::int64_t bank_groups = 4;
  std::int64_t banks_per_group = 4;
  std::int64_t rows = 65536;
  Bytes row{8192};  ///< bytes of a row over the whole channel
  Bytes burst{64};  ///< bytes one column command moves

  [[nodiscard]] constexpr std::int64_t banks() const { return bank_groups * banks_per_group; }
  [[nodiscard]] constexpr Bytes capacity() const { return row * (rows * banks()); }
  bool operator==(const DramGeometry&) const = default;
};

enum class RowPolicy : std::uint8_t {
  open,    ///< a row stays open until a waiting request needs another row of its bank
  closed,  ///< a row is closed as soon as no queued request hits it
};

/// Who may overtake whom on the way into the queues.
enum class IntakeOrder : std::uint8_t {
  per_direction,  ///< reads and writes enter independently, each in order (AXI: separate AR and AW channels)
  in_order,       ///< one order for all: a request that finds its queue full blocks those behind it
};

/// The memory controller: FR-FCFS over a read and a write queue of device bursts.
struct ControllerPolicy {
  std::string map = "bgil";      ///< address map, a name or a field list; see AddressMap
  std::int64_t read_queue = 32;  ///< entries, one device burst each
  std::int64_t write_queue = 32;
  double drain_high = 0.8;  ///< writes are served once the write queue is fuller than this ...
  double drain_low = 0.2;   ///< ... until it is emptier than this (or while no read waits)
  RowPolicy rows = RowPolicy::open;
  IntakeOrder intake = IntakeOrder::per_direction;
  bool refresh = true;  ///< all-bank refresh every tREFI
  std::string source;   ///< where map and depths come from
  bool operator==(const ControllerPolicy&) const = default;
};

/// Energy of one channel beyond its background power, by command. All chips of the channel together.
struct DramEnergy {
  Joules activate{0};   ///< one ACT and the precharge that ends it
  Joules read{0};       ///< one read burst
  Joules write{0};      ///< one write burst
  Joules refresh{0};    ///< one all-bank refresh
  Watts background{0};  ///< standby power with rows open
  std::string source;   ///< where the figures come from and what they leave out
  bool operator==(const DramEnergy&) const = default;
};

/// Supply currents of one chip as data sheets give them, from which energies follow (see energy_of()).
struct DramCurrents {
  std::int64_t chips = 8;  ///< of the channel (rank)
  double volts = 1.2;      ///< VDD
  double idd0 = 0;         ///< mA, ACT and PRE in a loop of tRC
  double idd2n = 0;        ///< mA, standby, all banks closed
  double idd3n = 0;        ///< mA, standby, rows open
  double idd4r = 0;        ///< mA, reading without gap
  double idd4w = 0;        ///< mA, writing without gap
  double idd5b = 0;        ///< mA, refreshing without gap
  std::string source;
  bool operator==(const DramCurrents&) const = default;
};

/// One DRAM channel: a device (or a rank of them) and its controller. The defaults are DDR4-3200.
struct DramSpec {
  std::string name;
  std::string device;              ///< in words
  std::string source;              ///< where the timings come from
  Seconds clock_period{0.625e-9};  ///< tCK
  DramTimings timings;
  DramCommandBus commands;
  DramGeometry geometry;
  ControllerPolicy controller;
  DramEnergy energy;  ///< used where `currents` is unset
  std::optional<DramCurrents> currents;
  bool operator==(const DramSpec&) const = default;

  [[nodiscard]] Hertz clock() const { return Hertz(1.0 / clock_period.count()); }
  /// Bytes over the data bus with no gap.
  [[nodiscard]] BytesPerSecond peak() const {
    return BytesPerSecond(static_cast<double>(geometry.burst.count()) /
                          static_cast<double>(timings.burst.count()) / clock_period.count());
  }
};

}  // namespace statelane
