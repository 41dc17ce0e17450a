// SPDX-License-Identifier: Apache-2.0
#include "models/numerics/weights.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "models/base/json.h"

namespace statelane {
namespace {

std::string show_shape(const std::vector<std::size_t>& shape) {
  std::string text = "[";
  for (const std::size_t d : shape) text += (text.size() > 1 ? ", " : "") + std::to_string(d);
  return text + "]";
}

/// The tensor as floats if it has the shape wanted and only finite values.
std::vector<float> take(const SafetensorsFile& file, const std::string& name,
                        const std::vector<std::size_t>& shape) {
  const TensorView& view = file.at(name);
  const std::string where = file.name() + ": tensor \"" + name + "\"";
  if (view.shape != shape) {
    throw InputError(where + " has the shape " + show_shape(view.shape) + ", the config wants " +
                     show_shape(shape));
  }
  if (!is_floating(view.dtype)) {
    throw InputError(where + " holds " + std::string(name_of(view.dtype)) +
                     ", weights must be F64, F32, F16 or BF16");
  }
  std::vector<float> values = view.to_floats();
  const auto bad = std::find_if_not(values.begin(), values.end(), [](float v) { return std::isfinite(v); });
  if (bad != values.end()) {
    throw InputError(where + " has a value that is not finite at element " +
                     std::to_string(bad - values.begin()));
  }
  return values;
}

LayerWeights take_layer(const SafetensorsFile& file, const std::string& prefix, const ModelDims& m) {
  const std::string mixer = prefix + "mixer.";
  LayerWeights layer;
  layer.norm = take(file, prefix + "norm.weight", {m.d_model});
  layer.in_proj = take(file, mixer + "in_proj.weight", {m.in_proj_rows(), m.d_model});
  layer.conv = take(file, mixer + "conv1d.weight", {m.conv_channels(), 1, m.taps});
  layer.conv_bias.assign(m.conv_channels(), 0.0F);
  if (m.conv_bias) layer.conv_bias = take(file, mixer + "conv1d.bias", {m.conv_channels()});
  layer.dt_bias = take(file, mixer + "dt_bias", {m.heads});
  layer.a_log = take(file, mixer + "A_log", {m.heads});
  layer.d = take(file, mixer + "D", {m.heads});
  layer.gated_norm = take(file, mixer + "norm.weight", {m.d_inner});
  layer.out_proj = take(file, mixer + "out_proj.weight", {m.d_model, m.d_inner});
  return layer;
}

}  // namespace

ModelDims dims_of(const Mamba2Shape& shape) {
  if (shape.proj_bias)
    throw InputError("network \"" + shape.name + "\": biases of in_proj and out_proj are not supported");
  const auto size = [](std::int64_t v) { return static_cast<std::size_t>(v); };
  ModelDims m;
  m.d_model = size(shape.d_model);
  m.layers = size(shape.n_layer);
  m.vocab = size(shape.padded_vocab());
  m.d_inner = size(shape.d_inner());
  m.heads = size(shape.nheads());
  m.headdim = size(shape.headdim);
  m.d_state = size(shape.d_state);
  m.groups = size(shape.ngroups);
  m.taps = size(shape.d_conv);
  m.norm_eps = static_cast<float>(shape.norm_eps);
  m.dt_low = static_cast<float>(shape.dt_min);
  m.dt_high = static_cast<float>(shape.dt_max);
  m.tied = shape.tie_embeddings;
  m.conv_bias = shape.conv_bias;
  return m;
}

ModelWeights read_weights(const SafetensorsFile& file, const ModelDims& dims) {
  const std::string original = "backbone.embedding.weight";
  const std::string hugging_face = "backbone.embeddings.weight";
  if (file.find(original) == nullptr && file.find(hugging_face) == nullptr) {
    throw InputError(file.name() + ": neither \"" + original + "\" nor \"" + hugging_face + "\" is there");
  }
  ModelWeights weights;
  weights.dims = dims;
  weights.embedding =
      take(file, file.find(original) != nullptr ? original : hugging_face, {dims.vocab, dims.d_model});
  for (std::size_t i = 0; i < dims.layers; ++i) {
    weights.layers.push_back(take_layer(file, "backbone.layers." + std::to_string(i) + ".", dims));
  }
  weights.final_norm = take(file, "backbone.norm_f.weight", {dims.d_model});
  if (!dims.tied) weights.head = take(file, "lm_head.weight", {dims.vocab, dims.d_model});
  return weights;
}

ModelWeights load_model(const std::filesystem::path& directory) {
  Diagnostics diagnostics;
  JsonOptions options;
  options.python_constants = true;  // transformers writes a bare Infinity
  const auto json = read_json_file((directory / "config.json").string(), diagnostics, options);
  const auto shape = json ? read_network(*json, diagnostics, directory.filename().string()) : std::nullopt;
  throw_if_errors(diagnostics);
  return read_weights(SafetensorsFile(directory / "model.safetensors"), dims_of(shape.value()));
}

}  // namespace statelane
