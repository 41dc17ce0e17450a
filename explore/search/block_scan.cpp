// SPDX-License-Identifier: Apache-2.0
#include "explore/search/block_scan.h"

#include <algorithm>

namespace statelane {
namespace {

/// splitmix64's finaliser.
std::uint64_t lot(std::uint64_t index) {
  std::uint64_t z = index + 0x9E3779B97F4A7C15ULL;
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ULL;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EBULL;
  return z ^ (z >> 31);
}

std::vector<Contender> members_between(const Archive& archive, std::uint64_t first, std::uint64_t end) {
  std::vector<Contender> out;
  for (const Contender& c : archive.members()) {
    if (c.index >= first && c.index < end) out.push_back(c);
  }
  return out;
}

void add(ScanCounts& sum, const ScanCounts& c) {
  sum.indices += c.indices;
  sum.points += c.points;
  sum.legal += c.legal;
  for (std::size_t i = 0; i < legality_count; ++i) sum.refused[i] += c.refused[i];
}

}  // namespace

void Sample::offer(std::uint64_t index) {
  if (most_ == 0) return;
  const Entry e{lot(index), index};
  if (heap_.size() == most_) {
    if (!(e < heap_.front())) return;
    std::pop_heap(heap_.begin(), heap_.end());
    heap_.pop_back();
  }
  heap_.push_back(e);
  std::push_heap(heap_.begin(), heap_.end());
}

std::vector<std::uint64_t> Sample::between(std::uint64_t first, std::uint64_t end) const {
  std::vector<std::uint64_t> out;
  for (const auto& [lot, index] : heap_) {
    if (index >= first && index < end) out.push_back(index);
  }
  std::sort(out.begin(), out.end());
  return out;
}

void Firsts::offer(const KeyedContender& candidate) {
  constexpr std::size_t most = 200'000;
  if (too_many_) return;
  const auto [member, fresh] = by_key_.try_emplace(candidate.key, candidate.contender);
  if (!fresh && candidate.contender.index < member->second.index) member->second = candidate.contender;
  too_many_ = by_key_.size() > most;
  if (too_many_) by_key_.clear();
}

std::vector<KeyedContender> Firsts::between(std::uint64_t first, std::uint64_t end) const {
  std::vector<KeyedContender> out;
  for (const auto& [key, contender] : by_key_) {
    if (contender.index >= first && contender.index < end) out.push_back({contender, key});
  }
  return out;
}

BlockScan::BlockScan(PointEvaluator& evaluator, const ScanRequest& request, std::size_t objectives,
                     std::atomic<std::size_t>& kept)
    : evaluator_(evaluator),
      request_(request),
      kept_(kept),
      simulated_(objectives),
      front_(objectives),
      settled_(objectives),
      sample_(request.sample) {
  for (const Contender& c : request.simulated) simulated_.add(c);
}

void BlockScan::scan(std::uint64_t first, std::uint64_t end) {
  for (std::uint64_t i = first; i < end; ++i) look_at(i);
}

void BlockScan::look_at(std::uint64_t index) {
  ++part_.counts.indices;
  const PointEvaluator::Verdict verdict = evaluator_.evaluate(index);
  if (verdict == PointEvaluator::Verdict::no_point) return;
  ++part_.counts.points;
  if (verdict == PointEvaluator::Verdict::refused) {
    ++part_.counts.refused[static_cast<std::size_t>(evaluator_.why())];
    return;
  }
  ++part_.counts.legal;
  sample_.offer(index);
  const Contender& c = evaluator_.vector();
  if (simulated_.beaten(c)) return;
  if (request_.skip != nullptr && request_.skip->count(index) > 0) return;
  std::string key;
  if (request_.collect > 0) key = keys_(evaluator_.cursor().experiment(), evaluator_.closed_form().graph());
  if (request_.known != nullptr) {
    const auto record = request_.known->find(key);
    if (record != request_.known->end()) {
      ++part_.settled_designs;
      if (record->second.run && evaluator_.take(*record->second.run) &&
          !simulated_.beaten(evaluator_.vector()))
        settled_.add(evaluator_.vector());
      return;
    }
  }
  front_.add(c);
  if (request_.collect == 0) return;
  ++part_.kept;
  firsts_.offer({c, short_key(key)});
  if (kept_.fetch_add(1, std::memory_order_relaxed) < request_.collect) {
    part_.candidates.push_back({c, short_key(key)});
  } else {
    part_.candidates = {};  // gives the memory back
  }
}

ScanPart BlockScan::take(std::uint64_t first, std::uint64_t end) {
  ScanPart out = std::exchange(part_, ScanPart());
  out.front = members_between(front_, first, end);
  out.firsts = firsts_.between(first, end);
  out.settled = members_between(settled_, first, end);
  out.sample = sample_.between(first, end);
  return out;
}

ScanSum::ScanSum(const ScanRequest& request, std::size_t objectives)
    : collect_(request.collect), front_(objectives), settled_(objectives), sample_(request.sample) {}

void ScanSum::add(ScanPart&& part) {
  statelane::add(result_.counts, part.counts);
  for (const Contender& c : part.front) front_.add(c);
  for (const Contender& c : part.settled) settled_.add(c);
  for (const std::uint64_t index : part.sample) sample_.offer(index);
  for (const KeyedContender& c : part.firsts) firsts_.offer(c);
  result_.settled_designs += part.settled_designs;
  result_.kept += part.kept;
  if (result_.kept > collect_) {
    result_.candidates.clear();
  } else {
    result_.candidates.insert(result_.candidates.end(), part.candidates.begin(), part.candidates.end());
  }
}

ScanResult ScanSum::result() {
  ScanResult out = std::move(result_);
  out.complete = collect_ > 0 && out.kept <= collect_;
  if (!out.complete) out.candidates = firsts_.between(0, ~std::uint64_t{0});
  std::sort(
      out.candidates.begin(), out.candidates.end(),
      [](const KeyedContender& a, const KeyedContender& b) { return a.contender.index < b.contender.index; });
  out.settled = settled_.sorted();
  out.front = front_.sorted();
  out.sample = sample_.between(0, ~std::uint64_t{0});
  return out;
}

}  // namespace statelane
