// SPDX-License-Identifier: Apache-2.0
#include "explore/scan.h"

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <exception>
#include <mutex>
#include <queue>
#include <thread>

namespace ssmscope {
namespace {

constexpr std::uint64_t block = 4096;

/// A pseudo-random number of an index (splitmix64's finaliser): the designs with the smallest are a uniform
/// sample that does not depend on who met which design when.
std::uint64_t lot(std::uint64_t index) {
  std::uint64_t z = index + 0x9E3779B97F4A7C15ULL;
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ULL;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EBULL;
  return z ^ (z >> 31);
}

/// The `most` indices with the smallest lots.
class Sample {
 public:
  explicit Sample(std::size_t most) : most_(most) {}
  void offer(std::uint64_t index) {
    if (most_ == 0) return;
    const Entry e{lot(index), index};
    if (heap_.size() < most_) {
      heap_.push(e);
    } else if (e < heap_.top()) {
      heap_.pop();
      heap_.push(e);
    }
  }
  void move_to(Sample& other) {
    for (; !heap_.empty(); heap_.pop()) other.offer(heap_.top().second);
  }
  [[nodiscard]] std::vector<std::uint64_t> sorted() {
    std::vector<std::uint64_t> out;
    for (; !heap_.empty(); heap_.pop()) out.push_back(heap_.top().second);
    std::sort(out.begin(), out.end());
    return out;
  }

