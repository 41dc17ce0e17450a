// SPDX-License-Identifier: Apache-2.0
#include "tests/dram/legality_checker.h"

#include <algorithm>
#include <array>
#include <deque>
#include <optional>

namespace statelane {
namespace {

using Clock = std::int64_t;
using Command = DramCommand;

const char* name_of(Command c) {
  switch (c) {
    case Command::activate:
      return "ACT";
    case Command::read:
      return "RD";
    case Command::write:
      return "WR";
    case Command::precharge:
      return "PRE";
    case Command::precharge_all:
      return "PREA";
    case Command::refresh:
      return "REF";
  }
  return "?";
}

// Last clock of the latest command of a kind, absent if there was none.
struct History {
  std::optional<Clock> activate, read, write, precharge;
  std::optional<std::int32_t> open_row;
};

class Replay {
 public:
  Replay(const DramSpec& spec, std::size_t most)
      : s_(spec),
        t_(spec.timings),
        most_(most),
        banks_(static_cast<std::size_t>(spec.geometry.banks())),
        groups_(static_cast<std::size_t>(spec.geometry.bank_groups)) {}

  void command(const CommandRecord& r) {
    const bool column = r.command == Command::read || r.command == Command::write;
    const Clock length = length_of(r.command);
    now_ = &r;
    at_ = r.start.count() + length - 1;
    Clock& bus = bus_[s_.commands.separate_row_column && column ? 1 : 0];
    if (r.start.count() < bus) fail("command bus is busy until", bus);
    bus = r.start.count() + length;
    switch (r.command) {
      case Command::activate:
        activate(r);
        break;
      case Command::read:
      case Command::write:
        access(r);
        break;
      case Command::precharge:
      case Command::precharge_all:
        precharge(r);
        break;
      case Command::refresh:
        refresh();
        break;
    }
  }

  std::vector<std::string> violations;

 private:
  [[nodiscard]] Clock length_of(Command c) const {
    switch (c) {
      case Command::activate:
        return s_.commands.activate.count();
      case Command::read:
      case Command::write:
        return s_.commands.column.count();
      case Command::refresh:
        return s_.commands.refresh.count();
      default:
        return s_.commands.precharge.count();
    }
  }
  [[nodiscard]] History& bank(std::int32_t b) { return banks_[static_cast<std::size_t>(b)]; }
  [[nodiscard]] History& group(std::int32_t b) {
    return groups_[static_cast<std::size_t>(b) % groups_.size()];
  }

  void fail(const std::string& what, Clock earliest) {
    if (violations.size() >= most_) return;
    violations.push_back(std::string(name_of(now_->command)) + " bank " + std::to_string(now_->bank) +
                         " at " + std::to_string(now_->start.count()) + ": " + what + " " +
                         std::to_string(earliest));
  }
  // The command at hand comes at least `distance` after `since`.
  void require(const std::optional<Clock>& since, Cycles distance, const char* constraint) {
    if (since && at_ < *since + distance.count()) fail(constraint, *since + distance.count());
  }

  void activate(const CommandRecord& r) {
    History& b = bank(r.bank);
    if (b.open_row) fail("bank is open, row", *b.open_row);
    require(b.activate, t_.rc, "tRC");
    require(b.precharge, t_.rp, "tRP");
    require(precharge_all_, t_.rp_all, "tRPab");
    require(refresh_, t_.rfc, "tRFC");
    require(group(r.bank).activate, t_.rrd_l, "tRRD_L");
    require(channel_.activate, t_.rrd_s, "tRRD_S");
    if (window_.size() == 4) {
      require(window_.front(), t_.faw, "tFAW");
      window_.pop_front();
    }
    window_.push_back(at_);
    b.activate = group(r.bank).activate = channel_.activate = at_;
    b.open_row = r.row;
  }

  void access(const CommandRecord& r) {
    const bool write = r.command == Command::write;
    History& b = bank(r.bank);
    History& g = group(r.bank);
    if (!b.open_row || *b.open_row != r.row) fail("row is not open:", r.row);
    require(b.activate, write ? t_.rcd_write : t_.rcd_read, "tRCD");
    const Cycles write_end = t_.wl + t_.dqss + t_.burst;
    if (write) {
      require(channel_.write, t_.ccd_s, "tCCD_S");
      require(g.write, t_.ccd_l, "tCCD_L");
      require(channel_.read, t_.rtw, "tRTW");
    } else {
      require(channel_.read, t_.ccd_s, "tCCD_S");
      require(g.read, t_.ccd_l, "tCCD_L");
      require(channel_.write, write_end + t_.wtr_s, "tWTR_S");
      require(g.write, write_end + t_.wtr_l, "tWTR_L");
    }
    const Clock data = at_ + (write ? t_.wl + t_.dqss : t_.rl + t_.dqsck).count();
    if (data < data_free_) fail("data bus is busy until", data_free_);
    data_free_ = data + t_.burst.count();
    (write ? b.write : b.read) = at_;
    (write ? g.write : g.read) = at_;
    (write ? channel_.write : channel_.read) = at_;
  }

  void close(History& b) {
    require(b.activate, t_.ras, "tRAS");
    require(b.read, t_.rtp, "tRTP");
    require(b.write, t_.wl + t_.dqss + t_.burst + t_.wr, "tWR");
    b.open_row.reset();
  }

  void precharge(const CommandRecord& r) {
    require(channel_.precharge, t_.ppd, "tPPD");
    if (r.command == Command::precharge) {
      if (!bank(r.bank).open_row) fail("bank is closed already", 0);
      close(bank(r.bank));
      bank(r.bank).precharge = at_;
    } else {
      for (History& b : banks_) {
        if (b.open_row) close(b);
      }
      precharge_all_ = at_;
    }
    channel_.precharge = at_;
  }

  void refresh() {
    for (History& b : banks_) {
      if (b.open_row) fail("a bank is open, row", *b.open_row);
      require(b.precharge, t_.rp, "tRP");
    }
    require(precharge_all_, t_.rp_all, "tRPab");
    require(refresh_, t_.rfc, "tRFC");
    const Clock last = refresh_.value_or(0);
    if (at_ > last + 9 * t_.refi.count()) fail("refresh later than 9 tREFI, due", last + 9 * t_.refi.count());
    refresh_ = at_;
  }

  const DramSpec& s_;
  const DramTimings& t_;
  std::size_t most_;
  std::vector<History> banks_;
  std::vector<History> groups_;
  History channel_;
  std::optional<Clock> precharge_all_, refresh_;
  std::deque<Clock> window_;
  std::array<Clock, 2> bus_{};
  Clock data_free_ = 0;
  Clock at_ = 0;  ///< last clock of the command at hand
  const CommandRecord* now_ = nullptr;
};

}  // namespace

std::vector<std::string> check_legality(const DramSpec& spec, const CommandLog& log, std::size_t most) {
  // Batches write their column commands at once, before row commands in between.
  CommandLog ordered = log;
  std::stable_sort(ordered.begin(), ordered.end(),
                   [](const CommandRecord& a, const CommandRecord& b) { return a.start < b.start; });
  Replay replay(spec, most);
  for (const CommandRecord& r : ordered) replay.command(r);
  return std::move(replay.violations);
}

}  // namespace statelane
