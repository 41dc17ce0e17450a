// SPDX-License-Identifier: Apache-2.0
#include "models/memory/dram_fields.h"

#include "models/memory/dram_check.h"

namespace statelane {
namespace {

// The member a pointer such as "/timings/rp" names, or the nearest object above it.
SourcePosition position(const JsonValue& json, const std::string& pointer) {
  const JsonValue* at = &json;
  std::string_view rest(pointer);
  while (!rest.empty()) {
    rest.remove_prefix(1);
    const std::string_view key = rest.substr(0, rest.find('/'));
    rest.remove_prefix(key.size());
    const JsonValue* next = at->find(key);
    if (rest.empty() || next == nullptr) return at->where(key);
    at = next;
  }
  return at->where();
}

void check_memory(const DramSpec& spec, const JsonValue& json, Diagnostics& diagnostics) {
  for (const SpecProblem& p : check_spec(spec)) {
    diagnostics.error(position(json, p.member), p.message, p.found, p.allowed);
  }
  if (spec.currents && json.find("energy") != nullptr) {
    diagnostics.error(json.where("energy"), "energies follow from currents; give one of the two");
  }
}

}  // namespace

const Table<DramTimings>& Describe<DramTimings>::table() {
  using M = DramTimings;
  static const Table<M> t =
      Table<M>("dram_timings", "Timing constraints in clocks of the command clock.")
          .field("rl", &M::rl, "Read latency CL/RL, read to first data")
          .range(Cycles(1), Cycles(100000))
          .required()
          .sweepable()
          .field("dqsck", &M::dqsck, "Data output delay after RL (LPDDR4 tDQSCK)")
          .range(Cycles(0), Cycles(100000))
          .sweepable()
          .field("wl", &M::wl, "Write latency CWL/WL")
          .range(Cycles(1), Cycles(100000))
          .required()
          .sweepable()
          .field("dqss", &M::dqss, "Clocks before LPDDR4 write data (tDQSS)")
          .range(Cycles(0), Cycles(100000))
          .sweepable()
          .field("burst", &M::burst, "Clocks of data of one burst")
          .range(Cycles(1), Cycles(100000))
          .required()
          .sweepable()
          .field("rcd_read", &M::rcd_read, "tRCD, activate to read")
          .range(Cycles(1), Cycles(100000))
          .required()
          .sweepable()
          .field("rcd_write", &M::rcd_write, "Activate to write")
          .range(Cycles(1), Cycles(100000))
          .required()
          .sweepable()
          .field("rp", &M::rp, "tRP, precharge of a bank to activate")
          .range(Cycles(1), Cycles(100000))
          .required()
          .sweepable()
          .field("rp_all", &M::rp_all, "All-bank precharge to activate or refresh")
          .range(Cycles(1), Cycles(100000))
          .required()
          .sweepable()
          .field("ras", &M::ras, "tRAS, activate to precharge")
          .range(Cycles(1), Cycles(100000))
          .required()
          .sweepable()
          .field("rc", &M::rc, "tRC, activate to activate of one bank")
          .range(Cycles(1), Cycles(100000))
          .required()
          .sweepable()
          .field("rrd_s", &M::rrd_s, "tRRD_S, activates of different bank groups")
          .range(Cycles(1), Cycles(100000))
          .required()
          .sweepable()
          .field("rrd_l", &M::rrd_l, "tRRD_L, activates of one bank group")
          .range(Cycles(1), Cycles(100000))
          .required()
          .sweepable()
          .field("faw", &M::faw, "tFAW, window of at most four activates")
          .range(Cycles(1), Cycles(100000))
          .required()
          .sweepable()
          .field("ccd_s", &M::ccd_s, "tCCD_S, column commands to different bank groups")
          .range(Cycles(1), Cycles(100000))
          .required()
          .sweepable()
          .field("ccd_l", &M::ccd_l, "tCCD_L, column commands to one bank group")
          .range(Cycles(1), Cycles(100000))
          .required()
          .sweepable()
          .field("wr", &M::wr, "tWR, end of write data to precharge")
          .range(Cycles(1), Cycles(100000))
          .required()
          .sweepable()
          .field("wtr_s", &M::wtr_s, "tWTR_S, end of write data to read, different bank groups")
          .range(Cycles(0), Cycles(100000))
          .required()
          .sweepable()
          .field("wtr_l", &M::wtr_l, "tWTR_L, end of write data to read, one bank group")
          .range(Cycles(0), Cycles(100000))
          .required()
          .sweepable()
          .field("rtp", &M::rtp, "tRTP, read to precharge")
          .range(Cycles(1), Cycles(100000))
          .required()
          .sweepable()
          .field("rtw", &M::rtw, "Read command to write command")
          .range(Cycles(1), Cycles(100000))
          .required()
          .sweepable()
          .field("ppd", &M::ppd, "tPPD, precharge to precharge (LPDDR4)")
          .range(Cycles(0), Cycles(100000))
          .sweepable()
          .field("refi", &M::refi, "tREFI, refresh interval")
          .range(Cycles(1), Cycles(10000000))
          .required()
          .sweepable()
          .field("rfc", &M::rfc, "tRFC, refresh to activate")
          .range(Cycles(1), Cycles(100000))
          .required()
          .sweepable();
  return t;
}

const Table<DramCommandBus>& Describe<DramCommandBus>::table() {
  using M = DramCommandBus;
  static const Table<M> t = Table<M>("dram_commands", "Clocks a command occupies its command bus.")
                                .field("activate", &M::activate, "Activate")
                                .range(Cycles(1), Cycles(8))
                                .field("column", &M::column, "Read or write")
                                .range(Cycles(1), Cycles(8))
                                .field("precharge", &M::precharge, "Precharge")
                                .range(Cycles(1), Cycles(8))
                                .field("refresh", &M::refresh, "Refresh")
                                .range(Cycles(1), Cycles(8))
                                .field("separate_row_column", &M::separate_row_column,
                                       "Row and column commands have a bus each (HBM)");
  return t;
}

const Table<DramGeometry>& Describe<DramGeometry>::table() {
  using M = DramGeometry;
  static const Table<M> t = Table<M>("dram_geometry", "Geometry of one channel, all its chips together.")
                                .field("bank_groups", &M::bank_groups, "Bank groups")
                                .range(1, 16)
                                .required()
                                .field("banks_per_group", &M::banks_per_group, "Banks in a group")
                                .range(1, 64)
                                .required()
                                .field("rows", &M::rows, "Rows of a bank")
                                .range(1, 16777216)
                                .required()
                                .field("row", &M::row, "Size of a row")
                                .range(Bytes(32), Bytes(1048576))
                                .required()
                                .field("burst", &M::burst, "Bytes a column command moves")
                                .range(Bytes(8), Bytes(4096))
                                .required();
  return t;
}

const Table<ControllerPolicy>& Describe<ControllerPolicy>::table() {
  using M = ControllerPolicy;
  static const Table<M> t =
      Table<M>("dram_controller", "The memory controller: first-ready, first-come first-served.")
          .field("map", &M::map, "Address map: a known name, or fields from bit 0 up: bo,bg(1),co,bg,ba,ro")
          .sweepable()
          .field("read_queue", &M::read_queue, "Entries for reads, one device burst each")
          .range(1, 1024)
          .sweepable()
          .field("write_queue", &M::write_queue, "Entries for writes")
          .range(1, 1024)
          .sweepable()
          .field("drain_high", &M::drain_high, "Share of the write queue above which writes are served")
          .range(0.0, 1.0)
          .sweepable()
          .field("drain_low", &M::drain_low, "Share below which reads are served again")
          .range(0.0, 1.0)
          .sweepable()
          .field("rows", &M::rows, "When rows are closed")
          .sweepable()
          .field("intake", &M::intake, "Who may overtake whom on the way into the queues")
          .sweepable()
          .field("refresh", &M::refresh, "All-bank refresh every tREFI")
          .field("source", &M::source, "Where map and depths come from");
  return t;
}

const Table<DramEnergy>& Describe<DramEnergy>::table() {
  using M = DramEnergy;
  static const Table<M> t =
      Table<M>("dram_energy", "Energy of one channel by command, beyond its background power.")
          .field("activate", &M::activate, "One activate with its precharge")
          .min(Joules(0))
          .field("read", &M::read, "One read burst")
          .min(Joules(0))
          .field("write", &M::write, "One write burst")
          .min(Joules(0))
          .field("refresh", &M::refresh, "One all-bank refresh")
          .min(Joules(0))
          .field("background", &M::background, "Standby power with rows open")
          .min(Watts(0))
          .field("source", &M::source, "Where the figures come from and what they leave out")
          .required();
  return t;
}

const Table<DramCurrents>& Describe<DramCurrents>::table() {
  using M = DramCurrents;
  static const Table<M> t =
      Table<M>("dram_currents", "Supply currents of one chip in mA, as its data sheet gives them.")
          .field("chips", &M::chips, "Chips of the channel")
          .range(1, 64)
          .required()
          .field("volts", &M::volts, "VDD in V")
          .range(0.1, 5.0)
          .required()
          .field("idd0", &M::idd0, "One bank activated and precharged in a loop of tRC")
          .range(0.0, 10000.0)
          .required()
          .field("idd2n", &M::idd2n, "Standby, all banks closed")
          .range(0.0, 10000.0)
          .required()
          .field("idd3n", &M::idd3n, "Standby, rows open")
          .range(0.0, 10000.0)
          .required()
          .field("idd4r", &M::idd4r, "Reading without gap")
          .range(0.0, 10000.0)
          .required()
          .field("idd4w", &M::idd4w, "Writing without gap")
          .range(0.0, 10000.0)
          .required()
          .field("idd5b", &M::idd5b, "Refreshing without gap")
          .range(0.0, 10000.0)
          .required()
          .field("source", &M::source, "The data sheet")
          .required();
  return t;
}

const Table<DramSpec>& Describe<DramSpec>::table() {
  using M = DramSpec;
  static const Table<M> t =
      Table<M>("memory", "One channel of off-chip memory and its controller.")
          .field("name", &M::name, "Name of the memory; left out, the file's")
          .field("device", &M::device, "The device, in words")
          .field("source", &M::source, "Where the timings come from")
          .field("clock_period", &M::clock_period, "tCK, period of the command clock")
          .range(Seconds(0.1e-9), Seconds(100e-9))
          .required()
          .field("timings", &M::timings, "Timing constraints")
          .required()
          .field("commands", &M::commands, "Command bus")
          .field("geometry", &M::geometry, "Geometry")
          .required()
          .field("controller", &M::controller, "Controller")
          .field("energy", &M::energy, "Energies, where no currents are given")
          .field("currents", &M::currents, "Supply currents, from which energies follow")
          .check(check_memory);
  return t;
}

}  // namespace statelane
