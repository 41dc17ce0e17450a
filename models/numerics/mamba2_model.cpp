// SPDX-License-Identifier: Apache-2.0
#include "models/numerics/mamba2_model.h"

#include <algorithm>
#include <cmath>

#include "models/numerics/kernels.h"
#include "models/numerics/ssd.h"

namespace statelane {
namespace {

/// The tensors of one layer for a block of tokens.
class LayerPass {
 public:
  LayerPass(const Mamba2Model& model, std::size_t layer, std::size_t tokens, const ForwardOptions& options)
      : model_(model),
        m_(model.dims()),
        w_(model.weights().layers[layer]),
        layer_(layer),
        tokens_(tokens),
        options_(options) {}

  /// residual <- residual + mixer(norm(residual)).
  void run(std::span<float> residual, LayerCache& cache) {
    project(residual);
    convolve(cache);
    const std::vector<float> decays = discretise();
    scan(cache, decays);
    gate_and_norm();
    std::vector<float> out(tokens_ * m_.d_model);
    matmul(model_.out_proj(layer_), y_, tokens_, out);
    show(Tap::kMixerOut, out, m_.d_model);
    kernels::add_in_place(residual, out);
    show(Tap::kResidual, residual, m_.d_model);
  }

 private:
  void show(Tap tap, std::span<float> data, std::size_t width) const {
    if (options_.hook != nullptr && options_.hook->wants(tap)) options_.hook->at(tap, layer_, data, width);
  }
  void apply_silu(std::span<float> x) const {
    if (options_.hook != nullptr) return options_.hook->silu(layer_, x);
    kernels::silu_in_place(x);
  }
  /// Columns [first, first + width) of every row of `from`, which has rows of `from_width`.
  std::vector<float> columns(std::span<const float> from, std::size_t from_width, std::size_t first,
                             std::size_t width) const {
    std::vector<float> out(tokens_ * width);
    for (std::size_t t = 0; t < tokens_; ++t) {
      const auto row = from.subspan(t * from_width + first, width);
      std::copy(row.begin(), row.end(), out.begin() + static_cast<std::ptrdiff_t>(t * width));
    }
    return out;
  }

  void project(std::span<const float> residual) {
    std::vector<float> u(tokens_ * m_.d_model);
    for (std::size_t t = 0; t < tokens_; ++t) {
      kernels::rms_norm(residual.subspan(t * m_.d_model, m_.d_model), w_.norm, 1, m_.norm_eps,
                        std::span(u).subspan(t * m_.d_model, m_.d_model));
    }
    show(Tap::kNormOut, u, m_.d_model);
    const std::size_t rows = m_.in_proj_rows();
    std::vector<float> projected(tokens_ * rows);
    matmul(model_.in_proj(layer_), u, tokens_, projected);
    show(Tap::kInProjOut, projected, rows);
    z_ = columns(projected, rows, 0, m_.d_inner);
    xbc_ = columns(projected, rows, m_.d_inner, m_.conv_channels());
    dt_ = columns(projected, rows, m_.d_inner + m_.conv_channels(), m_.heads);
  }

  void convolve(LayerCache& cache) {
    const std::size_t n = m_.conv_channels();
    show(Tap::kConvIn, xbc_, n);
    const kernels::ConvTile tile{cache.conv, model_.conv_taps(layer_), w_.conv_bias, m_.taps, n};
    std::vector<float> out(n);
    for (std::size_t t = 0; t < tokens_; ++t) {
      const auto row = std::span(xbc_).subspan(t * n, n);
      kernels::conv_step(tile, row, out);
      std::copy(out.begin(), out.end(), row.begin());
    }
    show(Tap::kConvOut, xbc_, n);
    apply_silu(xbc_);
    const std::size_t states = m_.groups * m_.d_state;
    x_ = columns(xbc_, n, 0, m_.d_inner);
    b_ = columns(xbc_, n, m_.d_inner, states);
    c_ = columns(xbc_, n, m_.d_inner + states, states);
    show(Tap::kX, x_, m_.d_inner);
    show(Tap::kB, b_, states);
    show(Tap::kC, c_, states);
  }

  /// Turns the raw dt into dt and returns the decays e^(dt A).
  std::vector<float> discretise() {
    for (std::size_t i = 0; i < dt_.size(); ++i) dt_[i] += w_.dt_bias[i % m_.heads];
    show(Tap::kDtIn, dt_, m_.heads);
    if (options_.hook != nullptr) {
      options_.hook->softplus(layer_, dt_);
    } else {
      for (float& v : dt_) v = kernels::softplus(v);
    }
    for (float& v : dt_) v = std::clamp(v, m_.dt_low, m_.dt_high);
    show(Tap::kDt, dt_, m_.heads);
    std::vector<float> decays(dt_.size());
    for (std::size_t i = 0; i < dt_.size(); ++i) decays[i] = dt_[i] * model_.a(layer_)[i % m_.heads];
    show(Tap::kDtA, decays, m_.heads);
    if (options_.hook != nullptr) {
      options_.hook->exponential(layer_, decays);
    } else {
      kernels::exp_in_place(decays);
    }
    show(Tap::kDecay, decays, m_.heads);
    return decays;
  }

