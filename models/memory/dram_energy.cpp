// SPDX-License-Identifier: Apache-2.0
#include "models/memory/dram_energy.h"

namespace statelane {

DramEnergy energy_of(const DramSpec& spec) {
  if (!spec.currents) return spec.energy;
  const DramCurrents& i = *spec.currents;
  const double tck = spec.clock_period.count();
  const double watts_per_ma = 1e-3 * i.volts * static_cast<double>(i.chips);
  const auto seconds = [tck](Cycles c) { return static_cast<double>(c.count()) * tck; };
  const DramTimings& t = spec.timings;
  const double standby = i.idd3n * seconds(t.ras) + i.idd2n * seconds(t.rc - t.ras);
  DramEnergy e;
  e.activate = Joules((i.idd0 * seconds(t.rc) - standby) * watts_per_ma);
  e.read = Joules((i.idd4r - i.idd3n) * seconds(t.burst) * watts_per_ma);
  e.write = Joules((i.idd4w - i.idd3n) * seconds(t.burst) * watts_per_ma);
  e.refresh = Joules((i.idd5b - i.idd3n) * seconds(t.rfc) * watts_per_ma);
  e.background = Watts(i.idd3n * watts_per_ma);
  e.source = i.source;
  return e;
}

DramEnergyUse energy_use(const DramEnergy& e, const DramActivity& a) {
  DramEnergyUse u;
  u.activate = e.activate * static_cast<double>(a.activates);
  u.read = e.read * static_cast<double>(a.read_bursts);
  u.write = e.write * static_cast<double>(a.write_bursts);
  u.refresh = e.refresh * static_cast<double>(a.refreshes);
  u.background = e.background * a.time;
  return u;
}

}  // namespace statelane
