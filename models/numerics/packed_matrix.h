// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <span>
#include <type_traits>
#include <vector>

namespace statelane {

/// Half-open index range [begin, end).
struct Range {
  std::size_t begin = 0;
  std::size_t end = 0;
  [[nodiscard]] std::size_t size() const { return end - begin; }
};

/// A weight matrix [rows, cols] kept in blocks of 16 rows, column after column inside a block, so that a
/// product needs no horizontal sum: every output is one sequential sum over the columns. Whatever the tiling
/// of rows and columns and the number of vectors at a time, an output has the same bits as long as its
/// columns are visited in rising order.
template <class T>
class BasicPackedMatrix {
 public:
  static constexpr std::size_t kLanes = 16;

  BasicPackedMatrix() = default;
  /// Packs a row-major [rows, cols] matrix; throws std::invalid_argument if `values` holds another number of
  /// elements.
  BasicPackedMatrix(std::span<const T> values, std::size_t rows, std::size_t cols);

  [[nodiscard]] std::size_t rows() const { return rows_; }
  [[nodiscard]] std::size_t cols() const { return cols_; }
  [[nodiscard]] T at(std::size_t row, std::size_t col) const {
    return data_[(row / kLanes * cols_ + col) * kLanes + row % kLanes];
  }
  /// Columns of one block of 16 rows: [cols, 16]; rows beyond the last are zero.
  [[nodiscard]] const T* block(std::size_t index) const { return data_.data() + index * cols_ * kLanes; }
  [[nodiscard]] std::size_t blocks() const { return (rows_ + kLanes - 1) / kLanes; }

 private:
  std::size_t rows_ = 0;
  std::size_t cols_ = 0;
  std::vector<T> data_;
};

using PackedMatrix = BasicPackedMatrix<float>;
/// Integers held in double: sums of products are exact as long as they stay below 2^53.
using ExactMatrix = BasicPackedMatrix<double>;

/// y[i] += sum over k in `cols` of W[rows.begin + i, k] * x[k], in rising k. x is the whole vector [cols()],
/// y holds rows.size() running sums (zero before the first tile of columns). Throws std::invalid_argument on
/// wrong sizes.
template <class T>
void matvec_tile(const BasicPackedMatrix<T>& w, std::type_identity_t<std::span<const T>> x, Range rows,
                 Range cols, std::type_identity_t<std::span<T>> y);

/// y[t, r] = sum_k W[r, k] * x[t, k] for `tokens` vectors; x is [tokens, cols], y is [tokens, rows],
/// row-major. The same bits as matvec_tile from zero.
template <class T>
void matmul(const BasicPackedMatrix<T>& w, std::type_identity_t<std::span<const T>> x, std::size_t tokens,
            std::type_identity_t<std::span<T>> y);

}  // namespace statelane
