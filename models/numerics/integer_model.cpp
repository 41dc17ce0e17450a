// SPDX-License-Identifier: Apache-2.0
#include "models/numerics/integer_model.h"

#include <algorithm>

#include "models/numerics/integer_ops.h"
#include "models/numerics/kernels.h"

namespace statelane {

IntegerModel::IntegerModel(const ModelWeights& weights, Scheme scheme, const CalibrationText& calibration)
    : scheme_(std::move(scheme)), rotation_(scheme_, weights.dims) {
  if (scheme_.integer == IntegerArithmetic::kNone) {
    throw InputError("scheme \"" + scheme_.name + "\" defines no integer arithmetic");
  }
  if (calibration.empty()) throw InputError("scheme \"" + scheme_.name + "\" needs calibration text");
  folded_ = std::make_unique<const Mamba2Model>(QuantizedModel::transformed(weights, scheme_, calibration));
  const Ranges ranges = QuantizedModel::measure_ranges(*folded_, scheme_, calibration, true);
  plan_ = std::make_unique<const IntegerPlan>(make_integer_plan(scheme_, ranges, folded_->weights()));
  for (std::size_t i = 0; i < weights.dims.layers; ++i) {
    layers_.emplace_back(folded_->weights().layers[i], i, folded_->dims(), scheme_, *plan_, ranges);
  }
  if (scheme_.integer_head()) head_ = make_integer_head(folded_->weights(), scheme_, *plan_, ranges);
}

std::vector<IntegerCache> IntegerModel::make_cache() const {
  const ModelDims& m = dims();
  std::vector<IntegerCache> cache(m.layers);
  for (IntegerCache& layer : cache) {
    layer.conv.assign(m.taps * m.conv_channels(), 0);
    layer.state.assign(m.state_elements(), 0);
  }
  return cache;
}

void IntegerModel::embed(std::int64_t token, IntegerToken& t) const {
  const ModelDims& m = dims();
  if (token < 0 || static_cast<std::size_t>(token) >= m.vocab) {
    throw InputError("token " + std::to_string(token) + " is outside the vocabulary 0.." +
                     std::to_string(m.vocab - 1));
  }
  const float* row = folded_->weights().embedding.data() + static_cast<std::size_t>(token) * m.d_model;
  const TensorFormat& f = (*plan_)[Tap::kResidual];
  for (std::size_t i = 0; i < m.d_model; ++i) {
    t.residual[i] = integer::from_float(row[i], f.fraction, f.width);
    t.residual_float[i] = row[i];
  }
}

std::vector<float> IntegerModel::residual(const IntegerToken& t) const {
  if (plan_->arithmetic == IntegerArithmetic::kFixedPoint) return t.residual_float;
  std::vector<float> out;
  for (const std::int32_t v : t.residual)
    out.push_back(integer::to_float(v, (*plan_)[Tap::kResidual].fraction));
  return out;
}

namespace {

/// Rows of W x; all of them by the product that is made for whole matrices, which gives the same bits.
template <class T>
std::vector<T> product(const BasicPackedMatrix<T>& w, const std::vector<T>& x, Range rows) {
  std::vector<T> y(rows.size(), T{0});
  if (rows.size() == w.rows()) {
    matmul(w, x, 1, y);
  } else {
    matvec_tile(w, x, rows, {0, w.cols()}, y);
  }
  return y;
}

}  // namespace

std::vector<float> IntegerModel::head(const IntegerToken& t, Range rows) const {
  const std::vector<float>& weight = folded_->weights().final_norm;
  if (!head_) {
    std::vector<float> normed = residual(t);
    kernels::rms_norm(normed, weight, 1, dims().norm_eps, normed);
    return product(folded_->head(), normed, rows);
  }
  IntegerToken last = t;
  layers_.front().norm_by(last, weight, head_->input, nullptr);
  return logits_of(product(head_->codes, {last.u.begin(), last.u.end()}, rows));
}

std::vector<float> IntegerModel::logits_of(std::span<const double> acc) const {
  std::vector<float> logits(acc.size());
  const bool fixed = plan_->arithmetic == IntegerArithmetic::kFixedPoint;
  const TensorFormat& f = plan_->logits;
  const int shift = (*plan_)[Tap::kNormOut].fraction + head_->fraction - f.fraction;
  for (std::size_t i = 0; i < logits.size(); ++i) {
    const auto sum = static_cast<std::int64_t>(acc[i]);
    logits[i] =
        fixed ? static_cast<float>(sum) * static_cast<float>(head_->scale)
              : integer::to_float(integer::saturate(integer::shift_down(sum, shift), f.width), f.fraction);
  }
  return logits;
}

void IntegerModel::run_layer(std::size_t index, std::span<IntegerToken> tokens, IntegerCache& cache,
                             IntegerStats* stats) const {
  const ModelDims& m = dims();
  const IntegerLayer& layer = layers_[index];
  const std::size_t n = tokens.size();
  const std::size_t rows = m.in_proj_rows();
  const std::size_t states = m.groups * m.d_state;
  std::vector<double> inputs(n * m.d_model);
  for (std::size_t t = 0; t < n; ++t) {
    layer.norm(tokens[t], stats);
    std::copy(tokens[t].u.begin(), tokens[t].u.end(),
              inputs.begin() + static_cast<std::ptrdiff_t>(t * m.d_model));
  }
  std::vector<double> projected(n * rows);
  matmul(layer.weights().in_proj.codes, inputs, n, projected);
  inputs.resize(n * m.d_inner);
  for (std::size_t t = 0; t < n; ++t) {
    IntegerToken& token = tokens[t];
    const Range parts[] = {
        {0, m.d_inner}, {m.d_inner, m.d_inner + m.conv_channels()}, {m.d_inner + m.conv_channels(), rows}};
    for (const Range part : parts) {
      layer.take_in_proj(token, part, std::span(projected).subspan(t * rows + part.begin, part.size()),
                         stats);
    }
    layer.conv(token, cache, {0, m.conv_channels()}, stats);
    layer.silu(token, {0, m.d_inner}, stats);
    layer.silu(token, {m.d_inner, m.d_inner + states}, stats);
    layer.silu(token, {m.d_inner + states, m.conv_channels()}, stats);
    layer.softplus(token, {0, m.heads}, stats);
    layer.decay(token, {0, m.heads}, stats);
    layer.first_product(token, {0, m.heads}, stats);
    for (std::size_t h = 0; h < m.heads; ++h)
      layer.state(token, cache, h, {0, m.headdim}, {0, m.d_state}, stats);
    layer.skip(token, {0, m.d_inner}, stats);
    layer.gate(token, {0, m.d_inner}, stats);
    layer.gated_norm(token, stats);
    std::copy(token.g.begin(), token.g.end(), inputs.begin() + static_cast<std::ptrdiff_t>(t * m.d_inner));
  }
  std::vector<double> mixed(n * m.d_model);
  matmul(layer.weights().out_proj.codes, inputs, n, mixed);
  for (std::size_t t = 0; t < n; ++t) {
    layer.take_out_proj(tokens[t], {0, m.d_model}, std::span(mixed).subspan(t * m.d_model, m.d_model), stats);
    layer.residual(tokens[t], {0, m.d_model}, stats);
  }
}

std::vector<float> IntegerModel::forward(std::span<const std::int64_t> tokens,
                                         std::vector<IntegerCache>& cache, IntegerStats* stats,
                                         ResidualTrace* trace) const {
  const ModelDims& m = dims();
  constexpr std::size_t kBlock = 64;  // tokens that share a pass over a layer's weights
  std::vector<float> logits;
  if (trace != nullptr) trace->assign(m.layers, {});
  for (std::size_t begin = 0; begin < tokens.size(); begin += kBlock) {
    const auto part = tokens.subspan(begin, std::min(kBlock, tokens.size() - begin));
    std::vector<IntegerToken> work(part.size(), IntegerToken(m));
    for (std::size_t t = 0; t < part.size(); ++t) embed(part[t], work[t]);
    for (std::size_t i = 0; i < m.layers; ++i) {
      run_layer(i, work, cache[i], stats);
      if (trace == nullptr) continue;
      for (const IntegerToken& token : work) {
        const std::vector<float> row = residual(token);
        (*trace)[i].insert((*trace)[i].end(), row.begin(), row.end());
      }
    }
    for (const IntegerToken& token : work) {
      const std::vector<float> row = head(token);
      logits.insert(logits.end(), row.begin(), row.end());
    }
  }
  if (trace != nullptr) {
    for (auto& layer : *trace) rotation_.restore_residual(layer);
  }
  return logits;
}

}  // namespace statelane
