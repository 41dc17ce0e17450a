// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "models/numerics/forward_hook.h"
#include "models/numerics/packed_matrix.h"
#include "models/numerics/weights.h"

namespace statelane {

/// What decode carries from token to token in one layer.
struct LayerCache {
  std::vector<float> conv;   ///< [taps, conv_channels]: the last pre-convolution columns, oldest first
  std::vector<float> state;  ///< [heads, d_state, headdim]
};

/// State of one sequence; all zeros at its start.
struct ModelCache {
  std::vector<LayerCache> layers;
};

/// Order of the two products that make dt * B * x: (dt*B)*x as LightMamba computes it, or B*(dt*x) as
/// FastMamba does.
enum class InputProduct { kDtB, kDtX };

struct ForwardOptions {
  /// Chunk length of the chunked SSD form; nothing = the recurrence, token by token. The chunked form visits
  /// no tap inside the recurrence.
  std::optional<std::size_t> chunk;
  InputProduct input_product = InputProduct::kDtB;
  /// Sees, and may change, the tensors between operators; may be null.
  ForwardHook* hook = nullptr;
};

/// Mamba2 language model in float: the reference, and, with a hook, every fake-quantised variant of it. One
/// function serves prefill (many tokens) and decode (one); both run the same operations in the same order, so
/// their bits agree.
class Mamba2Model {
 public:
  explicit Mamba2Model(ModelWeights weights);

  [[nodiscard]] const ModelDims& dims() const { return weights_.dims; }
  [[nodiscard]] const ModelWeights& weights() const { return weights_; }
  [[nodiscard]] ModelCache make_cache() const;

  /// Feeds `tokens` (at least one), advances `cache`, returns the logits [tokens, vocab]. Throws InputError
  /// for a token that is negative or not below vocab.
  std::vector<float> forward(std::span<const std::int64_t> tokens, ModelCache& cache,
                             const ForwardOptions& options = {}) const;

  // The parts of forward, for a simulator that schedules them itself.
  [[nodiscard]] const PackedMatrix& in_proj(std::size_t layer) const { return layers_[layer].in_proj; }
  [[nodiscard]] const PackedMatrix& out_proj(std::size_t layer) const { return layers_[layer].out_proj; }
  [[nodiscard]] const PackedMatrix& head() const { return head_; }
  [[nodiscard]] std::span<const float> conv_taps(std::size_t layer) const { return layers_[layer].conv; }
  [[nodiscard]] std::span<const float> a(std::size_t layer) const { return layers_[layer].a; }

 private:
  struct Layer {
    PackedMatrix in_proj;
    PackedMatrix out_proj;
    std::vector<float> conv;  ///< [taps, conv_channels]
    std::vector<float> a;     ///< -exp(a_log), [heads]
  };

  ModelWeights weights_;
  std::vector<Layer> layers_;
  PackedMatrix head_;
};

}  // namespace statelane
