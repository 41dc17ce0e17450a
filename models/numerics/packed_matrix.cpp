// SPDX-License-Identifier: Apache-2.0
#include "models/numerics/packed_matrix.h"

#include <algorithm>
#include <cstring>
#include <stdexcept>

#include "models/numerics/vector_clones.h"

namespace ssmscope {
namespace {

constexpr std::size_t kLanes = PackedMatrix::kLanes;
constexpr std::size_t kHalf = kLanes / 2;
constexpr std::size_t kTokens =
    4;  // vectors a pass: 8 running vectors of 8 floats fit the 16 registers of AVX2

using Vec = float __attribute__((vector_size(kHalf * sizeof(float))));

/// Tokens x 16 outputs over all columns; the columns are the sequential loop.
template <std::size_t Tokens>
[[gnu::always_inline]] inline void block_product(const float* w, const float* x, std::size_t cols,
                                                 float* out) {
  Vec low[Tokens] = {};
  Vec high[Tokens] = {};
  for (std::size_t k = 0; k < cols; ++k) {
    Vec w0;
    Vec w1;
    std::memcpy(&w0, w + k * kLanes, sizeof w0);
    std::memcpy(&w1, w + k * kLanes + kHalf, sizeof w1);
    for (std::size_t t = 0; t < Tokens; ++t) {
      const float v = x[t * cols + k];
      low[t] += w0 * v;
      high[t] += w1 * v;
    }
  }
  for (std::size_t t = 0; t < Tokens; ++t) {
    std::memcpy(out + t * kLanes, &low[t], sizeof low[t]);
    std::memcpy(out + t * kLanes + kHalf, &high[t], sizeof high[t]);
  }
}

void store(const float* block, std::size_t tokens, std::size_t rows, std::size_t stride, float* y) {
  for (std::size_t t = 0; t < tokens; ++t)
    std::memcpy(y + t * stride, block + t * kLanes, rows * sizeof(float));
}

SSMSCOPE_VECTOR_CLONES
void product(const PackedMatrix& w, const float* x, std::size_t tokens, float* y) {
  float out[kTokens * kLanes];
  for (std::size_t b = 0; b < w.blocks(); ++b) {
    const std::size_t rows = std::min(kLanes, w.rows() - b * kLanes);
    float* column = y + b * kLanes;
    std::size_t t = 0;
    for (; t + kTokens <= tokens; t += kTokens) {
      block_product<kTokens>(w.block(b), x + t * w.cols(), w.cols(), out);
      store(out, kTokens, rows, w.rows(), column + t * w.rows());
    }
    for (; t < tokens; ++t) {
      block_product<1>(w.block(b), x + t * w.cols(), w.cols(), out);
      store(out, 1, rows, w.rows(), column + t * w.rows());
    }
  }
}

SSMSCOPE_VECTOR_CLONES
void block_tile(const float* w, const float* x, Range cols, Range lanes, float* y) {
  float sums[kLanes] = {};
  for (std::size_t i = lanes.begin; i < lanes.end; ++i) sums[i] = y[i - lanes.begin];
  for (std::size_t k = cols.begin; k < cols.end; ++k) {
    for (std::size_t i = 0; i < kLanes; ++i) sums[i] += w[k * kLanes + i] * x[k];
  }
  for (std::size_t i = lanes.begin; i < lanes.end; ++i) y[i - lanes.begin] = sums[i];
}

}  // namespace

PackedMatrix::PackedMatrix(std::span<const float> values, std::size_t rows, std::size_t cols)
    : rows_(rows), cols_(cols) {
  if (values.size() != rows * cols)
    throw std::invalid_argument("PackedMatrix: values do not fill rows x cols");
  data_.resize(blocks() * kLanes * cols);
  for (std::size_t r = 0; r < rows; ++r) {
    for (std::size_t c = 0; c < cols; ++c)
      data_[(r / kLanes * cols + c) * kLanes + r % kLanes] = values[r * cols + c];
  }
}

void matvec_tile(const PackedMatrix& w, std::span<const float> x, Range rows, Range cols,
                 std::span<float> y) {
  if (x.size() != w.cols() || rows.begin > rows.end || rows.end > w.rows() || cols.end > w.cols() ||
      y.size() != rows.size()) {
    throw std::invalid_argument("matvec_tile: sizes do not match the matrix");
  }
  for (std::size_t r = rows.begin; r < rows.end;) {
    const std::size_t block = r / kLanes;
    const std::size_t end = std::min(rows.end, (block + 1) * kLanes);
    block_tile(w.block(block), x.data(), cols, {r % kLanes, end - block * kLanes},
               y.data() + (r - rows.begin));
    r = end;
  }
}

void matmul(const PackedMatrix& w, std::span<const float> x, std::size_t tokens, std::span<float> y) {
  if (x.size() != tokens * w.cols() || y.size() != tokens * w.rows()) {
    throw std::invalid_argument("matmul: sizes do not match the matrix");
  }
  product(w, x.data(), tokens, y.data());
}

}  // namespace ssmscope
