// SPDX-License-Identifier: Apache-2.0
#include "explore/search/search_worker.h"

#include <chrono>

#include "explore/search/search_messages.h"
#include "explore/space/point_evaluator.h"
#include "explore/workers/child_process.h"
#include "sim/isolated.h"

namespace statelane {
namespace {

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

class SearchWorker {
 public:
  explicit SearchWorker(const Problem& problem) : problem_(problem), evaluator_(problem) {}

  void announce(std::string_view message) {
    scan_.reset();
    decode_request(message, received_);
    kept_ = 0;
    scan_.emplace(evaluator_, received_.request, problem_.sweep().objectives.size(), kept_);
  }

  std::string scan(const ScanTask& task) {
    const Clock::time_point start = Clock::now();
    const std::uint64_t size = problem_.space().size();
    if (!task.collect) kept_ = received_.request.collect;
    for (std::uint64_t b = task.first; b < task.end; ++b) {
      const auto [first, end] = block_range(size, received_.request.shard, b);
      scan_->scan(first, end);
    }
    ScanAnswer a;
    a.part = scan_->take(block_range(size, received_.request.shard, task.first).first,
                         block_range(size, received_.request.shard, task.end - 1).second);
    a.blocks = task.end - task.first;
    a.seconds = seconds_since(start);
    return encode(a);
  }

  std::string simulate(const std::vector<std::uint64_t>& indices) {
    const Clock::time_point start = Clock::now();
    const SweepBudget& budget = problem_.sweep().budget;
    SimulationAnswer a;
    for (const std::uint64_t index : indices) {
      (void)evaluator_.evaluate(index);
      a.records.push_back(record_of(run_isolated(
          [this] {
            behave_as_child();
            return simulate_to_text(evaluator_.cursor().experiment(), problem_.constants());
          },
          {budget.simulation_memory, budget.simulation_time})));
    }
    a.seconds = seconds_since(start);
    return encode(a);
  }

 private:
  const Problem& problem_;
  PointEvaluator evaluator_;
  ReceivedRequest received_;
  std::atomic<std::size_t> kept_{0};
  std::optional<BlockScan> scan_;
};

std::optional<std::string> answer(SearchWorker& worker, std::string_view message) {
  switch (search_message_of(message)) {
    case SearchMessage::request:
      worker.announce(message);
      break;
    case SearchMessage::scan:
      return worker.scan(decode_scan_task(message));
    case SearchMessage::simulate:
      return worker.simulate(decode_simulation_task(message));
  }
  return std::nullopt;
}

}  // namespace

WorkerMain search_worker(const Problem* problem, const std::string& error) {
  return [problem, error](const WorkerEnd& end) {
    if (problem == nullptr) {
      serve({{}, error.empty() ? "there is no sweep" : error, {}}, end);
      return;
    }
    SearchWorker worker(*problem);
    serve({problem->hash(), error, [&](std::string_view m) { return answer(worker, m); }}, end);
  };
}

}  // namespace statelane
