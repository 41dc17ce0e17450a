// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <deque>
#include <map>
#include <utility>
#include <vector>

#include "models/memory/address_map.h"
#include "models/memory/dram_spec.h"
#include "sim/dram/command_log.h"
#include "sim/dram/dram_channel.h"

namespace statelane::test {

/// The same controller written the slow way, clock by clock, with every burst a queue entry of its own and
/// every constraint looked up in the history of commands. It shares no code with the timing core but the
/// address map, so that equal results mean something.
class ReferenceController {
 public:
  explicit ReferenceController(const DramSpec& spec)
      : s_(spec),
        map_(spec.controller.map, spec.geometry),
        banks_(static_cast<std::size_t>(s_.geometry.banks())) {}

  void enqueue(const DramTransaction& t) {
    const auto size = static_cast<std::uint64_t>(s_.geometry.burst.count());
    const std::uint64_t first = t.address / size,
                        last = (t.address + static_cast<std::uint64_t>(t.bytes.count()) - 1) / size;
    for (std::uint64_t b = first; b <= last; ++b) {
      const auto index = static_cast<std::int64_t>(b - first);
      line_.push_back({t, map_.locate(b), t.arrival.count() + index * t.pace.count(), 0, 0});
    }
    left_[t.id] = static_cast<std::int64_t>(last - first + 1);
  }

  /// Runs until everything is served.
  void run() {
    while (!line_.empty() || !queue_[0].empty() || !queue_[1].empty()) {
      step();
      ++now_;
    }
    std::sort(completions.begin(), completions.end(), [](const auto& a, const auto& b) {
      return std::pair(a.last_data, a.id) < std::pair(b.last_data, b.id);
    });
  }

  CommandLog log;
  std::vector<DramCompletion> completions;
  std::vector<std::int64_t> read_latencies;
  std::int64_t misses = 0;

 private:
  struct Entry {
    DramTransaction t;
    DramLocation at;
    std::int64_t arrival;
    std::int64_t accepted;
    std::int64_t age;
  };
  struct Bank {
    bool open = false;
    int row = 0;
    bool owed = false;
    int owed_direction = 0;
  };
  struct Issued {
    DramCommand command;
    int bank;
    std::int64_t at;  // last clock of the command
  };

