// SPDX-License-Identifier: Apache-2.0
#include "models/graph/untimed.h"

#include <algorithm>
#include <deque>

#include "models/graph/program.h"

namespace statelane {
namespace {

/// A channel's fill and who sleeps on it.
struct Level {
  std::int64_t tiles = 0;
  std::int64_t capacity = 0;
  std::int64_t peak = 0;
  std::int64_t wanted_tiles = 0;   ///< the consumer sleeps until so many are there; 0: it does not
  std::int64_t wanted_places = 0;  ///< the producer sleeps until so many are free
};

class UntimedRun {
 public:
  UntimedRun(const Graph& graph, FiringListener* listener, std::span<const std::int32_t> capacities)
      : graph_(graph),
        listener_(listener),
        levels_(graph.channels.size()),
        queued_(graph.actors.size(), true) {
    for (std::size_t i = 0; i < levels_.size(); ++i) {
      levels_[i].tiles = levels_[i].peak = graph.channels[i].initial;
      levels_[i].capacity = capacities.empty() ? graph.channels[i].capacity : capacities[i];
    }
    for (std::size_t i = 0; i < graph.actors.size(); ++i) {
      cursors_.emplace_back(graph.program(graph.actors[i]));
      ready_.push_back(static_cast<ActorId>(i));
    }
  }

  UntimedResult run() {
    UntimedResult result;
    while (!ready_.empty()) {
      const ActorId actor = ready_.front();
      ready_.pop_front();
      queued_[actor] = false;
      result.firings += advance(actor);
    }
    for (const Level& level : levels_) result.peaks.push_back(level.peak);
    result.deadlock = blocked();
    return result;
  }

 private:
  /// Fires `actor` until it must wait; the number of firings.
  std::int64_t advance(ActorId actor) {
    std::int64_t fired = 0;
    ProgramCursor& cursor = cursors_[actor];
    while (!cursor.done()) {
      const FiringId id = cursor.firing();
      const std::int64_t n = possible(graph_.firings[id], cursor.repeats());
      if (n == 0) break;
      if (listener_ != nullptr) {
        for (std::int64_t i = 0; i < n; ++i) listener_->fire(actor, id);
      }
      move(graph_.firings[id], n);
      cursor.skip(n);
      fired += n;
    }
    return fired;
  }

  /// How often the firing can happen now, at most `most`; asleep on the first channel that forbids it at all.
  std::int64_t possible(const Firing& firing, std::int64_t most) {
    std::int64_t n = most;
    for (const Rate& rate : graph_.inputs(firing)) {
      Level& level = levels_[rate.channel];
      n = std::min(n, level.tiles / rate.tiles);
      if (n == 0) {
        level.wanted_tiles = rate.tiles;
        return 0;
      }
    }
    for (const Rate& rate : graph_.outputs(firing)) {
      Level& level = levels_[rate.channel];
      n = std::min(n, (level.capacity - level.tiles) / rate.tiles);
      if (n == 0) {
        level.wanted_places = rate.tiles;
        return 0;
      }
    }
    return n;
  }

  void move(const Firing& firing, std::int64_t n) {
    for (const Rate& rate : graph_.outputs(firing)) {
      Level& level = levels_[rate.channel];
      level.tiles += rate.tiles * n;
      level.peak = std::max(level.peak, level.tiles);
      if (level.wanted_tiles > 0 && level.tiles >= level.wanted_tiles) {
        level.wanted_tiles = 0;
        wake(graph_.channels[rate.channel].consumer);
      }
    }
    for (const Rate& rate : graph_.inputs(firing)) {
      Level& level = levels_[rate.channel];
      level.tiles -= rate.tiles * n;
      if (level.wanted_places > 0 && level.capacity - level.tiles >= level.wanted_places) {
        level.wanted_places = 0;
        wake(graph_.channels[rate.channel].producer);
      }
    }
  }

  void wake(ActorId actor) {
    if (actor == no_id || queued_[actor]) return;
    queued_[actor] = true;
    ready_.push_back(actor);
  }

  [[nodiscard]] std::string blocked() const {
    std::string text;
    for (std::size_t a = 0; a < cursors_.size(); ++a) {
      if (cursors_[a].done()) continue;
      text += text.empty() ? "deadlock: " : "; ";
      text +=
          std::string(graph_.actors[a].name) + " waits for " + missing(graph_.firings[cursors_[a].firing()]);
    }
    return text;
  }

  [[nodiscard]] std::string missing(const Firing& firing) const {
    for (const Rate& rate : graph_.inputs(firing)) {
      const Level& level = levels_[rate.channel];
      if (level.tiles >= rate.tiles) continue;
      return std::to_string(rate.tiles) + " tiles of channel " +
             std::string(graph_.channels[rate.channel].name) + ", which has " + std::to_string(level.tiles);
    }
    for (const Rate& rate : graph_.outputs(firing)) {
      const Level& level = levels_[rate.channel];
      if (level.capacity - level.tiles >= rate.tiles) continue;
      return std::to_string(rate.tiles) + " places in channel " +
             std::string(graph_.channels[rate.channel].name) + ", which has " +
             std::to_string(level.capacity - level.tiles) + " free of " + std::to_string(level.capacity);
    }
    return "nothing";
  }

