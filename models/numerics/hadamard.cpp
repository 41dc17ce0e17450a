// SPDX-License-Identifier: Apache-2.0
#include "models/numerics/hadamard.h"

#include <array>
#include <bit>
#include <cmath>
#include <optional>
#include <stdexcept>
#include <string>

#include "models/numerics/vector_clones.h"

namespace statelane {
namespace {

bool is_prime(std::size_t q) {
  if (q < 2) return false;
  for (std::size_t d = 2; d * d <= q; ++d) {
    if (q % d == 0) return false;
  }
  return true;
}

/// chi[a] = 0 for a = 0, 1 for a square modulo the prime q, -1 otherwise.
std::vector<int> legendre_symbols(std::size_t q) {
  std::vector<int> chi(q, -1);
  chi[0] = 0;
  for (std::size_t a = 1; a < q; ++a) chi[a * a % q] = 1;
  return chi;
}

/// [[0, 1], [border, chi(i - j)]] plus `diagonal` times the identity; order q + 1.
int bordered(const std::vector<int>& chi, std::size_t row, std::size_t col, int border, int diagonal) {
  const std::size_t q = chi.size();
  int value = 0;
  if (row == 0 && col > 0) value = 1;
  if (row > 0 && col == 0) value = border;
  if (row > 0 && col > 0) value = chi[(row + q - col) % q];
  return row == col ? value + diagonal : value;
}

template <class T>
[[gnu::always_inline]] inline void butterflies(T* x, std::size_t n) {
  for (std::size_t half = 1; half < n; half *= 2) {
    for (std::size_t block = 0; block < n; block += 2 * half) {
      for (std::size_t i = block; i < block + half; ++i) {
        const T a = x[i];
        const T b = x[i + half];
        x[i] = a + b;
        x[i + half] = a - b;
      }
    }
  }
}

STATELANE_VECTOR_CLONES
void butterflies_of_floats(float* x, std::size_t n) {
  butterflies(x, n);
}

void walsh(std::span<float> x) {
  butterflies_of_floats(x.data(), x.size());
}
template <class T>
void walsh(std::span<T> x) {
  butterflies(x.data(), x.size());
}

/// The factor (or its transpose) across rows of `points` values.
template <class T>
void across_rows(const SignMatrix& factor, std::size_t points, std::span<T> x, bool transposed) {
  if (factor.order == 1) return;
  std::vector<T> out(x.size(), T{});
  for (std::size_t i = 0; i < factor.order; ++i) {
    for (std::size_t j = 0; j < factor.order; ++j) {
      const bool plus = (transposed ? factor.at(j, i) : factor.at(i, j)) > 0;
      T* to = out.data() + i * points;
      const T* from = x.data() + j * points;
      for (std::size_t p = 0; p < points; ++p) to[p] = plus ? to[p] + from[p] : to[p] - from[p];
    }
  }
  std::copy(out.begin(), out.end(), x.begin());
}

template <class T>
void transform_all(const SignMatrix& factor, std::size_t points, std::span<T> x, bool transposed) {
  if (x.size() != factor.order * points) throw std::invalid_argument("Hadamard: wrong number of points");
  for (std::size_t row = 0; row < factor.order; ++row) walsh(x.subspan(row * points, points));
  across_rows(factor, points, x, transposed);
}

/// The smallest K for which n = K * 2^k, or nothing.
std::optional<std::size_t> smallest_factor(std::size_t n) {
  for (const std::size_t k : {1U, 12U, 20U, 28U, 36U}) {
    if (n >= k && n % k == 0 && std::has_single_bit(n / k)) return k;
  }
  return std::nullopt;
}

SignMatrix factor_for(std::size_t n) {
  const auto k = smallest_factor(n);
  if (!k) throw std::invalid_argument("no Hadamard matrix of order " + std::to_string(n) + " is known here");
  return hadamard_factor(*k);
}

void check_power_of_two(std::size_t n) {
  if (!std::has_single_bit(n)) throw std::invalid_argument("fast_walsh_hadamard: size is not a power of two");
}

}  // namespace

SignMatrix paley_one(std::size_t q) {
  if (!is_prime(q) || q % 4 != 3) throw std::invalid_argument("paley_one wants a prime q = 3 mod 4");
  const std::vector<int> chi = legendre_symbols(q);
  SignMatrix h{q + 1, std::vector<std::int8_t>((q + 1) * (q + 1))};
  for (std::size_t i = 0; i <= q; ++i) {
    for (std::size_t j = 0; j <= q; ++j) {
      h.entries[i * h.order + j] = static_cast<std::int8_t>(bordered(chi, i, j, -1, 1));
    }
  }
  return h;
}

SignMatrix paley_two(std::size_t q) {
  if (!is_prime(q) || q % 4 != 1) throw std::invalid_argument("paley_two wants a prime q = 1 mod 4");
  const std::vector<int> chi = legendre_symbols(q);
  const std::size_t n = q + 1;
  SignMatrix h{2 * n, std::vector<std::int8_t>(4 * n * n)};
  for (std::size_t i = 0; i < 2 * n; ++i) {
    for (std::size_t j = 0; j < 2 * n; ++j) {
      const bool corner = i >= n && j >= n;
      const int diagonal = i < n && j < n ? 1 : -1;
      const int value =
          corner ? -bordered(chi, i - n, j - n, 1, 1) : bordered(chi, i % n, j % n, 1, diagonal);
      h.entries[i * h.order + j] = static_cast<std::int8_t>(value);
    }
  }
  return h;
}

SignMatrix kronecker(const SignMatrix& a, const SignMatrix& b) {
  SignMatrix h{a.order * b.order, std::vector<std::int8_t>(a.entries.size() * b.entries.size())};
  for (std::size_t i = 0; i < h.order; ++i) {
    for (std::size_t j = 0; j < h.order; ++j) {
      const int value = a.at(i / b.order, j / b.order) * b.at(i % b.order, j % b.order);
      h.entries[i * h.order + j] = static_cast<std::int8_t>(value);
    }
  }
  return h;
}

SignMatrix sylvester(unsigned log2) {
  SignMatrix h{1, {1}};
  const SignMatrix two{2, {1, 1, 1, -1}};
  for (unsigned i = 0; i < log2; ++i) h = kronecker(two, h);
  return h;
}

SignMatrix hadamard_factor(std::size_t order) {
  switch (order) {
    case 1:
      return sylvester(0);
    case 2:
      return sylvester(1);
    case 4:
      return sylvester(2);
    case 12:
      return paley_one(11);
    case 20:
      return paley_one(19);
    case 28:
      return paley_two(13);
    case 36:
      return paley_two(17);
    case 40:
      return kronecker(sylvester(1), paley_one(19));
    default:
      throw std::invalid_argument("no Hadamard factor of order " + std::to_string(order));
  }
}

Hadamard::Hadamard(std::size_t n) : factor_(factor_for(n)), points_(n / factor_.order) {}

Hadamard::Hadamard(SignMatrix factor, std::size_t points) : factor_(std::move(factor)), points_(points) {
  check_power_of_two(points);
}

bool Hadamard::exists(std::size_t n) {
  return smallest_factor(n).has_value();
}

std::size_t Hadamard::additions() const {
  return size() * (static_cast<std::size_t>(std::countr_zero(points_)) + factor_.order - 1);
}

SignMatrix Hadamard::matrix() const {
  return kronecker(factor_, sylvester(static_cast<unsigned>(std::countr_zero(points_))));
}

void Hadamard::transform(std::span<float> x) const {
  transform_all(factor_, points_, x, false);
}
void Hadamard::transform(std::span<std::int32_t> x) const {
  transform_all(factor_, points_, x, false);
}
void Hadamard::transform(std::span<std::int64_t> x) const {
  transform_all(factor_, points_, x, false);
}
void Hadamard::transform_transposed(std::span<float> x) const {
  transform_all(factor_, points_, x, true);
}

void Hadamard::rotate(std::span<float> x) const {
  transform(x);
  const auto norm = static_cast<float>(1.0 / std::sqrt(static_cast<double>(size())));
  for (float& v : x) v *= norm;
}

void fast_walsh_hadamard(std::span<float> x) {
  check_power_of_two(x.size());
  walsh(x);
}
void fast_walsh_hadamard(std::span<std::int32_t> x) {
  check_power_of_two(x.size());
  walsh(x);
}
void fast_walsh_hadamard(std::span<std::int64_t> x) {
  check_power_of_two(x.size());
  walsh(x);
}

void multiply(const SignMatrix& m, std::span<const float> x, std::span<float> y) {
  if (x.size() != m.order || y.size() != m.order)
    throw std::invalid_argument("multiply: wrong number of points");
  for (std::size_t i = 0; i < m.order; ++i) {
    float sum = 0.0F;
    for (std::size_t j = 0; j < m.order; ++j) sum += static_cast<float>(m.at(i, j)) * x[j];
    y[i] = sum;
  }
}

}  // namespace statelane
