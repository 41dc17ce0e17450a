// SPDX-License-Identifier: Apache-2.0
#include "explore/workers/worker_service.h"

#include <chrono>

#include "explore/workers/child_process.h"
#include "explore/workers/worker_messages.h"
#include "sim/isolated.h"

namespace statelane {
namespace {

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

class Service {
 public:
  explicit Service(const Problem& problem) : problem_(problem), evaluator_(problem) {}

  void announce(const std::string& message) {
    scan_.reset();
    decode_walk(message, walk_);
    kept_ = 0;
    scan_.emplace(evaluator_, walk_.request, problem_.sweep().objectives.size(), kept_);
  }

  std::string scan(const ScanTask& task) {
    const Clock::time_point start = Clock::now();
    const std::uint64_t size = problem_.space().size();
    if (!task.collect) kept_ = walk_.request.collect;
    for (std::uint64_t b = task.first; b < task.end; ++b) {
      const auto [first, end] = block_range(size, walk_.request.shard, b);
      scan_->walk(first, end);
    }
    ScanAnswer a;
    a.part = scan_->take(block_range(size, walk_.request.shard, task.first).first,
                         block_range(size, walk_.request.shard, task.end - 1).second);
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
            return simulate_to_text(evaluator_.cursor().experiment(), problem_.calibration());
          },
          {budget.simulation_memory, budget.simulation_time})));
    }
    a.seconds = seconds_since(start);
    return encode(a);
  }

 private:
  const Problem& problem_;
  PointEvaluator evaluator_;
  WalkMessage walk_;
  std::atomic<std::size_t> kept_{0};
  std::optional<BlockScan> scan_;
};

}  // namespace

void serve(const Problem* problem, const std::string& error, const WorkerEnd& end) {
  std::optional<Service> service;
  while (const std::optional<std::string> message = end.receive()) {
    switch (kind_of(*message)) {
      case MessageKind::greeting:
        end.send(encode(GreetingAnswer{problem != nullptr ? problem->hash() : "", error}));
        if (problem == nullptr) return;
        service.emplace(*problem);
        break;
      case MessageKind::walk:
        service.value().announce(*message);
        break;
      case MessageKind::scan:
        end.send(service.value().scan(decode_scan_task(*message)));
        break;
      case MessageKind::simulate:
        end.send(service.value().simulate(decode_simulation_task(*message)));
        break;
      case MessageKind::end:
        return;
    }
  }
}

}  // namespace statelane
