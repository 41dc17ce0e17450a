// SPDX-License-Identifier: Apache-2.0
#include "models/memory/dram_stats.h"

namespace statelane {

LatencyHistogram BurstLatency::total() const {
  LatencyHistogram all = undisturbed;
  all.add(disturbed);
  return all;
}

LatencyHistogram BurstLatency::all_queueing() const {
  LatencyHistogram all = queueing;
  all.add(undisturbed, -transfer.count());
  return all;
}

double BurstLatency::mean_over_all(const LatencyHistogram& part) const {
  const std::int64_t n = undisturbed.count() + disturbed.count();
  return n == 0 ? 0.0 : static_cast<double>(part.sum()) / static_cast<double>(n);
}

std::int64_t BurstLatency::quantile_over_all(const LatencyHistogram& part, double q) const {
  LatencyHistogram all = part;
  all.add(0, undisturbed.count());
  return all.quantile(q);
}

}  // namespace statelane
