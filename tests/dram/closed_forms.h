// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/base/units.h"
#include "models/memory/dram_spec.h"

namespace statelane {

/// Closed forms of a channel, for tests of the timing core. Shares are of spec.peak().
/// Derivations in docs/memory.md.

/// Share of time left by refresh to a stream of reads: 1 - (tRTP + tRPab + tRFC + tRCD) / tREFI, each with
/// the extra clocks of commands that take several. 1 without refresh.
[[nodiscard]] double refresh_limit(const DramSpec& spec);

/// Share of peak a long stream of reads reaches: the refresh limit where consecutive bursts alternate between
/// bank groups; times (burst clocks) / tCCD_L where they stay in one (a lower bound there, since the
/// controller mixes the end of one row with the beginning of the next); and, where the next row is in the
/// same bank, times n / (n + tRTP + tRP + tRCD - tCCD), n being the clocks one row's bursts take.
[[nodiscard]] double stream_share(const DramSpec& spec);

/// Never less than what any traffic can reach: 1 for an ideal bus, less the shortest refreshes.
[[nodiscard]] double bandwidth_bound(const DramSpec& spec);

/// Estimate for random single-burst reads with deep queues: 0.97 * refresh limit * burst /
/// max(tRRD_S, tFAW / 4) (the factor 0.97 is an observation on DDR4, not derived).
[[nodiscard]] double random_share(const DramSpec& spec);

/// Latency of a lone read, from acceptance to the end of its last data beat, when it finds its row open, its
/// bank closed, or another row open (idle long enough for tRAS and tRTP to have passed).
[[nodiscard]] Cycles latency_hit(const DramSpec& spec);
[[nodiscard]] Cycles latency_closed(const DramSpec& spec);
[[nodiscard]] Cycles latency_conflict(const DramSpec& spec);

/// Energy of a bit of a long stream of reads: every row opened once, read whole, at `share` of the peak
/// bandwidth (0..1], background and refresh included. In joules; 1e-12 is a picojoule.
[[nodiscard]] Joules stream_energy_per_bit(const DramSpec& spec, double share);

}  // namespace statelane
