// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace ssmscope {

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
class PackedMatrix {
 public:
  static constexpr std::size_t kLanes = 16;

  PackedMatrix() = default;
  /// Packs a row-major [rows, cols] matrix; throws std::invalid_argument if `values` holds another number of
  /// elements.
  PackedMatrix(std::span<const float> values, std::size_t rows, std::size_t cols);

  [[nodiscard]] std::size_t rows() const { return rows_; }
  [[nodiscard]] std::size_t cols() const { return cols_; }
  [[nodiscard]] float at(std::size_t row, std::size_t col) const {
    return data_[(row / kLanes * cols_ + col) * kLanes + row % kLanes];
  }
  /// Columns of one block of 16 rows: [cols, 16]; rows beyond the last are zero.
  [[nodiscard]] const float* block(std::size_t index) const { return data_.data() + index * cols_ * kLanes; }
  [[nodiscard]] std::size_t blocks() const { return (rows_ + kLanes - 1) / kLanes; }

 private:
  std::size_t rows_ = 0;
  std::size_t cols_ = 0;
  std::vector<float> data_;
};

/// y[i] += sum over k in `cols` of W[rows.begin + i, k] * x[k], in rising k. x is the whole vector [cols()],
/// y holds rows.size() running sums (zero before the first tile of columns). Throws std::invalid_argument on
/// wrong sizes.
void matvec_tile(const PackedMatrix& w, std::span<const float> x, Range rows, Range cols, std::span<float> y);

/// y[t, r] = sum_k W[r, k] * x[t, k] for `tokens` vectors; x is [tokens, cols], y is [tokens, rows],
/// row-major. The same bits as matvec_tile from zero.
void matmul(const PackedMatrix& w, std::span<const float> x, std::size_t tokens, std::span<float> y);

}  // namespace ssmscope
