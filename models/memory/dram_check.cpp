// SPDX-License-Identifier: Apache-2.0
#include "models/memory/dram_check.h"

#include <bit>
#include <stdexcept>

#include "models/memory/address_map.h"

namespace statelane {
namespace {

class Checker {
 public:
  explicit Checker(std::vector<SpecProblem>& problems) : problems_(problems) {}

  void at_least(const std::string& member, Cycles value, Cycles bound, const std::string& why) {
    if (value < bound) add(member, why, value.count(), "at least " + std::to_string(bound.count()));
  }
  void power_of_two(const std::string& member, std::int64_t value, std::int64_t largest) {
    const bool good =
        value >= 1 && std::has_single_bit(static_cast<std::uint64_t>(value)) && value <= largest;
    if (!good) add(member, "must be a power of two", value, "1, 2, 4 ... " + std::to_string(largest));
  }
  void add(const std::string& member, const std::string& message, std::int64_t found, std::string allowed) {
    problems_.push_back({member, message, std::to_string(found), std::move(allowed)});
  }
  void add(const std::string& member, const std::string& message) {
    problems_.push_back({member, message, {}, {}});
  }

 private:
  std::vector<SpecProblem>& problems_;
};

void check_timings(const DramTimings& t, Checker& c) {
  const Cycles one(1), none(0);
  for (const auto& [name, value] : {std::pair<const char*, Cycles>{"rl", t.rl},
                                    {"wl", t.wl},
                                    {"burst", t.burst},
                                    {"rcd_read", t.rcd_read},
                                    {"rcd_write", t.rcd_write},
                                    {"rp", t.rp},
                                    {"rp_all", t.rp_all},
                                    {"ras", t.ras},
                                    {"rc", t.rc},
                                    {"rrd_s", t.rrd_s},
                                    {"rrd_l", t.rrd_l},
                                    {"faw", t.faw},
                                    {"ccd_s", t.ccd_s},
                                    {"ccd_l", t.ccd_l},
                                    {"wr", t.wr},
                                    {"rtp", t.rtp},
                                    {"rtw", t.rtw},
                                    {"refi", t.refi},
                                    {"rfc", t.rfc}}) {
    c.at_least(std::string("/timings/") + name, value, one, "must be positive");
  }
  for (const auto& [name, value] : {std::pair<const char*, Cycles>{"dqsck", t.dqsck},
                                    {"dqss", t.dqss},
                                    {"wtr_s", t.wtr_s},
                                    {"wtr_l", t.wtr_l},
                                    {"ppd", t.ppd}}) {
    c.at_least(std::string("/timings/") + name, value, none, "must not be negative");
  }
  c.at_least("/timings/rp_all", t.rp_all, t.rp, "closing all banks cannot be faster than closing one (rp)");
  c.at_least("/timings/ras", t.ras, t.rcd_read, "a row cannot close before it may be read (rcd_read)");
  c.at_least("/timings/rc", t.rc, t.ras + t.rp, "tRC is at least tRAS + tRP");
  c.at_least("/timings/rrd_l", t.rrd_l, t.rrd_s, "tRRD_L is at least tRRD_S");
  c.at_least("/timings/ccd_l", t.ccd_l, t.ccd_s, "tCCD_L is at least tCCD_S");
  c.at_least("/timings/ccd_s", t.ccd_s, t.burst, "column commands cannot follow closer than their data");
  c.at_least("/timings/wtr_l", t.wtr_l, t.wtr_s, "tWTR_L is at least tWTR_S");
  c.at_least("/timings/faw", t.faw, t.rrd_s, "the four-activate window is at least tRRD_S");
  c.at_least("/timings/rtw", t.rtw + t.wl + t.dqss, t.rl + t.dqsck + t.burst,
             "tRTW + WL must leave the read data (RL + burst) off the bus first");
  c.at_least("/timings/refi", t.refi, t.rp_all + t.rfc + t.rcd_read + one,
             "a refresh (tRP + tRFC + tRCD) must fit into its interval");
}

}  // namespace

std::vector<SpecProblem> check_spec(const DramSpec& spec) {
  std::vector<SpecProblem> problems;
  Checker c(problems);
  if (!(spec.clock_period.count() > 0)) c.add("/clock_period", "must be positive");
  check_timings(spec.timings, c);
  const DramCommandBus& bus = spec.commands;
  const Cycles one(1);
  c.at_least("/commands/activate", bus.activate, one, "a command takes at least a clock");
  c.at_least("/commands/column", bus.column, one, "a command takes at least a clock");
  c.at_least("/commands/precharge", bus.precharge, one, "a command takes at least a clock");
  c.at_least("/commands/refresh", bus.refresh, one, "a command takes at least a clock");
  c.at_least("/timings/ccd_s", spec.timings.ccd_s, bus.column, "the command bus is slower than tCCD_S");

  const DramGeometry& g = spec.geometry;
  const std::size_t before = problems.size();
  c.power_of_two("/geometry/bank_groups", g.bank_groups, 16);
  c.power_of_two("/geometry/banks_per_group", g.banks_per_group, 64);
  c.power_of_two("/geometry/rows", g.rows, std::int64_t{1} << 24);
  c.power_of_two("/geometry/row", g.row.count(), std::int64_t{1} << 20);
  c.power_of_two("/geometry/burst", g.burst.count(), 4096);
  if (problems.size() == before && g.banks() > 64) {
    c.add("/geometry/banks_per_group", "too many banks", g.banks(), "at most 64 banks");
  }
  if (problems.size() == before && g.row < g.burst) {
    c.add("/geometry/row", "a row holds at least one burst", g.row.count(), std::to_string(g.burst.count()));
  }

  const ControllerPolicy& p = spec.controller;
  for (const auto& [name, entries] :
       {std::pair<const char*, std::int64_t>{"read_queue", p.read_queue}, {"write_queue", p.write_queue}}) {
    if (entries < 1 || entries > 1024) {
      c.add(std::string("/controller/") + name, "is no possible queue depth", entries, "1 to 1024");
    }
  }
  if (!(p.drain_low >= 0.0 && p.drain_low <= p.drain_high && p.drain_high < 1.0)) {
    c.add("/controller/drain_low", "drain marks must satisfy 0 <= drain_low <= drain_high < 1");
  }
  if (problems.size() == before) {
    try {
      (void)AddressMap(p.map, g);
    } catch (const std::invalid_argument& e) {
      c.add("/controller/map", e.what());
    }
  }
  return problems;
}

void require_valid(const DramSpec& spec) {
  const std::vector<SpecProblem> problems = check_spec(spec);
  if (problems.empty()) return;
  std::string text = "memory '" + spec.name + "':";
  for (const SpecProblem& p : problems) {
    text += " " + p.member + ": " + p.message;
    if (!p.found.empty()) text += " (found " + p.found + ", allowed " + p.allowed + ")";
    text += ";";
  }
  throw std::invalid_argument(text);
}

}  // namespace statelane
