// SPDX-License-Identifier: Apache-2.0
#include "explore/search/scan.h"

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <exception>
#include <mutex>
#include <thread>

#include "explore/search/block_scan.h"
#include "explore/search/search_messages.h"
#include "explore/workers/chunk_size.h"
#include "explore/workers/worker_pool.h"

namespace statelane {
namespace {

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

/// One thread's share of a scan.
void work(BlockScan& scan, std::uint64_t size, const Shard& shard, Shared& shared) {
  const std::uint64_t blocks = shard_blocks(size, shard);
  try {
    while (!shared.stop.load(std::memory_order_relaxed)) {
      const std::uint64_t b = shared.next.fetch_add(1, std::memory_order_relaxed);
      if (b >= blocks) break;
      const auto [first, end] = block_range(size, shard, b);
      scan.scan(first, end);
      shared.done.fetch_add(end - first, std::memory_order_relaxed);
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

}  // namespace

std::uint64_t short_key(const std::string& key) {
  return std::stoull(key.substr(0, 16), nullptr, 16);
}

std::uint64_t shard_blocks(std::uint64_t space, const Shard& shard) {
  const std::uint64_t blocks = (space + scan_block - 1) / scan_block;
  const auto first = static_cast<std::uint64_t>(shard.number - 1);
  return blocks > first ? (blocks - first - 1) / static_cast<std::uint64_t>(shard.shards) + 1 : 0;
}

std::pair<std::uint64_t, std::uint64_t> block_range(std::uint64_t space, const Shard& shard,
                                                    std::uint64_t number) {
  const std::uint64_t block =
      number * static_cast<std::uint64_t>(shard.shards) + static_cast<std::uint64_t>(shard.number - 1);
  return {block * scan_block, std::min(space, (block + 1) * scan_block)};
}

std::uint64_t shard_size(std::uint64_t space, const Shard& shard) {
  const std::uint64_t blocks = shard_blocks(space, shard);
  if (blocks == 0) return 0;
  const auto [first, end] = block_range(space, shard, blocks - 1);  // the only one that may be short
  return (blocks - 1) * scan_block + (end - first);
}

bool in_shard(std::uint64_t index, const Shard& shard) {
  return index / scan_block % static_cast<std::uint64_t>(shard.shards) ==
         static_cast<std::uint64_t>(shard.number - 1);
}

Scanner::Scanner(const Problem& problem, std::size_t threads, WorkerPool* pool)
    : problem_(problem), pool_(pool) {
  const std::size_t count = pool != nullptr ? 1 : std::max<std::size_t>(1, threads);
  for (std::size_t i = 0; i < count; ++i) evaluators_.push_back(std::make_unique<PointEvaluator>(problem));
}

ScanResult Scanner::scan(const ScanRequest& request, const Progress& progress) {
  return pool_ != nullptr ? scan_by_pool(request, progress) : scan_by_threads(request, progress);
}

ScanResult Scanner::scan_by_threads(const ScanRequest& request, const Progress& progress) {
  const std::size_t objectives = problem_.sweep().objectives.size();
  const std::uint64_t size = problem_.space().size();
  std::vector<std::unique_ptr<BlockScan>> scans;
  Shared shared;
  shared.running = evaluators_.size();
  std::vector<std::thread> threads;
  for (auto& evaluator : evaluators_) {
    BlockScan& scan =
        *scans.emplace_back(std::make_unique<BlockScan>(*evaluator, request, objectives, shared.kept));
    threads.emplace_back([&] { work(scan, size, request.shard, shared); });
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
  ScanSum sum(request, objectives);
  for (auto& scan : scans) sum.add(scan->take(0, size));
  ScanResult result = sum.result();
  result.interrupted = shared.stop;
  return result;
}

ScanResult Scanner::scan_by_pool(const ScanRequest& request, const Progress& progress) {
  const std::uint64_t size = problem_.space().size();
  const std::uint64_t blocks = shard_blocks(size, request.shard);
  ScanSum sum(request, problem_.sweep().objectives.size());
  std::uint64_t next = 0;
  std::uint64_t done = 0;
  ChunkSize chunk(blocks);
  pool_->announce(encode(request));
  const bool finished = pool_->run(
      {.next = [&]() -> std::optional<std::string> {
         if (next == blocks) return std::nullopt;
         const std::uint64_t count =
             std::min<std::uint64_t>(chunk.items(pool_->workers(), blocks - next), blocks - next);
         const ScanTask task{next, next + count, request.collect > 0 && sum.kept() <= request.collect};
         next += count;
         return encode(task);
       },
       .done =
           [&](std::size_t, const std::string& answer) {
             ScanAnswer a = decode_scan(answer);
             chunk.took(a.blocks, a.seconds);
             done += a.part.counts.indices;
             sum.add(std::move(a.part));
           },
       .go_on = [&] { return !progress || progress(done); }});
  ScanResult result = sum.result();
  result.interrupted = !finished;
  return result;
}

}  // namespace statelane
