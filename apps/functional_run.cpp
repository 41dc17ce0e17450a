// SPDX-License-Identifier: Apache-2.0
#include "apps/functional_run.h"

#include <algorithm>
#include <cmath>

namespace ssmscope {
namespace {

/// Some prompt: any tokens will do, the same every time.
std::vector<std::vector<std::int64_t>> prompts(const Phase& phase, std::int64_t vocab) {
  std::vector<std::vector<std::int64_t>> all(static_cast<std::size_t>(phase.batch));
  const std::int64_t length = phase.kind == PhaseKind::prefill ? phase.length : 1;
  for (std::size_t q = 0; q < all.size(); ++q) {
    for (std::int64_t i = 0; i < length; ++i) {
      const std::int64_t n = i * 37 + static_cast<std::int64_t>(q) * 101 + 11;
      all[q].push_back(n * n % vocab);
    }
  }
  return all;
}

std::vector<std::vector<float>> reference(const Mamba2Model& model, const Experiment& e,
                                          const FunctionalInput& input) {
  ForwardOptions options;
  if (e.design.unit_of(Operator::delta_x) >= 0) options.input_product = InputProduct::kDtX;
  std::vector<std::vector<float>> logits;
  std::vector<ModelCache> caches(input.tokens.size(), model.make_cache());
  if (e.phase.kind == PhaseKind::prefill) {
    for (std::size_t q = 0; q < input.tokens.size(); ++q) {
      const std::vector<float> all = model.forward(input.tokens[q], caches[q], options);
      logits.emplace_back(all.end() - static_cast<std::ptrdiff_t>(model.dims().vocab), all.end());
    }
    return logits;
  }
  std::vector<std::vector<std::int64_t>> tokens = input.tokens;
  for (std::int64_t pass = 0; pass < e.phase.length; ++pass) {
    for (std::size_t q = 0; q < tokens.size(); ++q) {
      logits.push_back(model.forward(std::span(&tokens[q].back(), 1), caches[q], options));
      const std::vector<float>& l = logits.back();
      tokens[q].push_back(std::max_element(l.begin(), l.end()) - l.begin());
    }
  }
  return logits;
}

}  // namespace

FunctionalRun::FunctionalRun(const Experiment& experiment, const std::string& directory)
    : experiment_(experiment), model_(load_model(directory)) {
  input_.tokens = prompts(experiment.phase, static_cast<std::int64_t>(model_.dims().vocab));
}

void FunctionalRun::start(const Graph& graph, FiringObserver* next) {
  next_ = next;
  run_ = std::make_unique<FunctionalModel>(graph, experiment_.design, experiment_.network, experiment_.phase,
                                           model_, input_);
}

void FunctionalRun::fired(ActorId actor, FiringId firing, Femtoseconds start, Femtoseconds end,
                          Femtoseconds visible) {
  run_->fire(actor, firing);
  if (next_ != nullptr) next_->fired(actor, firing, start, end, visible);
}

FunctionalRun::Comparison FunctionalRun::compare() const {
  Comparison result;
  result.problem = run_->leftovers();
  const std::vector<std::vector<float>> wanted = reference(model_, experiment_, input_);
  const auto& got = run_->logits();
  result.logits = got.size();
  if (got.size() != wanted.size()) {
    result.problem =
        std::to_string(got.size()) + " vectors of logits instead of " + std::to_string(wanted.size());
    return result;
  }
  result.equal_bits = true;
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    double largest = 1e-30;
    double difference = 0;
    for (std::size_t k = 0; k < wanted[i].size(); ++k) {
      largest = std::max(largest, std::abs(static_cast<double>(wanted[i][k])));
      const double d = std::abs(static_cast<double>(wanted[i][k]) - static_cast<double>(got[i].values[k]));
      if (!(d <= difference)) difference = d;  // a NaN counts
    }
    result.equal_bits = result.equal_bits && wanted[i] == got[i].values;
    if (!(difference / largest <= result.error)) result.error = difference / largest;
  }
  if (!(result.error <= tolerance) && result.problem.empty()) {
    result.problem = "logits differ from the reference model's by " + std::to_string(result.error) +
                     " of the largest logit";
  }
  return result;
}

}  // namespace ssmscope