 private:
  using Entry = std::pair<std::uint64_t, std::uint64_t>;
  std::size_t most_;
  std::priority_queue<Entry> heap_;
};

/// One thread's share of a walk.
struct Worker {
  Worker(const ScanRequest& request, std::size_t objectives)
      : simulated(objectives), front(objectives), settled(objectives), sample(request.sample) {
    for (const Contender& c : request.simulated) simulated.add(c);
  }
  Archive simulated;
  Archive front;
  Archive settled;
  std::uint64_t settled_designs = 0;
  SimulationKeys keys;
  std::vector<KeyedContender> candidates;
  Sample sample;
  ScanCounts counts;
};

struct Shared {
  std::atomic<std::uint64_t> next{0};
  std::atomic<std::uint64_t> done{0};
  std::atomic<std::size_t> kept{0};
  std::atomic<bool> stop{false};
  std::mutex mutex;
  std::condition_variable ended;
  std::size_t running = 0;
  std::exception_ptr error;
};

void look_at(PointEvaluator& evaluator, std::uint64_t index, const ScanRequest& request, Worker& w,
             Shared& shared) {
  ++w.counts.indices;
  const PointEvaluator::Verdict verdict = evaluator.evaluate(index);
  if (verdict == PointEvaluator::Verdict::no_point) return;
  ++w.counts.points;
  if (verdict == PointEvaluator::Verdict::refused) {
    ++w.counts.refused[static_cast<std::size_t>(evaluator.why())];
    return;
  }
  ++w.counts.legal;
  w.sample.offer(index);
  const Contender c = evaluator.vector();
  if (w.simulated.beaten(c)) return;
  if (request.skip != nullptr && request.skip->count(index) > 0) return;
  std::string key;
  if (request.collect > 0) key = w.keys(evaluator.cursor().experiment(), evaluator.closed_form().graph());
  if (request.known != nullptr) {
    const auto record = request.known->find(key);
    if (record != request.known->end()) {
      ++w.settled_designs;
      if (record->second.run && evaluator.take(*record->second.run) &&
          !w.simulated.beaten(evaluator.vector()))
        w.settled.add(evaluator.vector());
      return;
    }
  }
  w.front.add(c);
  if (request.collect == 0) return;
  if (shared.kept.fetch_add(1, std::memory_order_relaxed) < request.collect) {
    w.candidates.push_back({c, short_key(key)});
  } else {
    w.candidates.clear();
  }
}

void work(PointEvaluator& evaluator, std::uint64_t size, const ScanRequest& request, Worker& worker,
          Shared& shared) {
  const auto shards = static_cast<std::uint64_t>(request.shard.shards);
  const auto number = static_cast<std::uint64_t>(request.shard.number - 1);
  const std::uint64_t blocks = (size + block - 1) / block;
  try {
    while (!shared.stop.load(std::memory_order_relaxed)) {
      const std::uint64_t b = shared.next.fetch_add(1, std::memory_order_relaxed) * shards + number;
      if (b >= blocks) break;
      const std::uint64_t end = std::min(size, (b + 1) * block);
      for (std::uint64_t i = b * block; i < end; ++i) look_at(evaluator, i, request, worker, shared);
      shared.done.fetch_add(end - b * block, std::memory_order_relaxed);
    }
  } catch (...) {
    const std::lock_guard lock(shared.mutex);
    shared.error = std::current_exception();
    shared.stop = true;
  }
  const std::lock_guard lock(shared.mutex);
  --shared.running;
  shared.ended.notify_all();
}

void add(ScanCounts& sum, const ScanCounts& c) {
  sum.indices += c.indices;
  sum.points += c.points;
  sum.legal += c.legal;
  for (std::size_t i = 0; i < legality_count; ++i) sum.refused[i] += c.refused[i];
}

}  // namespace

std::uint64_t short_key(const std::string& key) {
  return std::stoull(key.substr(0, 16), nullptr, 16);
}

std::uint64_t shard_size(std::uint64_t space, const Shard& shard) {
  const std::uint64_t blocks = (space + block - 1) / block;
  std::uint64_t sum = 0;
  const auto first = static_cast<std::uint64_t>(shard.number - 1);
  const auto step = static_cast<std::uint64_t>(shard.shards);
  if (blocks > first) sum = ((blocks - first - 1) / step + 1) * block;
  const bool last_is_mine = blocks > 0 && (blocks - 1) % step == first;
  return last_is_mine ? sum - (blocks * block - space) : sum;
}

bool in_shard(std::uint64_t index, const Shard& shard) {
  return index / block % static_cast<std::uint64_t>(shard.shards) ==
         static_cast<std::uint64_t>(shard.number - 1);
}

Scanner::Scanner(const Problem& problem, std::size_t threads) : problem_(problem) {
  for (std::size_t i = 0; i < std::max<std::size_t>(1, threads); ++i)
    evaluators_.push_back(std::make_unique<PointEvaluator>(problem));
}

ScanResult Scanner::scan(const ScanRequest& request, const std::function<bool(std::uint64_t)>& progress) {
  const std::size_t objectives = problem_.sweep().objectives.size();
  std::vector<std::unique_ptr<Worker>> workers;
  Shared shared;
  shared.running = evaluators_.size();
  std::vector<std::thread> threads;
  for (auto& evaluator : evaluators_) {
    Worker& w = *workers.emplace_back(std::make_unique<Worker>(request, objectives));
    threads.emplace_back([&, e = evaluator.get()] { work(*e, problem_.space().size(), request, w, shared); });
  }
  {
    std::unique_lock lock(shared.mutex);
    while (
        !shared.ended.wait_for(lock, std::chrono::milliseconds(100), [&] { return shared.running == 0; })) {
      if (progress && !progress(shared.done.load())) shared.stop = true;
    }
  }
  for (std::thread& t : threads) t.join();
  if (shared.error) std::rethrow_exception(shared.error);

  ScanResult result;
  result.interrupted = shared.stop;
  result.complete = request.collect > 0 && shared.kept <= request.collect;
  result.kept = shared.kept;
  Archive front(objectives);
  Archive settled(objectives);
  Sample sample(request.sample);
  for (auto& w : workers) {
    add(result.counts, w->counts);
    for (const Contender& c : w->front.members()) front.add(c);
    for (const Contender& c : w->settled.members()) settled.add(c);
    result.settled_designs += w->settled_designs;
    w->sample.move_to(sample);
    if (result.complete)
      result.candidates.insert(result.candidates.end(), w->candidates.begin(), w->candidates.end());
  }
  std::sort(
      result.candidates.begin(), result.candidates.end(),
      [](const KeyedContender& a, const KeyedContender& b) { return a.contender.index < b.contender.index; });
  result.settled = settled.sorted();
  result.front = front.sorted();
  result.sample = sample.sorted();
  return result;
}

}  // namespace ssmscope
