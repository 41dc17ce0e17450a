// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <filesystem>
#include <limits>
#include <string>
#include <vector>

#include "models/blocks/network.h"
#include "models/numerics/safetensors.h"

namespace statelane {

/// Extents of a Mamba2 language model's tensors, as array code needs them.
struct ModelDims {
  std::size_t d_model = 0;
  std::size_t layers = 0;
  std::size_t vocab = 0;  ///< rows of the embedding, padding included
  std::size_t d_inner = 0;
  std::size_t heads = 0;
  std::size_t headdim = 0;
  std::size_t d_state = 0;
  std::size_t groups = 1;
  std::size_t taps = 4;  ///< of the convolution
  float norm_eps = 1e-5F;
  float dt_low = 0.0F;  ///< dt is clamped to [dt_low, dt_high] after softplus
  float dt_high = std::numeric_limits<float>::infinity();
  bool tied = true;       ///< the head is the embedding
  bool conv_bias = true;  ///< the file has a bias of the convolution (zero otherwise)

  [[nodiscard]] std::size_t conv_channels() const { return d_inner + 2 * groups * d_state; }
  [[nodiscard]] std::size_t in_proj_rows() const { return 2 * d_inner + 2 * groups * d_state + heads; }
  [[nodiscard]] std::size_t state_elements() const { return d_inner * d_state; }
};

/// The extents of a checked network as array code needs them. Throws InputError for biases of the
/// projections, which no Mamba2 language model has.
[[nodiscard]] ModelDims dims_of(const Mamba2Shape& shape);

/// Parameters of one layer, row-major, in float.
struct LayerWeights {
  std::vector<float> norm;        ///< [d_model]
  std::vector<float> in_proj;     ///< [in_proj_rows, d_model]; rows in the order z, x, B, C, dt
  std::vector<float> conv;        ///< [conv_channels, taps]
  std::vector<float> conv_bias;   ///< [conv_channels]
  std::vector<float> dt_bias;     ///< [heads]
  std::vector<float> a_log;       ///< [heads]; A = -exp(a_log)
  std::vector<float> d;           ///< [heads]
  std::vector<float> gated_norm;  ///< [d_inner]
  std::vector<float> out_proj;    ///< [d_model, d_inner]
};

/// A whole model in float.
struct ModelWeights {
  ModelDims dims;
  std::vector<float> embedding;  ///< [vocab, d_model]
  std::vector<LayerWeights> layers;
  std::vector<float> final_norm;  ///< [d_model]
  std::vector<float> head;        ///< [vocab, d_model]; empty if tied

  [[nodiscard]] const std::vector<float>& head_matrix() const { return head.empty() ? embedding : head; }
};

/// Takes the weights of `dims` from an open file, under the names of state-spaces/mamba
/// ("backbone.embedding.weight") or Hugging Face transformers ("backbone.embeddings.weight"); lm_head.weight
/// is needed only where the head is not tied and ignored where it is. Throws InputError for a missing tensor,
/// a wrong shape, an integer tensor or a value that is not finite, with the tensor's name.
[[nodiscard]] ModelWeights read_weights(const SafetensorsFile& file, const ModelDims& dims);

/// Loads directory/config.json (state-spaces or Hugging Face form) and directory/model.safetensors.
[[nodiscard]] ModelWeights load_model(const std::filesystem::path& directory);

}  // namespace statelane
