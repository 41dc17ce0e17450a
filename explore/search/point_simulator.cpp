// SPDX-License-Identifier: Apache-2.0
#include "explore/search/point_simulator.h"

#include <chrono>
#include <set>

#include "explore/search/search_messages.h"
#include "explore/space/point_text.h"
#include "explore/workers/child_process.h"
#include "explore/workers/chunk_size.h"

namespace statelane {
namespace {

using Clock = std::chrono::steady_clock;
constexpr std::chrono::seconds write_interval{1};  // what a crash may cost

}  // namespace

PointSimulator::PointSimulator(const Problem& problem, PointEvaluator& evaluator, Store* store,
                               std::int64_t run, PointSimulatorOptions options)
    : problem_(problem), evaluator_(evaluator), store_(store), run_(run), options_(options) {}

/// Fills in the keys of the points and returns the positions of those to simulate. Where the budget ends,
/// `keys` does too.
std::vector<std::size_t> PointSimulator::look_up(const std::vector<std::uint64_t>& indices,
                                                 std::vector<std::string>& keys) {
  std::vector<std::size_t> missing;
  std::set<std::string> asked;
  for (std::size_t i = 0; i < indices.size(); ++i) {
    if (evaluator_.evaluate(indices[i]) != PointEvaluator::Verdict::good)
      throw std::logic_error("point " + std::to_string(indices[i]) + " is not to be simulated");
    const std::string key = keys_(evaluator_.cursor().experiment(), evaluator_.closed_form().graph());
    if (known_.count(key) == 0 && asked.count(key) == 0) {
      const auto all = static_cast<std::int64_t>(known_.size() + asked.size());
      if (options_.budget > 0 && all >= options_.budget) {
        budget_spent_ = true;
        break;
      }
      const std::optional<SimulationRecord> stored =
          store_ != nullptr ? store_->simulation(key) : std::nullopt;
      if (stored) {
        ++reused_;
        known_.emplace(key, *stored);
      } else {
        asked.insert(key);
        missing.push_back(i);
      }
    }
    keys.push_back(key);
  }
  return missing;
}

void PointSimulator::run_here(const std::vector<std::uint64_t>& indices, const std::function<bool()>& stop,
                              const Done& done) {
  std::size_t next = 0;
  const auto start = [&]() -> std::function<std::string()> {
    if (next == indices.size() || stop()) return {};
    (void)evaluator_.evaluate(indices[next++]);
    return [this] {
      behave_as_child();
      return simulate_to_text(evaluator_.cursor().experiment(), problem_.constants());
    };
  };
  run_isolated(
      start, [&](std::size_t number, const IsolatedResult& r) { done(number, record_of(r)); }, options_.jobs,
      options_.limits);
}

void PointSimulator::run_by_pool(const std::vector<std::uint64_t>& indices, const std::function<bool()>& stop,
                                 const Done& done) {
  ChunkSize chunk(indices.size());
  std::size_t next = 0;
  std::vector<std::size_t> first;  // position of the first point of each task
  (void)options_.pool->run({.next = [&]() -> std::optional<std::string> {
                              if (next == indices.size()) return std::nullopt;
                              const std::size_t count = std::min<std::size_t>(
                                  chunk.items(options_.pool->workers(), indices.size() - next),
                                  indices.size() - next);
                              const auto at = indices.begin() + static_cast<std::ptrdiff_t>(next);
                              first.push_back(next);
                              next += count;
                              return encode_simulations({at, at + static_cast<std::ptrdiff_t>(count)});
                            },
                            .done =
                                [&](std::size_t task, const std::string& answer) {
                                  SimulationAnswer a = decode_simulations(answer);
                                  chunk.took(a.records.size(), a.seconds);
                                  for (std::size_t i = 0; i < a.records.size(); ++i)
                                    done(first[task] + i, std::move(a.records[i]));
                                },
                            .go_on = [&] { return !stop(); }});
}

void PointSimulator::run_missing(const std::vector<std::uint64_t>& indices,
                                 const std::vector<std::string>& keys,
                                 const std::vector<std::size_t>& missing, const Stop& stop) {
  std::size_t finished = 0;
  const auto ends = [&] { return stop && stop(finished, missing.size()); };
  bool open = false;
  Clock::time_point written = Clock::now();
  const auto done = [&](std::size_t number, const SimulationRecord& record) {
    const std::string& key = keys[missing[number]];
    ++finished;
    known_.emplace(key, record);
    if (store_ == nullptr) return;
    if (!open) store_->begin();
    open = true;
    store_->put_simulation(key, record);
    if (Clock::now() - written < write_interval) return;
    store_->commit();
    open = false;
    written = Clock::now();
  };
  std::vector<std::uint64_t> wanted;
  for (const std::size_t i : missing) wanted.push_back(indices[i]);
  if (options_.pool != nullptr) {
    run_by_pool(wanted, ends, done);
  } else {
    run_here(wanted, ends, done);
  }
  if (open) store_->commit();
}

/// The evaluator stands on the point.
SimulatedPoint PointSimulator::settle(std::uint64_t index, const SimulationRecord& record) {
  SimulatedPoint p;
  p.index = index;
  p.error = record.error;
  if (record.run) {
    p.obeys = evaluator_.take(*record.run);
    p.vector = evaluator_.vector();
  } else {
    ++failed_;
  }
  return p;
}

/// The evaluator stands on the point.
void PointSimulator::write_row(const std::string& key, const SimulatedPoint& p) {
  PointRecord row;
  row.index = p.index;
  row.kind = p.error.empty() ? PointKind::simulated : PointKind::failed;
  row.simulation = key;
  row.obeys = p.obeys;
  row.label = p.error;
  row.figures = evaluator_.figures();
  row.parameters = parameters_text(problem_.space(), evaluator_.cursor());
  row.numbers = numbers_text(problem_.space(), evaluator_.cursor());
  store_->put_point(run_, row);
}

std::vector<SimulatedPoint> PointSimulator::simulate(const std::vector<std::uint64_t>& indices,
                                                     const Stop& stop) {
  std::vector<std::string> keys;
  const std::vector<std::size_t> missing = look_up(indices, keys);
  run_missing(indices, keys, missing, stop);
  std::vector<SimulatedPoint> out;
  if (store_ != nullptr) store_->begin();
  for (std::size_t i = 0; i < keys.size(); ++i) {
    const auto record = known_.find(keys[i]);
    if (record == known_.end()) continue;
    (void)evaluator_.evaluate(indices[i]);
    out.push_back(settle(indices[i], record->second));
    if (store_ != nullptr && written_.insert(keys[i]).second) write_row(keys[i], out.back());
  }
  if (store_ != nullptr) store_->commit();
  return out;
}

std::string PointSimulator::key(std::uint64_t index) {
  (void)evaluator_.evaluate(index);
  return keys_(evaluator_.cursor().experiment(), evaluator_.closed_form().graph());
}

std::optional<SimulatedPoint> PointSimulator::judge(std::uint64_t index) {
  const auto record = known_.find(key(index));
  if (record == known_.end()) return std::nullopt;
  return settle(index, record->second);
}

void PointSimulator::write_points(const std::vector<Contender>& points) {
  if (store_ == nullptr) return;
  store_->begin();
  for (const Contender& c : points) {
    const std::string name = key(c.index);
    const auto record = known_.find(name);
    if (record == known_.end()) continue;
    write_row(name, settle(c.index, record->second));
  }
  store_->commit();
}

}  // namespace statelane