  const Graph& graph_;
  FiringListener* listener_;
  std::vector<Level> levels_;
  std::vector<ProgramCursor> cursors_;
  std::deque<ActorId> ready_;
  std::vector<bool> queued_;
};

/// What a channel sees over the whole run.
struct Balance {
  std::int64_t put = 0;
  std::int64_t taken = 0;
  std::int64_t largest_put = 0;
  std::int64_t largest_taken = 0;
  bool strange_producer = false;  ///< an actor other than the channel's producer puts tiles
  bool strange_consumer = false;
};

void add_program(const Graph& graph, ActorId actor, std::span<const Instruction> code, std::int64_t times,
                 std::vector<Balance>& balances) {
  for (std::size_t i = 0; i < code.size(); ++i) {
    const Instruction& in = code[i];
    if (in.body != 0) {
      add_program(graph, actor, code.subspan(i + 1, in.body), times * in.count, balances);
      i += in.body;
      continue;
    }
    const std::int64_t n = times * in.count;
    if (n == 0) continue;
    for (const Rate& rate : graph.inputs(graph.firings[in.firing])) {
      Balance& b = balances[rate.channel];
      b.taken += rate.tiles * n;
      b.largest_taken = std::max<std::int64_t>(b.largest_taken, rate.tiles);
      b.strange_consumer |= graph.channels[rate.channel].consumer != actor;
    }
    for (const Rate& rate : graph.outputs(graph.firings[in.firing])) {
      Balance& b = balances[rate.channel];
      b.put += rate.tiles * n;
      b.largest_put = std::max<std::int64_t>(b.largest_put, rate.tiles);
      b.strange_producer |= graph.channels[rate.channel].producer != actor;
    }
  }
}

std::vector<Balance> balances_of(const Graph& graph) {
  std::vector<Balance> balances(graph.channels.size());
  for (std::size_t a = 0; a < graph.actors.size(); ++a) {
    add_program(graph, static_cast<ActorId>(a), graph.program(graph.actors[a]), 1, balances);
  }
  return balances;
}

/// What is wrong with a channel, or an empty text.
std::string violation(const Channel& c, const Balance& b) {
  if (c.consumer == no_id && b.put > 0) return "is never read";
  if (c.producer == no_id && b.taken > c.initial) return "is never written";
  if (b.strange_producer) return "is written by two actors";
  if (b.strange_consumer) return "is read by two actors";
  if (c.initial > c.capacity) {
    return "starts with " + std::to_string(c.initial) + " tiles and holds " + std::to_string(c.capacity);
  }
  const std::int64_t largest = std::max(b.largest_put, b.largest_taken);
  if (largest > c.capacity) {
    return "holds " + std::to_string(c.capacity) + " tiles, a firing moves " + std::to_string(largest);
  }
  const std::int64_t left = c.initial + b.put - b.taken;
  if (left < 0) {
    return "is asked for " + std::to_string(b.taken) + " tiles, gets " + std::to_string(c.initial + b.put);
  }
  if (left > c.capacity) {
    return "is left with " + std::to_string(left) + " tiles, holds " + std::to_string(c.capacity);
  }
  return {};
}

}  // namespace

UntimedResult run_untimed(const Graph& graph, FiringListener* listener,
                          std::span<const std::int32_t> capacities) {
  return UntimedRun(graph, listener, capacities).run();
}

std::string check_consistency(const Graph& graph) {
  const std::vector<Balance> balances = balances_of(graph);
  std::string text;
  for (std::size_t i = 0; i < balances.size(); ++i) {
    const std::string what = violation(graph.channels[i], balances[i]);
    if (what.empty()) continue;
    if (!text.empty()) text += '\n';
    text += "channel " + std::string(graph.channels[i].name) + " " + what;
  }
  return text;
}

std::optional<std::vector<std::int32_t>> minimum_capacities(const Graph& graph) {
  std::vector<std::int32_t> capacities;
  for (const Channel& c : graph.channels) capacities.push_back(c.capacity);
  if (!run_untimed(graph, nullptr, capacities).deadlock.empty()) return std::nullopt;
  const std::vector<Balance> balances = balances_of(graph);
  for (std::size_t i = 0; i < capacities.size(); ++i) {
    const Balance& b = balances[i];
    // Below the largest firing, or what is there at the start or the end, the channel cannot work at all.
    std::int64_t low =
        std::max({std::int64_t{1}, b.largest_put, b.largest_taken, std::int64_t{graph.channels[i].initial},
                  graph.channels[i].initial + b.put - b.taken});
    std::int64_t high = capacities[i];
    while (low < high) {
      const std::int64_t middle = low + (high - low) / 2;
      capacities[i] = static_cast<std::int32_t>(middle);
      if (run_untimed(graph, nullptr, capacities).deadlock.empty()) {
        high = middle;
      } else {
        low = middle + 1;
      }
    }
    capacities[i] = static_cast<std::int32_t>(high);
  }
  return capacities;
}

}  // namespace statelane
