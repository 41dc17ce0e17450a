// SPDX-License-Identifier: Apache-2.0
#include "models/numerics/packed_matrix.h"

#include <algorithm>
#include <cstring>
#include <stdexcept>

#include "models/numerics/vector_clones.h"

namespace statelane {
namespace {

constexpr std::size_t kLanes = PackedMatrix::kLanes;

/// One register of AVX2, and how many vectors of inputs a pass takes so that the running sums fill 8 of the
/// 16 registers.
template <class T>
struct Lanes;
template <>
struct Lanes<float> {
  using Vec = float __attribute__((vector_size(32)));
  using Unaligned [[gnu::aligned(4), gnu::may_alias]] = Vec;
  static constexpr std::size_t kTokens = 4;
};
template <>
struct Lanes<double> {
  using Vec = double __attribute__((vector_size(32)));
  using Unaligned [[gnu::aligned(8), gnu::may_alias]] = Vec;
  static constexpr std::size_t kTokens = 2;
};

/// Tokens x 16 outputs over all columns; the columns are the sequential loop.
template <std::size_t Tokens, class T>
[[gnu::always_inline]] inline void block_product(const T* w, const T* x, std::size_t cols, T* out) {
  using Vec = typename Lanes<T>::Vec;
  using Unaligned = typename Lanes<T>::Unaligned;
  constexpr std::size_t kWidth = sizeof(Vec) / sizeof(T);
  constexpr std::size_t kVectors = kLanes / kWidth;
  Vec sums[Tokens][kVectors] = {};
  for (std::size_t k = 0; k < cols; ++k) {
    Vec weights[kVectors];
    for (std::size_t i = 0; i < kVectors; ++i) {
      // Not memcpy, which would be cut into 16-byte pieces before the AVX2 version is made.
      weights[i] = *reinterpret_cast<const Unaligned*>(w + k * kLanes + i * kWidth);
    }
    for (std::size_t t = 0; t < Tokens; ++t) {
      const T v = x[t * cols + k];
      for (std::size_t i = 0; i < kVectors; ++i) sums[t][i] += weights[i] * v;
    }
  }
  for (std::size_t t = 0; t < Tokens; ++t) {
    for (std::size_t i = 0; i < kVectors; ++i) {
      *reinterpret_cast<Unaligned*>(out + t * kLanes + i * kWidth) = sums[t][i];
    }
  }
}

template <class T>
void store(const T* block, std::size_t tokens, std::size_t rows, std::size_t stride, T* y) {
  for (std::size_t t = 0; t < tokens; ++t) std::memcpy(y + t * stride, block + t * kLanes, rows * sizeof(T));
}

template <class T>
[[gnu::always_inline]] inline void product(const BasicPackedMatrix<T>& w, const T* x, std::size_t tokens,
                                           T* y) {
  constexpr std::size_t kTokens = Lanes<T>::kTokens;
  T out[kTokens * kLanes];
  for (std::size_t b = 0; b < w.blocks(); ++b) {
    const std::size_t rows = std::min(kLanes, w.rows() - b * kLanes);
    T* column = y + b * kLanes;
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

STATELANE_VECTOR_CLONES
void clone_product(const PackedMatrix& w, const float* x, std::size_t tokens, float* y) {
  product(w, x, tokens, y);
}
STATELANE_VECTOR_CLONES
void clone_product(const ExactMatrix& w, const double* x, std::size_t tokens, double* y) {
  product(w, x, tokens, y);
}

template <class T>
[[gnu::always_inline]] inline void block_tile(const T* w, const T* x, Range cols, Range lanes, T* y) {
  T sums[kLanes] = {};
  for (std::size_t i = lanes.begin; i < lanes.end; ++i) sums[i] = y[i - lanes.begin];
  for (std::size_t k = cols.begin; k < cols.end; ++k) {
    for (std::size_t i = 0; i < kLanes; ++i) sums[i] += w[k * kLanes + i] * x[k];
  }
  for (std::size_t i = lanes.begin; i < lanes.end; ++i) y[i - lanes.begin] = sums[i];
}

STATELANE_VECTOR_CLONES
void clone_tile(const float* w, const float* x, Range cols, Range lanes, float* y) {
  block_tile(w, x, cols, lanes, y);
}
STATELANE_VECTOR_CLONES
void clone_tile(const double* w, const double* x, Range cols, Range lanes, double* y) {
  block_tile(w, x, cols, lanes, y);
}

}  // namespace

template <class T>
BasicPackedMatrix<T>::BasicPackedMatrix(std::span<const T> values, std::size_t rows, std::size_t cols)
    : rows_(rows), cols_(cols) {
  if (values.size() != rows * cols)
    throw std::invalid_argument("PackedMatrix: values do not fill rows x cols");
  data_.resize(blocks() * kLanes * cols);
  for (std::size_t r = 0; r < rows; ++r) {
    for (std::size_t c = 0; c < cols; ++c)
      data_[(r / kLanes * cols + c) * kLanes + r % kLanes] = values[r * cols + c];
  }
}

template <class T>
void matvec_tile(const BasicPackedMatrix<T>& w, std::type_identity_t<std::span<const T>> x, Range rows,
                 Range cols, std::type_identity_t<std::span<T>> y) {
  if (x.size() != w.cols() || rows.begin > rows.end || rows.end > w.rows() || cols.end > w.cols() ||
      y.size() != rows.size()) {
    throw std::invalid_argument("matvec_tile: sizes do not match the matrix");
  }
  for (std::size_t r = rows.begin; r < rows.end;) {
    const std::size_t block = r / kLanes;
    const std::size_t end = std::min(rows.end, (block + 1) * kLanes);
    clone_tile(w.block(block), x.data(), cols, {r % kLanes, end - block * kLanes},
               y.data() + (r - rows.begin));
    r = end;
  }
}

template <class T>
void matmul(const BasicPackedMatrix<T>& w, std::type_identity_t<std::span<const T>> x, std::size_t tokens,
            std::type_identity_t<std::span<T>> y) {
  if (x.size() != tokens * w.cols() || y.size() != tokens * w.rows()) {
    throw std::invalid_argument("matmul: sizes do not match the matrix");
  }
  clone_product(w, x.data(), tokens, y.data());
}

template class BasicPackedMatrix<float>;
template class BasicPackedMatrix<double>;
template void matvec_tile(const PackedMatrix&, std::span<const float>, Range, Range, std::span<float>);
template void matvec_tile(const ExactMatrix&, std::span<const double>, Range, Range, std::span<double>);
template void matmul(const PackedMatrix&, std::span<const float>, std::size_t, std::span<float>);
template void matmul(const ExactMatrix&, std::span<const double>, std::size_t, std::span<double>);

}  // namespace statelane
