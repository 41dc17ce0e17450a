// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "models/numerics/quantized_model.h"

namespace statelane {

/// A model to be judged: logits [tokens, vocab] of a sequence that starts from zero state; fills the trace if
/// it is not null.
struct Candidate {
  std::string name;
  std::function<std::vector<float>(std::span<const std::int64_t> tokens, ResidualTrace* trace)> run;
};

/// What one candidate did on one window.
struct WindowScore {
  std::size_t scored = 0;           ///< tokens whose prediction was judged: all but the first
  double bits = 0.0;                ///< -sum of log2 p(token)
  double kl_bits = 0.0;             ///< sum of KL(reference || candidate), in bits
  std::size_t top1_equal = 0;       ///< predictions whose most likely token is the reference's
  std::vector<double> layer_error;  ///< relative RMS error of the residual stream after each layer

  [[nodiscard]] double bits_per_token() const { return bits / static_cast<double>(scored); }
};

/// A mean over windows with its standard error.
struct Estimate {
  double mean = 0.0;
  double standard_error = 0.0;
};

struct CandidateScore {
  std::string name;
  std::vector<WindowScore> windows;

  /// Mean over windows of the bits per token (per byte where a token is a byte).
  [[nodiscard]] double bits_per_token() const;
  [[nodiscard]] double perplexity() const;  ///< 2 ^ bits_per_token
  [[nodiscard]] double kl_bits() const;     ///< per token
  [[nodiscard]] double top1_agreement() const;
  [[nodiscard]] std::vector<double> layer_error() const;
};

/// Paired difference a - b in bits per token over the same windows.
[[nodiscard]] Estimate difference(const CandidateScore& a, const CandidateScore& b);

/// Judges every candidate on every window against `reference`, whose own score comes first. A window of n
/// tokens is fed without its last one, and its tokens 1..n-1 are scored. Windows are shared out over
/// `threads`; the result does not depend on their number. `progress` is called after every window and
/// candidate with (done, total), from any thread, one at a time. Throws InputError for a window of fewer than
/// 2 tokens.
[[nodiscard]] std::vector<CandidateScore> measure_accuracy(
    const Candidate& reference, std::span<const Candidate> candidates,
    std::span<const std::vector<std::int64_t>> windows, std::size_t threads,
    const std::function<void(std::size_t, std::size_t)>& progress = {});

}  // namespace statelane
