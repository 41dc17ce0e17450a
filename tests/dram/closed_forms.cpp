// SPDX-License-Identifier: Apache-2.0
#include "tests/dram/closed_forms.h"

#include <algorithm>

#include "models/memory/address_map.h"
#include "models/memory/dram_energy.h"

namespace statelane {
namespace {

double ratio(Cycles a, Cycles b) {
  return static_cast<double>(a.count()) / static_cast<double>(b.count());
}

// Extra clocks of the longer commands: constraints count from the last clock, latencies from the first.
Cycles extra(Cycles command) {
  return command - Cycles(1);
}

}  // namespace

double refresh_limit(const DramSpec& spec) {
  if (!spec.controller.refresh) return 1.0;
  const DramTimings& t = spec.timings;
  // From the last read before to the first read after, last clock to last clock: every command's own length
  // is inside these distances already.
  return 1.0 - ratio(t.rtp + t.rp_all + t.rfc + t.rcd_read, t.refi);
}

double bandwidth_bound(const DramSpec& spec) {
  if (!spec.controller.refresh) return 1.0;
  // Between the refresh command and the first activate after it nothing moves but data already under way.
  return 1.0 - ratio(spec.timings.rfc + spec.timings.rcd_read, spec.timings.refi);
}

double stream_share(const DramSpec& spec) {
  const AddressMap map(spec.controller.map, spec.geometry);
  const auto group = [&](std::int64_t lane) {
    return map.bank(static_cast<std::uint64_t>(lane)) &
           static_cast<std::int32_t>(spec.geometry.bank_groups - 1);
  };
  const DramTimings& t = spec.timings;
  // After how many bursts does a bank group come round?
  const std::int64_t lanes = std::int64_t{1} << map.lane_bits();
  std::int64_t round = 1;
  while (round < lanes && group(round) != group(0)) ++round;
  const Cycles distance = std::max(t.ccd_s, Cycles(ceil_div(t.ccd_l.count(), round)));
  // Where the next row lies in the same bank, nothing hides its opening.
  const std::uint64_t stretch = std::uint64_t{1} << map.stretch_bits();
  const bool same_bank = lanes == 1 && map.bank(stretch) == map.bank(0);
  const Cycles opening = same_bank ? t.rtp + t.rp + t.rcd_read - distance : Cycles(0);
  const Cycles moving = distance * static_cast<std::int64_t>(stretch);
  return refresh_limit(spec) * ratio(t.burst, distance) * ratio(moving, moving + opening);
}

double random_share(const DramSpec& spec) {
  const DramTimings& t = spec.timings;
  const double per_activate =
      std::max(static_cast<double>(t.rrd_s.count()), static_cast<double>(t.faw.count()) / 4.0);
  return std::min(1.0, 0.97 * refresh_limit(spec) * static_cast<double>(t.burst.count()) / per_activate);
}

Cycles latency_hit(const DramSpec& spec) {
  const DramTimings& t = spec.timings;
  return extra(spec.commands.column) + t.rl + t.dqsck + t.burst;
}

Cycles latency_closed(const DramSpec& spec) {
  // ACT counts from its last clock to the column command's last clock.
  return latency_hit(spec) + extra(spec.commands.activate) - extra(spec.commands.column) +
         spec.timings.rcd_read;
}

Cycles latency_conflict(const DramSpec& spec) {
  return latency_closed(spec) + extra(spec.commands.precharge) - extra(spec.commands.activate) +
         spec.timings.rp;
}

Joules stream_energy_per_bit(const DramSpec& spec, double share) {
  const DramEnergy e = energy_of(spec);
  const double burst_bits = static_cast<double>(spec.geometry.burst.count()) * 8.0;
  const double row_bits = static_cast<double>(spec.geometry.row.count()) * 8.0;
  const double bits_per_second = spec.peak().count() * 8.0 * share;
  const double refreshes_per_second =
      1.0 / (static_cast<double>(spec.timings.refi.count()) * spec.clock_period.count());
  return Joules(e.activate.count() / row_bits + e.read.count() / burst_bits +
                (e.background.count() + e.refresh.count() * refreshes_per_second) / bits_per_second);
}

}  // namespace statelane
