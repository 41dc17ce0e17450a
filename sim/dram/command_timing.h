// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstdint>

#include "models/memory/dram_spec.h"

namespace statelane::dram {

inline constexpr int read = 0;  ///< index of a direction
inline constexpr int write = 1;

/// The constraints of a spec as clocks from the first bus clock of one command to the first bus clock of the
/// next. Constraints count from a command's last clock, so commands of different length shift them.
struct CommandTiming {
  explicit CommandTiming(const DramSpec& spec);

  std::int64_t act_to_column[2];  ///< tRCD by direction
  std::int64_t act_to_pre;        ///< tRAS
  std::int64_t act_to_act;        ///< tRC, one bank
  std::int64_t act_to_act_s;      ///< tRRD_S
  std::int64_t act_to_act_l;      ///< tRRD_L
  std::int64_t act_window;        ///< tFAW
  std::int64_t act_to_ref;
  std::int64_t pre_to_act;
  std::int64_t pre_to_pre;
  std::int64_t pre_to_ref;
  std::int64_t pre_all_to_act;
  std::int64_t pre_all_to_ref;
  std::int64_t column_to_pre[2];  ///< tRTP; WL + data + tWR
  std::int64_t column_s;          ///< tCCD_S, at least the data of a burst
  std::int64_t column_l;          ///< tCCD_L
  std::int64_t turn_s[2];         ///< from this direction to the other: tRTW; WL + data + tWTR_S
  std::int64_t turn_l[2];         ///< the same within a bank group
  std::int64_t ref_to_act;
  std::int64_t data_start[2];  ///< first bus clock of the command to the first data beat
  std::int64_t burst;          ///< clocks of data
  std::int64_t len_act, len_column, len_pre, len_ref;  ///< clocks on the command bus
  std::int64_t refresh_interval;
  bool separate_buses;

  /// Command to end of data.
  [[nodiscard]] std::int64_t data_end(int direction) const { return data_start[direction] + burst; }
};

inline CommandTiming::CommandTiming(const DramSpec& spec) {
  const DramTimings& t = spec.timings;
  const DramCommandBus& c = spec.commands;
  len_act = c.activate.count();
  len_column = c.column.count();
  len_pre = c.precharge.count();
  len_ref = c.refresh.count();
  const std::int64_t a = len_act - 1, k = len_column - 1, p = len_pre - 1, r = len_ref - 1;
  burst = t.burst.count();
  act_to_column[read] = t.rcd_read.count() + a - k;
  act_to_column[write] = t.rcd_write.count() + a - k;
  act_to_pre = t.ras.count() + a - p;
  act_to_act = t.rc.count();
  act_to_act_s = t.rrd_s.count();
  act_to_act_l = std::max(t.rrd_l, t.rrd_s).count();
  act_window = t.faw.count();
  act_to_ref = t.rc.count() + a - r;
  pre_to_act = t.rp.count() + p - a;
  pre_to_pre = t.ppd.count();
  pre_to_ref = t.rp.count() + p - r;
  pre_all_to_act = t.rp_all.count() + p - a;
  pre_all_to_ref = t.rp_all.count() + p - r;
  const std::int64_t write_end = (t.wl + t.dqss + t.burst).count();
  column_to_pre[read] = t.rtp.count() + k - p;
  column_to_pre[write] = write_end + t.wr.count() + k - p;
  column_s = std::max(t.ccd_s, t.burst).count();
  column_l = std::max(t.ccd_l.count(), column_s);
  turn_s[read] = turn_l[read] = t.rtw.count();
  turn_s[write] = write_end + t.wtr_s.count();
  turn_l[write] = write_end + std::max(t.wtr_l, t.wtr_s).count();
  ref_to_act = t.rfc.count() + r - a;
  data_start[read] = (t.rl + t.dqsck).count() + k;
  data_start[write] = (t.wl + t.dqss).count() + k;
  refresh_interval = t.refi.count();
  separate_buses = c.separate_row_column;
}

}  // namespace statelane::dram