  static std::int64_t never() { return -1'000'000'000; }
  [[nodiscard]] std::int64_t length(DramCommand c) const {
    switch (c) {
      case DramCommand::activate:
        return s_.commands.activate.count();
      case DramCommand::read:
      case DramCommand::write:
        return s_.commands.column.count();
      case DramCommand::refresh:
        return s_.commands.refresh.count();
      default:
        return s_.commands.precharge.count();
    }
  }
  [[nodiscard]] int group(int bank) const { return bank % static_cast<int>(s_.geometry.bank_groups); }

  // Minimum distance from an issued command to a new one, both counted at their last clocks.
  [[nodiscard]] std::int64_t distance(const Issued& a, DramCommand c, int bank) const {
    const DramTimings& t = s_.timings;
    const bool all = a.bank < 0 || bank < 0;
    const bool same_bank = all || a.bank == bank;
    const bool same_group = all || group(a.bank) == group(bank);
    const std::int64_t write_end = (t.wl + t.dqss + t.burst).count();
    using D = DramCommand;
    const bool pre = c == D::precharge || c == D::precharge_all;
    switch (a.command) {
      case D::activate:
        if (c == D::activate)
          return same_bank ? t.rc.count() : same_group ? t.rrd_l.count() : t.rrd_s.count();
        if (c == D::read && same_bank) return t.rcd_read.count();
        if (c == D::write && same_bank) return t.rcd_write.count();
        if (pre && same_bank) return t.ras.count();
        if (c == D::refresh) return t.rc.count();
        break;
      case D::read:
        if (c == D::read) return same_group ? t.ccd_l.count() : t.ccd_s.count();
        if (c == D::write) return t.rtw.count();
        if (pre && same_bank) return t.rtp.count();
        break;
      case D::write:
        if (c == D::write) return same_group ? t.ccd_l.count() : t.ccd_s.count();
        if (c == D::read) return write_end + (same_group ? t.wtr_l : t.wtr_s).count();
        if (pre && same_bank) return write_end + t.wr.count();
        break;
      case D::precharge:
      case D::precharge_all: {
        const std::int64_t rp = (a.command == D::precharge ? t.rp : t.rp_all).count();
        if (c == D::activate && same_bank) return rp;
        if (c == D::refresh) return rp;
        if (pre) return t.ppd.count();
        break;
      }
      case D::refresh:
        if (c == D::activate || c == D::refresh) return t.rfc.count();
        break;
    }
    return never();
  }

  [[nodiscard]] bool legal(DramCommand c, int bank) const {
    const std::int64_t at = now_ + length(c) - 1;
    int activates = 0;
    for (auto a = history_.rbegin(); a != history_.rend(); ++a) {
      if (at < a->at + distance(*a, c, bank)) return false;
      if (c == DramCommand::activate && a->command == DramCommand::activate && ++activates == 4 &&
          at < a->at + s_.timings.faw.count()) {
        return false;
      }
    }
    return true;
  }
  [[nodiscard]] bool bus_free(bool column) const {
    return now_ >= (s_.commands.separate_row_column ? bus_[column ? 1 : 0] : std::max(bus_[0], bus_[1]));
  }

  void issue(DramCommand c, int bank, int row) {
    const bool column = c == DramCommand::read || c == DramCommand::write;
    bus_[column ? 1 : 0] = now_ + length(c);
    history_.push_back({c, bank, now_ + length(c) - 1});
    while (history_.size() > 200) history_.pop_front();
    log.push_back({c, bank, row, Cycles(now_)});
  }

  void intake() {
    bool blocked[2] = {false, false};
    for (auto e = line_.begin(); e != line_.end();) {
      const int d = e->t.write ? 1 : 0;
      const auto room =
          static_cast<std::size_t>(d == 1 ? s_.controller.write_queue : s_.controller.read_queue);
      if (blocked[d] || queue_[d].size() >= room || e->arrival > now_) {
        blocked[d] = true;
        if (s_.controller.intake == IntakeOrder::in_order || blocked[1 - d]) break;
        ++e;
        continue;
      }
      e->accepted = now_;
      e->age = ages_++;
      queue_[d].push_back(*e);
      e = line_.erase(e);
    }
  }

  void update_mode() {
    const double writes = static_cast<double>(queue_[1].size());
    const double room = static_cast<double>(s_.controller.write_queue);
    if (mode_ == 0) {
      if (writes > s_.controller.drain_high * room || queue_[0].empty()) mode_ = 1;
    } else if (writes < s_.controller.drain_low * room && !queue_[0].empty()) {
      mode_ = 0;
    }
  }

  [[nodiscard]] Bank& bank(int b) { return banks_[static_cast<std::size_t>(b)]; }
  [[nodiscard]] bool hit(const Entry& e) { return bank(e.at.bank).open && bank(e.at.bank).row == e.at.row; }
  [[nodiscard]] bool hit_pending(int direction, int b) {
    return std::any_of(queue_[direction].begin(), queue_[direction].end(),
                       [&](const Entry& e) { return e.at.bank == b && hit(e); });
  }

  bool column_command() {
    if (!bus_free(true)) return false;
    for (const int d : {mode_, 1 - mode_}) {
      for (auto e = queue_[d].begin(); e != queue_[d].end(); ++e) {
        Bank& b = bank(e->at.bank);
        if (!hit(*e)) continue;
        const bool owed = b.owed && b.owed_direction == d;
        if ((d != mode_ || refreshing_) && !owed) continue;
        const DramCommand c = d == 1 ? DramCommand::write : DramCommand::read;
        if (!legal(c, e->at.bank)) continue;
        if (b.owed) ++misses;
        b.owed = false;
        issue(c, e->at.bank, e->at.row);
        serve(*e, d);
        queue_[d].erase(e);
        return true;
      }
    }
    return false;
  }

  void serve(const Entry& e, int d) {
    const DramTimings& t = s_.timings;
    const std::int64_t data =
        now_ + length(DramCommand::read) - 1 + (d == 1 ? t.wl + t.dqss : t.rl + t.dqsck).count();
    const std::int64_t end = data + t.burst.count();
    if (first_data_.count(e.t.id) == 0) first_data_[e.t.id] = data;
    if (d == 0) read_latencies.push_back(end - e.accepted);
    if (--left_[e.t.id] == 0) {
      completions.push_back({e.t.id, e.t.write, Cycles(first_data_[e.t.id]), Cycles(end)});
    }
  }

  bool row_command() {
    if (!bus_free(false)) return false;
    if (refreshing_) return refresh_command();
    const Entry* best = nullptr;
    for (const Entry& e : queue_[mode_]) {  // oldest first
      Bank& b = bank(e.at.bank);
      if (!b.open && legal(DramCommand::activate, e.at.bank)) {
        best = &e;
        break;
      }
      const bool may_close = b.open && !b.owed && !hit_pending(mode_, e.at.bank);
      if (may_close && legal(DramCommand::precharge, e.at.bank)) {
        best = &e;
        break;
      }
    }
    if (best == nullptr) return s_.controller.rows == RowPolicy::closed && close_unused();
    Bank& b = bank(best->at.bank);
    if (b.open) {
      b.open = false;
      issue(DramCommand::precharge, best->at.bank, -1);
    } else {
      b = {true, best->at.row, true, mode_};
      issue(DramCommand::activate, best->at.bank, best->at.row);
    }
    return true;
  }

  bool close_unused() {
    for (int i = 0; i < static_cast<int>(banks_.size()); ++i) {
      const bool unused = bank(i).open && !bank(i).owed && !hit_pending(0, i) && !hit_pending(1, i);
      if (unused && legal(DramCommand::precharge, i)) {
        bank(i).open = false;
        issue(DramCommand::precharge, i, -1);
        return true;
      }
    }
    return false;
  }

  bool refresh_command() {
    bool open = false;
    for (int i = 0; i < static_cast<int>(banks_.size()); ++i) {
      if (bank(i).owed) return false;
      open = open || bank(i).open;
    }
    if (open) {
      for (int i = 0; i < static_cast<int>(banks_.size()); ++i) {
        if (bank(i).open && !legal(DramCommand::precharge, i)) return false;
      }
      for (Bank& b : banks_) b.open = false;
      issue(DramCommand::precharge_all, -1, -1);
      return true;
    }
    if (!legal(DramCommand::refresh, -1)) return false;
    issue(DramCommand::refresh, -1, -1);
    refreshing_ = false;
    next_refresh_ += s_.timings.refi.count();
    return true;
  }

  void step() {
    intake();
    if (s_.controller.refresh && next_refresh_ < 0) next_refresh_ = s_.timings.refi.count();
    if (s_.controller.refresh && now_ >= next_refresh_) refreshing_ = true;
    update_mode();
    const bool column = column_command();
    if (!column || s_.commands.separate_row_column) row_command();
  }

  DramSpec s_;
  AddressMap map_;
  std::vector<Bank> banks_;
  std::deque<Entry> line_;
  std::deque<Entry> queue_[2];
  std::deque<Issued> history_;
  std::map<std::uint64_t, std::int64_t> left_, first_data_;
  std::int64_t now_ = 0;
  std::int64_t bus_[2] = {0, 0};
  std::int64_t next_refresh_ = -1;
  std::int64_t ages_ = 0;
  bool refreshing_ = false;
  int mode_ = 0;
};

}  // namespace statelane::test
