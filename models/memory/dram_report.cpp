// SPDX-License-Identifier: Apache-2.0
#include "models/memory/dram_report.h"

namespace statelane {
namespace {

JsonValue distribution(const LatencyHistogram& h) {
  JsonValue j = JsonValue::object();
  j.set("mean", h.mean()).set("p50", h.quantile(0.5)).set("p95", h.quantile(0.95));
  return j.set("p99", h.quantile(0.99)).set("max", h.max());
}

JsonValue part(const BurstLatency& l, const LatencyHistogram& h) {
  return JsonValue::object().set("mean", l.mean_over_all(h)).set("p99", l.quantile_over_all(h, 0.99));
}

JsonValue split(const BurstLatency& l) {
  const LatencyHistogram queueing = l.all_queueing();
  JsonValue j = JsonValue::object();
  j.set("queueing", JsonValue::object().set("mean", queueing.mean()).set("p99", queueing.quantile(0.99)));
  j.set("bank_preparation", part(l, l.preparation));
  j.set("transfer", JsonValue::object()
                        .set("mean", static_cast<double>(l.transfer.count()))
                        .set("p99", l.transfer.count()));
  return j.set("refresh", part(l, l.refresh));
}

}  // namespace

std::array<DramTimeShare, 8> time_shares(const DramTimeUse& t) {
  const auto all = static_cast<double>(t.total().count());
  const auto share = [&](Cycles c) { return all > 0 ? static_cast<double>(c.count()) / all : 0.0; };
  return {{{"bus", share(t.bus)},
           {"bank_group", share(t.bank_group)},
           {"activate_window", share(t.activate_window)},
           {"bank_conflict", share(t.bank_conflict)},
           {"turnaround", share(t.turnaround)},
           {"command_bus", share(t.command_bus)},
           {"refresh", share(t.refresh)},
           {"idle", share(t.idle)}}};
}

void add_dram_stats(const DramStats& s, JsonValue& json) {
  json.set("row_hit_rate", s.row_hit_rate());
  const LatencyHistogram reads = s.read_latency.total(), writes = s.write_latency.total();
  if (reads.count() + writes.count() > 0 || s.bursts() == 0) {
    json.set("read_latency_cycles", distribution(reads));
    json.set("read_latency_split_cycles", split(s.read_latency));
    json.set("write_latency_cycles", distribution(writes));
  }
  JsonValue bound = JsonValue::object();
  for (const DramTimeShare& use : time_shares(s.time)) bound.set(use.name, use.share);
  json.set("bound_by", std::move(bound));
  JsonValue commands = JsonValue::object();
  commands.set("activate", s.activates).set("read", s.read_bursts).set("write", s.write_bursts);
  commands.set("precharge", s.precharges).set("precharge_all", s.precharges_all).set("refresh", s.refreshes);
  json.set("commands", std::move(commands));
}

}  // namespace statelane
