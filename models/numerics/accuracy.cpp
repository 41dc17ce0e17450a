// SPDX-License-Identifier: Apache-2.0
#include "models/numerics/accuracy.h"

#include <algorithm>
#include <cmath>
#include <mutex>

#include "models/numerics/parallel.h"

namespace statelane {
namespace {

/// Natural logarithm of the softmax's denominator, about the largest logit.
double log_sum_exp(std::span<const float> logits) {
  const auto largest = static_cast<double>(*std::max_element(logits.begin(), logits.end()));
  double sum = 0.0;
  for (const float v : logits) sum += std::exp(static_cast<double>(v) - largest);
  return largest + std::log(sum);
}

/// KL(reference || candidate) in nats from logits and their log-sum-exps.
double divergence(std::span<const float> reference, double reference_norm, std::span<const float> candidate,
                  double candidate_norm) {
  double kl = 0.0;
  for (std::size_t i = 0; i < reference.size(); ++i) {
    const double log_p = static_cast<double>(reference[i]) - reference_norm;
    const double log_q = static_cast<double>(candidate[i]) - candidate_norm;
    kl += std::exp(log_p) * (log_p - log_q);
  }
  return kl;
}

std::ptrdiff_t argmax(std::span<const float> row) {
  return std::max_element(row.begin(), row.end()) - row.begin();
}

WindowScore judge(std::span<const std::int64_t> window, std::span<const float> reference,
                  std::span<const float> candidate) {
  const std::size_t predictions = window.size() - 1;
  const std::size_t vocab = reference.size() / predictions;
  WindowScore score;
  score.scored = predictions;
  for (std::size_t t = 0; t < predictions; ++t) {
    const auto p = reference.subspan(t * vocab, vocab);
    const auto q = candidate.subspan(t * vocab, vocab);
    const double q_norm = log_sum_exp(q);
    score.bits += (q_norm - static_cast<double>(q[static_cast<std::size_t>(window[t + 1])])) / std::log(2.0);
    score.top1_equal += argmax(p) == argmax(q) ? 1U : 0U;
    if (p.data() != q.data()) score.kl_bits += divergence(p, log_sum_exp(p), q, q_norm) / std::log(2.0);
  }
  return score;
}

/// Runs everything on one window; scores[c] is the reference's for c = 0, then the candidates'.
void run_window(const Candidate& reference, std::span<const Candidate> candidates,
                std::span<const std::int64_t> window, std::size_t index, std::vector<CandidateScore>& scores,
                const std::function<void()>& done) {
  const auto fed = window.first(window.size() - 1);
  ResidualTrace exact;
  const std::vector<float> wanted = reference.run(fed, &exact);
  scores[0].windows[index] = judge(window, wanted, wanted);
  scores[0].windows[index].layer_error.assign(exact.size(), 0.0);
  done();
  for (std::size_t c = 0; c < candidates.size(); ++c) {
    ResidualTrace trace;
    const std::vector<float> logits = candidates[c].run(fed, &trace);
    WindowScore score = judge(window, wanted, logits);
    for (std::size_t i = 0; i < trace.size(); ++i)
      score.layer_error.push_back(relative_rms_error(exact[i], trace[i]));
    scores[c + 1].windows[index] = std::move(score);
    done();
  }
}

Estimate estimate(std::span<const double> values) {
  const auto n = static_cast<double>(values.size());
  Estimate e;
  for (const double v : values) e.mean += v / n;
  double squares = 0.0;
  for (const double v : values) squares += (v - e.mean) * (v - e.mean);
  e.standard_error = values.size() > 1 ? std::sqrt(squares / (n - 1.0) / n) : 0.0;
  return e;
}

}  // namespace

double CandidateScore::bits_per_token() const {
  double sum = 0.0;
  for (const WindowScore& w : windows) sum += w.bits_per_token();
  return sum / static_cast<double>(windows.size());
}

double CandidateScore::perplexity() const {
  return std::exp2(bits_per_token());
}

double CandidateScore::kl_bits() const {
  double sum = 0.0;
  for (const WindowScore& w : windows) sum += w.kl_bits / static_cast<double>(w.scored);
  return sum / static_cast<double>(windows.size());
}

double CandidateScore::top1_agreement() const {
  double equal = 0.0;
  double scored = 0.0;
  for (const WindowScore& w : windows) {
    equal += static_cast<double>(w.top1_equal);
    scored += static_cast<double>(w.scored);
  }
  return equal / scored;
}

std::vector<double> CandidateScore::layer_error() const {
  std::vector<double> mean(windows.empty() ? 0 : windows.front().layer_error.size(), 0.0);
  for (const WindowScore& w : windows) {
    for (std::size_t i = 0; i < mean.size(); ++i)
      mean[i] += w.layer_error[i] / static_cast<double>(windows.size());
  }
  return mean;
}

Estimate difference(const CandidateScore& a, const CandidateScore& b) {
  std::vector<double> differences;
  for (std::size_t i = 0; i < a.windows.size(); ++i) {
    differences.push_back(a.windows[i].bits_per_token() - b.windows[i].bits_per_token());
  }
  return estimate(differences);
}

std::vector<CandidateScore> measure_accuracy(const Candidate& reference,
                                             std::span<const Candidate> candidates,
                                             std::span<const std::vector<std::int64_t>> windows,
                                             std::size_t threads,
                                             const std::function<void(std::size_t, std::size_t)>& progress) {
  for (const auto& window : windows) {
    if (window.size() < 2) throw InputError("a text window needs at least 2 tokens");
  }
  std::vector<CandidateScore> scores(candidates.size() + 1);
  scores[0].name = reference.name;
  for (std::size_t c = 0; c < candidates.size(); ++c) scores[c + 1].name = candidates[c].name;
  for (CandidateScore& score : scores) score.windows.resize(windows.size());

  std::mutex mutex;
  std::size_t finished = 0;
  const auto done = [&] {
    const std::lock_guard lock(mutex);
    ++finished;
    if (progress) progress(finished, windows.size() * scores.size());
  };
  parallel_for(
      windows.size(), [&](std::size_t i) { run_window(reference, candidates, windows[i], i, scores, done); },
      threads);
  return scores;
}

}  // namespace statelane
