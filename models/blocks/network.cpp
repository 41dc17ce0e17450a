// SPDX-License-Identifier: Apache-2.0
#include "models/blocks/network.h"

#include <algorithm>

#include "models/blocks/network_forms.h"

namespace statelane {

std::int64_t Mamba2Shape::layer_parameters() const {
  const std::int64_t projections = in_proj_width() * d_model + d_model * d_inner();
  const std::int64_t projection_biases = proj_bias ? in_proj_width() + d_model : 0;
  const std::int64_t convolution = conv_channels() * (d_conv + (conv_bias ? 1 : 0));
  return d_model + projections + projection_biases + convolution + 3 * nheads() + d_inner();
}

std::int64_t Mamba2Shape::parameters() const {
  const std::int64_t embeddings = padded_vocab() * d_model * (tie_embeddings ? 1 : 2);
  return embeddings + n_layer * layer_parameters() + d_model;
}

namespace {
// Larger extents could overflow 64-bit products of three; no network is near.
constexpr std::int64_t largest = std::int64_t{1} << 20;
}  // namespace

const Table<Mamba2Shape>& Describe<Mamba2Shape>::table() {
  using S = Mamba2Shape;
  static const Table<S> t =
      Table<S>("network", "Extents of a Mamba2 language model.")
          .field("name", &S::name, "Name of the network; left out, the file's")
          .field("source", &S::source, "Where the figures come from")
          .field("d_model", &S::d_model, "Width of the residual stream")
          .range(1, largest)
          .required()
          .sweepable()
          .field("n_layer", &S::n_layer, "Blocks")
          .range(1, 100000)
          .required()
          .sweepable()
          .field("vocab_size", &S::vocab_size, "Language tokens")
          .range(1, largest * 16)
          .source("tokenizer of the published models")
          .field("pad_vocab_size_multiple", &S::pad_vocab_size_multiple,
                 "The embedding's rows are vocab_size rounded up to a multiple of this")
          .range(1, 65536)
          .field("d_state", &S::d_state, "State elements a channel")
          .range(1, 65536)
          .sweepable()
          .field("headdim", &S::headdim, "Channels a head")
          .range(1, 65536)
          .field("ngroups", &S::ngroups, "Groups of heads that share B and C")
          .range(1, 65536)
          .field("d_conv", &S::d_conv, "Taps of the convolution")
          .range(1, 64)
          .field("expand", &S::expand, "d_inner / d_model")
          .range(1, 64)
          .field("chunk_size", &S::chunk_size, "Tokens a chunk of the chunked prefill")
          .range(1, largest)
          .field("tie_embeddings", &S::tie_embeddings, "The head is the embedding")
          .field("norm_eps", &S::norm_eps, "Epsilon of the norms")
          .range(0, 1)
          .field("dt_min", &S::dt_min, "Lower clamp of dt after softplus")
          .infinity()
          .field("dt_max", &S::dt_max, "Upper clamp of dt after softplus")
          .infinity()
          .field("conv_bias", &S::conv_bias, "The convolution has a bias")
          .field("proj_bias", &S::proj_bias, "in_proj and out_proj have biases")
          .check([](const S& shape, const JsonValue& json, Diagnostics& diagnostics) {
            detail::check_shape(
                shape, [&json](std::string_view key) { return json.where(key); }, diagnostics);
          });
  return t;
}

namespace detail {

bool check_shape(const Mamba2Shape& shape, const Locate& locate, Diagnostics& diagnostics) {
  const std::size_t before = diagnostics.error_count();
  const auto number = [](std::int64_t v) { return std::to_string(v); };
  if (shape.d_inner() % shape.headdim != 0) {
    diagnostics.error(locate("headdim"), "headdim does not divide d_inner", number(shape.headdim),
                      "a divisor of " + number(shape.d_inner()) + " = expand * d_model");
  } else if (shape.nheads() % shape.ngroups != 0) {
    diagnostics.error(locate("ngroups"), "ngroups does not divide the number of heads", number(shape.ngroups),
                      "a divisor of " + number(shape.nheads()) + " = expand * d_model / headdim");
  }
  if (!(shape.dt_min <= shape.dt_max)) {
    diagnostics.error(locate("dt_max"), "dt_max is below dt_min", JsonValue(shape.dt_max).show(),
                      ">= " + JsonValue(shape.dt_min).show());
  }
  return diagnostics.error_count() == before;
}

}  // namespace detail

NetworkForm network_form(const JsonValue& json) {
  const auto has = [&json](std::string_view key) { return json.find(key) != nullptr; };
  if (has("hidden_size") || has("num_hidden_layers") || has("model_type")) return NetworkForm::hugging_face;
  // What every config.json of the original has and Mamba2Shape has not.
  for (const char* key : {"ssm_cfg", "rms_norm", "residual_in_fp32", "fused_add_norm"})
    if (has(key)) return NetworkForm::original;
  return NetworkForm::own;
}

std::optional<Mamba2Shape> read_network(const JsonValue& json, Diagnostics& diagnostics,
                                        std::string_view name) {
  std::optional<Mamba2Shape> shape;
  switch (network_form(json)) {
    case NetworkForm::original:
      shape = detail::read_original(json, diagnostics);
      break;
    case NetworkForm::hugging_face:
      shape = detail::read_hugging_face(json, diagnostics);
      break;
    case NetworkForm::own:
      shape.emplace();
      if (!read(json, *shape, diagnostics)) shape.reset();
      break;
  }
  if (shape && shape->name.empty()) shape->name = name;
  return shape;
}

std::optional<Mamba2Shape> load_network(const Catalog& catalog, std::string_view reference,
                                        Diagnostics& diagnostics, const SourcePosition& from) {
  const std::optional<std::string> path = catalog.find("networks", reference, from, diagnostics);
  if (!path) return std::nullopt;
  JsonOptions options;
  options.python_constants = true;  // transformers writes a bare Infinity
  const std::optional<JsonValue> json = read_json_file(*path, diagnostics, options);
  if (!json) return std::nullopt;
  return read_network(*json, diagnostics, name_from_path(*path));
}

}  // namespace statelane
