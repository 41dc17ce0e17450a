// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace statelane {

/// A square matrix of +1 and -1 with orthogonal rows, row-major.
struct SignMatrix {
  std::size_t order = 0;
  std::vector<std::int8_t> entries;
  [[nodiscard]] int at(std::size_t row, std::size_t col) const { return entries[row * order + col]; }
};

/// Paley's first construction (R. Paley, "On Orthogonal Matrices", J. Math. Phys. 12, 1933): order q + 1 for
/// a prime q = 3 mod 4, I + [[0, 1], [-1, chi(i - j)]] with the Legendre symbol chi. Throws
/// std::invalid_argument for another q.
[[nodiscard]] SignMatrix paley_one(std::size_t q);
/// Paley's second construction: order 2 (q + 1) for a prime q = 1 mod 4, [[C + I, C - I], [C - I, -C - I]]
/// with C = [[0, 1], [1, chi(i - j)]]. Throws std::invalid_argument for another q.
[[nodiscard]] SignMatrix paley_two(std::size_t q);
/// Sylvester's matrix of order 2^log2.
[[nodiscard]] SignMatrix sylvester(unsigned log2);
/// a (x) b: block (i, j) is a[i, j] * b.
[[nodiscard]] SignMatrix kronecker(const SignMatrix& a, const SignMatrix& b);

/// The small dense factor for orders 1, 2, 4, 12, 20, 28, 36, 40: 12 = paley_one(11), 20 = paley_one(19), 28
/// = paley_two(13), 36 = paley_two(17), 40 = H_2 (x) H_20. Throws std::invalid_argument for another order.
[[nodiscard]] SignMatrix hadamard_factor(std::size_t order);

/// A Hadamard transform of n = K * 2^k points, H = H_K (x) H_{2^k}: fast butterflies along each of the K rows
/// of 2^k points, then the dense K x K factor across the rows.
class Hadamard {
 public:
  /// n points with the smallest factor K that works (1, 12, 20, 28 or 36). Throws std::invalid_argument if n
  /// has none: a Hadamard matrix of order 3 or 5 does not exist.
  explicit Hadamard(std::size_t n);
  /// factor.order * points, with a given dense factor; `points` must be a power of two.
  Hadamard(SignMatrix factor, std::size_t points);

  /// Whether Hadamard(n) can be made.
  [[nodiscard]] static bool exists(std::size_t n);

  [[nodiscard]] std::size_t size() const { return factor_.order * points_; }
  [[nodiscard]] const SignMatrix& factor() const { return factor_; }
  [[nodiscard]] std::size_t points() const { return points_; }
  /// Additions and subtractions of one transform: n log2(points) + n (K - 1).
  [[nodiscard]] std::size_t additions() const;
  /// The whole matrix, for the matrix form of the unit.
  [[nodiscard]] SignMatrix matrix() const;

  /// x <- H x, without normalisation; exact for integers that do not overflow (n times the largest input).
  void transform(std::span<float> x) const;
  void transform(std::span<std::int32_t> x) const;
  void transform(std::span<std::int64_t> x) const;
  /// x <- H^T x, without normalisation.
  void transform_transposed(std::span<float> x) const;
  /// x <- H x / sqrt(n), orthogonal.
  void rotate(std::span<float> x) const;

 private:
  SignMatrix factor_;
  std::size_t points_ = 1;
};

/// x <- H_{2^k} x by butterflies, in place, natural (Sylvester) order, without normalisation; x.size() must
/// be a power of two.
void fast_walsh_hadamard(std::span<float> x);
void fast_walsh_hadamard(std::span<std::int32_t> x);
void fast_walsh_hadamard(std::span<std::int64_t> x);

/// y = M x, row by row: the transform as a plain matrix product.
void multiply(const SignMatrix& m, std::span<const float> x, std::span<float> y);

}  // namespace statelane