  void scan(LayerCache& cache, std::span<const float> decays) {
    y_.resize(tokens_ * m_.d_inner);
    const ScanView view{&m_, tokens_, x_, b_, c_, dt_, decays, model_.a(layer_), cache.state, y_};
    if (options_.chunk) {
      scan_chunked(view, *options_.chunk);
    } else {
      scan_recurrent(view, options_.input_product == InputProduct::kDtX, options_.hook, layer_);
    }
    show(Tap::kScanOut, y_, m_.d_inner);
    for (std::size_t i = 0; i < tokens_ * m_.heads; ++i) {  // x becomes D x
      const auto head = std::span(x_).subspan(i * m_.headdim, m_.headdim);
      kernels::scale(w_.d[i % m_.heads], head, head);
    }
    show(Tap::kSkip, x_, m_.d_inner);
    kernels::add_in_place(y_, x_);
    show(Tap::kSsmOut, y_, m_.d_inner);
  }

  void gate_and_norm() {
    show(Tap::kZ, z_, m_.d_inner);
    apply_silu(z_);
    show(Tap::kGate, z_, m_.d_inner);
    kernels::multiply_in_place(y_, z_);
    show(Tap::kGated, y_, m_.d_inner);
    for (std::size_t t = 0; t < tokens_; ++t) {
      const auto row = std::span(y_).subspan(t * m_.d_inner, m_.d_inner);
      kernels::rms_norm(row, w_.gated_norm, m_.groups, m_.norm_eps, row);
    }
    show(Tap::kGatedNormOut, y_, m_.d_inner);
  }

  const Mamba2Model& model_;
  const ModelDims& m_;
  const LayerWeights& w_;
  std::size_t layer_;
  std::size_t tokens_;
  const ForwardOptions& options_;
  std::vector<float> z_, xbc_, dt_, x_, b_, c_, y_;
};

}  // namespace

Mamba2Model::Mamba2Model(ModelWeights weights) : weights_(std::move(weights)) {
  const ModelDims& m = weights_.dims;
  for (const LayerWeights& w : weights_.layers) {
    Layer layer;
    layer.in_proj = PackedMatrix(w.in_proj, m.in_proj_rows(), m.d_model);
    layer.out_proj = PackedMatrix(w.out_proj, m.d_model, m.d_inner);
    layer.conv.resize(w.conv.size());
    for (std::size_t c = 0; c < m.conv_channels(); ++c) {
      for (std::size_t k = 0; k < m.taps; ++k) layer.conv[k * m.conv_channels() + c] = w.conv[c * m.taps + k];
    }
    for (const float v : w.a_log) layer.a.push_back(static_cast<float>(-std::exp(static_cast<double>(v))));
    layers_.push_back(std::move(layer));
  }
  head_ = PackedMatrix(weights_.head_matrix(), m.vocab, m.d_model);
}

ModelCache Mamba2Model::make_cache() const {
  const ModelDims& m = weights_.dims;
  ModelCache cache;
  cache.layers.resize(m.layers);
  for (LayerCache& layer : cache.layers) {
    layer.conv.assign(m.taps * m.conv_channels(), 0.0F);
    layer.state.assign(m.state_elements(), 0.0F);
  }
  return cache;
}

std::vector<float> Mamba2Model::forward(std::span<const std::int64_t> tokens, ModelCache& cache,
                                        const ForwardOptions& options) const {
  const ModelDims& m = weights_.dims;
  std::vector<float> residual(tokens.size() * m.d_model);
  for (std::size_t t = 0; t < tokens.size(); ++t) {
    if (tokens[t] < 0 || static_cast<std::size_t>(tokens[t]) >= m.vocab) {
      throw InputError("token " + std::to_string(tokens[t]) + " at position " + std::to_string(t) +
                       " is outside the vocabulary 0.." + std::to_string(m.vocab - 1));
    }
    const auto row =
        std::span(weights_.embedding).subspan(static_cast<std::size_t>(tokens[t]) * m.d_model, m.d_model);
    std::copy(row.begin(), row.end(), residual.begin() + static_cast<std::ptrdiff_t>(t * m.d_model));
  }
  for (std::size_t i = 0; i < m.layers; ++i) {
    LayerPass(*this, i, tokens.size(), options).run(residual, cache.layers[i]);
  }
  for (std::size_t t = 0; t < tokens.size(); ++t) {
    const auto row = std::span(residual).subspan(t * m.d_model, m.d_model);
    kernels::rms_norm(row, weights_.final_norm, 1, m.norm_eps, row);
  }
  if (options.hook != nullptr && options.hook->wants(Tap::kFinalNormOut)) {
    options.hook->at(Tap::kFinalNormOut, m.layers, residual, m.d_model);
  }
  std::vector<float> logits(tokens.size() * m.vocab);
  matmul(head_, residual, tokens.size(), logits);
  return logits;
}

}  // namespace statelane
