// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <rapidcheck.h>

#include <algorithm>
#include <string>
#include <tuple>
#include <vector>

#include "models/base/catalog.h"
#include "models/memory/memory_config.h"
#include "sim/dram/dram_channel.h"
#include "tests/source_folder.h"

namespace statelane::test {

inline const std::vector<std::string>& preset_names() {
  static const std::vector<std::string> names = {"ddr3-1866",   "ddr4-2400", "ddr4-3200", "lpddr4-3733",
                                                 "lpddr4-4266", "hbm2",      "hbm2e"};
  return names;
}

inline DramSpec preset(const std::string& name) {
  Diagnostics diagnostics;
  const Catalog catalog({source_folder() + "/configs"});
  const std::optional<DramSpec> spec = load_memory(catalog, name, diagnostics);
  if (!spec) throw std::runtime_error(diagnostics.text());
  return *spec;
}

/// A memory with any map and policy, and traffic for it.
struct Scenario {
  DramSpec spec;
  std::vector<DramTransaction> traffic;  ///< arrivals rise (per direction, or over all where in order)
};

inline void random_policy(DramSpec& spec) {
  spec.controller.map = *rc::gen::element<std::string>("bgil", "rbc", "vbgo", "rcb", "brc", "rgbcg",
                                                       "bo,co(1),bg,co,ba,ro", "co,ro,ba,bg");
  if (spec.geometry.bank_groups == 1 && spec.controller.map.front() == 'b' && spec.controller.map[1] == 'o') {
    spec.controller.map = "rbc";
  }
  if (*rc::gen::inRange(0, 3) == 0) {
    spec.controller.read_queue = *rc::gen::inRange<std::int64_t>(1, 41);
    spec.controller.write_queue = *rc::gen::inRange<std::int64_t>(1, 41);
  }
  if (*rc::gen::inRange(0, 5) == 0) spec.controller.rows = RowPolicy::closed;
  if (*rc::gen::inRange(0, 8) == 0) spec.controller.refresh = false;
  spec.controller.intake = *rc::gen::element(IntakeOrder::in_order, IntakeOrder::per_direction);
  // More frequent refresh, so that short traffic meets several.
  if (*rc::gen::inRange(0, 3) == 0) {
    const std::int64_t least = (spec.timings.rp_all + spec.timings.rfc + spec.timings.rcd_read).count() + 200;
    spec.timings.refi = Cycles(*rc::gen::inRange<std::int64_t>(least, least + 3000));
  }
}

inline Scenario random_scenario(int most_transactions) {
  Scenario s;
  s.spec = preset(*rc::gen::elementOf(preset_names()));
  random_policy(s.spec);
  const bool in_order = s.spec.controller.intake == IntakeOrder::in_order;
  const auto capacity = static_cast<std::uint64_t>(s.spec.geometry.capacity().count());
  const int style = *rc::gen::inRange(0, 4);
  const int writes = *rc::gen::inRange(0, 4);
  const int count = *rc::gen::inRange(1, most_transactions);
  const auto any_address = rc::gen::inRange<std::uint64_t>(0, capacity);
  std::uint64_t next[2] = {*any_address, *any_address};
  std::int64_t arrival[2] = {0, 0};
  for (int i = 0; i < count; ++i) {
    DramTransaction t;
    t.id = static_cast<std::uint64_t>(i);
    t.write = writes == 1   ? *rc::gen::arbitrary<bool>()
              : writes == 2 ? *rc::gen::inRange(0, 10) == 0
                            : writes == 3 && (i / 7) % 2 == 1;
    const int d = t.write ? 1 : 0;
    if (style == 0) {  // single accesses anywhere
      t.address = *any_address;
    } else if (style == 1) {  // one stream a direction
      t.address = next[d];
      t.bytes = Bytes(*rc::gen::inRange<std::int64_t>(1, 8193));
      next[d] += static_cast<std::uint64_t>(t.bytes.count());
    } else if (style == 2) {  // large strides
      next[0] += 8192 * *rc::gen::inRange<std::uint64_t>(0, 5);
      t.address = next[0];
      t.bytes = Bytes(*rc::gen::inRange<std::int64_t>(1, 600));
    } else {  // blocks in a small region: much reuse of rows
      t.address = *rc::gen::inRange<std::uint64_t>(0, 1 << 20);
      t.bytes = Bytes(*rc::gen::inRange<std::int64_t>(1, 4097));
    }
    std::int64_t& clock = arrival[in_order ? 0 : d];
    if (*rc::gen::inRange(0, 5) == 0) clock += *rc::gen::inRange<std::int64_t>(0, 400);
    if (*rc::gen::inRange(0, 25) == 0) clock += *rc::gen::inRange<std::int64_t>(0, 20000);
    t.arrival = Cycles(clock);
    if (*rc::gen::inRange(0, 10) == 0) t.pace = Cycles(*rc::gen::inRange<std::int64_t>(0, 20));
    s.traffic.push_back(t);
  }
  return s;
}

struct RunResult {
  std::vector<DramCompletion> completions;
  CommandLog log;
  DramStats stats;
};

/// All transactions known from the start.
inline RunResult run_offline(const Scenario& s, bool batch) {
  RunResult r;
  DramOptions options;
  options.batch = batch;
  options.log = &r.log;
  DramChannel channel(s.spec, options);
  for (const DramTransaction& t : s.traffic) channel.enqueue(t);
  channel.finish(r.completions);
  r.stats = channel.stats();
  return r;
}

/// As a simulation does it: each transaction is enqueued when its arrival has come, time never runs ahead.
inline RunResult run_by_events(const Scenario& s) {
  RunResult r;
  DramOptions options;
  options.log = &r.log;
  DramChannel channel(s.spec, options);
  std::vector<DramTransaction> by_arrival = s.traffic;
  std::stable_sort(by_arrival.begin(), by_arrival.end(),
                   [](const DramTransaction& a, const DramTransaction& b) { return a.arrival < b.arrival; });
  for (const DramTransaction& t : by_arrival) {
    for (auto next = channel.next_event(); next && *next < t.arrival; next = channel.next_event()) {
      channel.advance(*next, r.completions);
    }
    channel.advance(t.arrival, r.completions);
    channel.enqueue(t);
  }
  while (const auto next = channel.next_event()) channel.advance(*next, r.completions);
  r.stats = channel.stats();
  return r;
}

/// In order of start (on separate buses two commands may share a clock), up to the last column command: row
/// commands after the last data depend on how far a run looks ahead.
inline CommandLog up_to_last_column(CommandLog log) {
  std::sort(log.begin(), log.end(), [](const CommandRecord& a, const CommandRecord& b) {
    return std::tuple(a.start, a.command, a.bank) < std::tuple(b.start, b.command, b.bank);
  });
  const auto is_column = [](const CommandRecord& r) {
    return r.command == DramCommand::read || r.command == DramCommand::write;
  };
  const auto last = std::find_if(log.rbegin(), log.rend(), is_column);
  const Cycles end = last == log.rend() ? Cycles(0) : last->start;
  std::erase_if(log,
                [&](const CommandRecord& r) { return r.start > end || (r.start == end && !is_column(r)); });
  return log;
}

}  // namespace statelane::test
