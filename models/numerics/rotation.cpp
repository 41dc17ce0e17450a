// SPDX-License-Identifier: Apache-2.0
#include "models/numerics/rotation.h"

#include <algorithm>
#include <cmath>

namespace statelane {
namespace {

void scale_columns(std::span<float> w, std::span<const float> factors) {
  for (std::size_t i = 0; i < w.size(); ++i) w[i] *= factors[i % factors.size()];
}

void rotate_rows_by(const Hadamard& h, std::span<float> data) {
  for (std::size_t row = 0; row < data.size(); row += h.size()) h.rotate(data.subspan(row, h.size()));
}

/// Rotates every column of a [h.size(), cols] matrix.
void rotate_columns_by(const Hadamard& h, std::span<float> data) {
  const std::size_t cols = data.size() / h.size();
  std::vector<float> column(h.size());
  for (std::size_t c = 0; c < cols; ++c) {
    for (std::size_t r = 0; r < h.size(); ++r) column[r] = data[r * cols + c];
    h.rotate(column);
    for (std::size_t r = 0; r < h.size(); ++r) data[r * cols + c] = column[r];
  }
}

Hadamard checked(std::size_t n, const char* what) {
  if (!Hadamard::exists(n)) {
    throw InputError("no Hadamard matrix for " + std::string(what) + " = " + std::to_string(n) +
                     " (wanted 2^k times 1, 12, 20, 28 or 36)");
  }
  return Hadamard(n);
}

}  // namespace

RotationPlan::RotationPlan(Rotation rotation, const ModelDims& dims, bool shift_norm, bool online_head)
    : rotation_(rotation), online_head_(online_head && rotation == Rotation::kFastMamba) {
  if (rotation != Rotation::kLightMamba) return;
  model_ = checked(dims.d_model, "d_model");
  inner_ = checked(dims.d_inner, "d_inner");
  if (shift_norm) {
    inner_norm_ = static_cast<float>(
        std::ldexp(std::sqrt(static_cast<double>(dims.d_inner)), -hadamard_shift(dims.d_inner)));
  }
}

void RotationPlan::fold(ModelWeights& weights) const {
  if (rotation_ == Rotation::kNone) return;
  const ModelDims& m = weights.dims;
  if (rotation_ == Rotation::kFastMamba) {
    for (LayerWeights& layer : weights.layers) {
      rotate_rows(layer.in_proj, m.d_model);
      rotate_rows(layer.out_proj, m.d_inner);
    }
    if (!online_head_) return;
    weights.head = weights.head_matrix();
    weights.dims.tied = false;
    rotate_rows(weights.head, m.d_model);
    return;
  }
  weights.head = weights.head_matrix();
  weights.dims.tied = false;
  scale_columns(weights.head, weights.final_norm);
  rotate_rows_by(*model_, weights.head);
  std::fill(weights.final_norm.begin(), weights.final_norm.end(), 1.0F);
  rotate_rows_by(*model_, weights.embedding);
  for (LayerWeights& layer : weights.layers) {
    scale_columns(layer.in_proj, layer.norm);
    std::fill(layer.norm.begin(), layer.norm.end(), 1.0F);
    rotate_rows_by(*model_, layer.in_proj);
    rotate_rows_by(*inner_, layer.out_proj);
    for (float& w : layer.out_proj) w /= inner_norm_;
    rotate_columns_by(*model_, layer.out_proj);
  }
}

bool RotationPlan::online(Tap tap) const {
  if (tap == Tap::kGatedNormOut) return rotation_ != Rotation::kNone;
  if (tap == Tap::kFinalNormOut) return online_head_;
  return tap == Tap::kNormOut && rotation_ == Rotation::kFastMamba;
}

void RotationPlan::apply(Tap tap, std::span<float> data, std::size_t width) const {
  if (online(tap)) rotate_rows(data, width);
}

void RotationPlan::rotate_rows(std::span<float> data, std::size_t width) const {
  if (rotation_ == Rotation::kLightMamba) {
    rotate_rows_by(*inner_, data);
    if (inner_norm_ != 1.0F) {
      for (float& v : data) v *= inner_norm_;
    }
    return;
  }
  const std::size_t block = power_of_two_block(width);
  const auto norm = static_cast<float>(1.0 / std::sqrt(static_cast<double>(block)));
  for (std::size_t i = 0; i < data.size(); i += block) {
    fast_walsh_hadamard(data.subspan(i, block));
    for (float& v : data.subspan(i, block)) v *= norm;
  }
}

void RotationPlan::restore_residual(std::span<float> data) const {
  if (rotation_ != Rotation::kLightMamba) return;
  const auto norm = static_cast<float>(1.0 / std::sqrt(static_cast<double>(model_->size())));
  for (std::size_t row = 0; row < data.size(); row += model_->size()) {
    model_->transform_transposed(data.subspan(row, model_->size()));
  }
  for (float& v : data) v *= norm;
}

int hadamard_shift(std::size_t n) {
  return static_cast<int>(std::ceil(std::log2(static_cast<double>(n)) / 2.0));
}

std::size_t power_of_two_block(std::size_t n) {
  return n & (~n + 1);
}

void smoothquant(std::span<const float> largest, double alpha, std::span<float> norm,
                 std::span<float> weight) {
  const std::size_t cols = largest.size();
  for (std::size_t j = 0; j < cols; ++j) {
    float column = 1e-5F;  // SmoothQuant's own floor, against division by zero
    for (std::size_t i = j; i < weight.size(); i += cols) column = std::max(column, std::abs(weight[i]));
    const double x = std::max(static_cast<double>(largest[j]), 1e-5);
    const double factor = std::pow(x, alpha) / std::pow(static_cast<double>(column), 1.0 - alpha);
    const auto f = static_cast<float>(std::max(factor, 1e-5));
    norm[j] /= f;
    for (std::size_t i = j; i < weight.size(); i += cols) weight[i] *= f;
  }
}

}  // namespace statelane
