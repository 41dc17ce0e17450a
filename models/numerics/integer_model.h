// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "models/numerics/integer_layer.h"
#include "models/numerics/quantized_model.h"

namespace statelane {

/// A language model in the integer-exact arithmetic of its scheme: every operator between embedding and head
/// in integers and shifts as the accelerator computes it (docs/numerics.md), in any legal tiling and order of
/// its operators the same bits. Embedding, final norm and head run in float, as on LightMamba's host; where
/// the scheme quantises the head, norm and head are the accelerator's, in its integers.
class IntegerModel {
 public:
  /// Throws InputError if the scheme defines no integer arithmetic, does not fit it, or `calibration` is
  /// empty.
  IntegerModel(const ModelWeights& weights, Scheme scheme, const CalibrationText& calibration);

  [[nodiscard]] const ModelDims& dims() const { return folded_->dims(); }
  [[nodiscard]] const Scheme& scheme() const { return scheme_; }
  [[nodiscard]] const IntegerPlan& plan() const { return *plan_; }
  [[nodiscard]] const IntegerLayer& layer(std::size_t i) const { return layers_[i]; }
  [[nodiscard]] std::size_t layers() const { return layers_.size(); }
  /// The weights with rotation folded in: embedding, final norm and head of the float ends.
  [[nodiscard]] const ModelWeights& folded() const { return folded_->weights(); }

  [[nodiscard]] std::vector<IntegerCache> make_cache() const;
  /// Logits [tokens, vocab]. `stats` collects accumulator ranges and saturation; `trace` the residual stream.
  /// Throws InputError for a token outside the vocabulary.
  [[nodiscard]] std::vector<float> forward(std::span<const std::int64_t> tokens,
                                           std::vector<IntegerCache>& cache, IntegerStats* stats = nullptr,
                                           ResidualTrace* trace = nullptr) const;

  /// The token's embedding into the residual stream.
  void embed(std::int64_t token, IntegerToken& t) const;
  /// The residual stream as float, in the (possibly rotated) basis of the model.
  [[nodiscard]] std::vector<float> residual(const IntegerToken& t) const;
  /// Final norm and head: logits [vocab].
  [[nodiscard]] std::vector<float> head(const IntegerToken& t) const { return head(t, {0, dims().vocab}); }
  /// Some of them.
  [[nodiscard]] std::vector<float> head(const IntegerToken& t, Range rows) const;
  /// Logits from an integer head's accumulators.
  [[nodiscard]] std::vector<float> logits_of(std::span<const double> accumulators) const;
  /// The head in integers; null where it is float.
  [[nodiscard]] const IntegerLinear* integer_head() const { return head_ ? &*head_ : nullptr; }

 private:
  void run_layer(std::size_t index, std::span<IntegerToken> tokens, IntegerCache& cache,
                 IntegerStats* stats) const;

  Scheme scheme_;
  RotationPlan rotation_;
  std::unique_ptr<const Mamba2Model> folded_;  ///< transformed weights, for embedding, final norm and head
  std::unique_ptr<const IntegerPlan> plan_;
  std::vector<IntegerLayer> layers_;
  std::optional<IntegerLinear> head_;
};

}  // namespace statelane
