// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>

#include "models/base/catalog.h"
#include "models/base/fields.h"

namespace statelane {

/// Extents of a Mamba2 language model. Names and defaults of the network's parts are those of the class
/// Mamba2 of state-spaces/mamba (modules/mamba2.py): RMSNorm, SiLU, gate before norm, one A and one D a head.
struct Mamba2Shape {
  std::string name;    ///< e.g. "mamba2-2.7b"
  std::string source;  ///< where the figures come from
  std::int64_t d_model = 768;
  std::int64_t n_layer = 24;
  std::int64_t vocab_size = 50277;
  std::int64_t pad_vocab_size_multiple = 16;
  std::int64_t d_state = 128;
  std::int64_t headdim = 64;
  std::int64_t ngroups = 1;
  std::int64_t d_conv = 4;
  std::int64_t expand = 2;
  std::int64_t chunk_size = 256;
  bool tie_embeddings = true;
  double norm_eps = 1e-5;
  double dt_min = 0;  ///< dt is clamped to [dt_min, dt_max] after softplus (the class's dt_limit)
  double dt_max = std::numeric_limits<double>::infinity();
  bool conv_bias = true;
  bool proj_bias = false;

  /// Rows of the embedding and of the head.
  [[nodiscard]] std::int64_t padded_vocab() const {
    return ceil_div(vocab_size, pad_vocab_size_multiple) * pad_vocab_size_multiple;
  }
  [[nodiscard]] std::int64_t d_inner() const { return expand * d_model; }
  [[nodiscard]] std::int64_t nheads() const { return d_inner() / headdim; }
  /// Rows of in_proj, in the order z, x, B, C, dt.
  [[nodiscard]] std::int64_t in_proj_width() const {
    return 2 * d_inner() + 2 * ngroups * d_state + nheads();
  }
  /// Channels of the convolution: x, B, C.
  [[nodiscard]] std::int64_t conv_channels() const { return d_inner() + 2 * ngroups * d_state; }
  /// Elements of the recurrent state of one layer: [nheads, headdim, d_state].
  [[nodiscard]] std::int64_t state_elements() const { return d_inner() * d_state; }
  /// Parameters of one layer: block norm, in_proj, conv, dt_bias, A, D, gated norm, out_proj, and the biases
  /// there are.
  [[nodiscard]] std::int64_t layer_parameters() const;
  /// All parameters, the head's own only if it is not the embedding.
  [[nodiscard]] std::int64_t parameters() const;

  bool operator==(const Mamba2Shape&) const = default;
};

template <>
struct Describe<Mamba2Shape> {
  static const Table<Mamba2Shape>& table();
};

/// The forms a network's description comes in.
enum class NetworkForm {
  own,           ///< the field table of Mamba2Shape
  original,      ///< config.json of state-spaces/mamba: d_model, n_layer, ssm_cfg ...
  hugging_face,  ///< config.json of Hugging Face transformers: hidden_size, num_hidden_layers ...
};

/// Which form a JSON object is in, judged by the keys only one form has.
[[nodiscard]] NetworkForm network_form(const JsonValue& json);

/// Reads a network of any form. What the class Mamba2 can be but this project does not model (attention or
/// MLP blocks, d_ssm, norm before gate ...) is an error, not ignored. Nothing, with errors added, if it is
/// not a network. `name` is the network's if the description has none.
[[nodiscard]] std::optional<Mamba2Shape> read_network(const JsonValue& json, Diagnostics& diagnostics,
                                                      std::string_view name = {});

/// Finds a network by name or path (of a file, or of a folder with a config.json) and reads it. `from` is the
/// place that names it.
[[nodiscard]] std::optional<Mamba2Shape> load_network(const Catalog& catalog, std::string_view reference,
                                                      Diagnostics& diagnostics,
                                                      const SourcePosition& from = {});

}  // namespace statelane
