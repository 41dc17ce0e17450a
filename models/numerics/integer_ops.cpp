// SPDX-License-Identifier: Apache-2.0
#include "models/numerics/integer_ops.h"

#include <bit>

#include "models/numerics/vector_clones.h"

namespace statelane::integer {
namespace {

constexpr std::size_t kLanes = 8;

// Vectors of eight values as the language extension of GCC and Clang; no memcpy, which would be cut into
// 16-byte pieces before the AVX2 version is made.
using Vec = std::int32_t __attribute__((vector_size(32)));
using VecFloat = float __attribute__((vector_size(32)));
using Unaligned [[gnu::aligned(4), gnu::may_alias]] = Vec;

// Vectors go by reference: by value they would have another calling convention in each version.

/// m = |x| - 1, and 0 for 0: the one's complement of a negative number is that already.
[[gnu::always_inline]] inline void magnitude_minus_one(const Vec& x, Vec& m) {
  m = (x ^ (x >> 31)) + (x > 0);
}

/// Shift of a block from the OR of its |x| - 1, whose bit length is the largest one's. The bit length is the
/// exponent of a float; clearing the bit below each set bit keeps the conversion from rounding up to the next
/// power of two.
[[gnu::always_inline]] inline void shift_of(const Vec& all, int bits, Vec& shift) {
  const VecFloat rounded = __builtin_convertvector(all & ~(all >> 1), VecFloat);
  shift = ((Vec)rounded >> 23) - 126 - (bits - 1);
  shift &= shift > 0;
  shift = shift > 15 ? Vec{} + 15 : shift;
}

/// x on the grid of its block. ((x >> (s - 1)) + 1) >> 1 equals (x >> s) + bit s-1 of x.
[[gnu::always_inline]] inline void to_grid(Vec& x, const Vec& shift, std::int32_t high) {
  const Vec up = (((x << 1) >> shift) & 1) & (shift > 0);
  x = (x >> shift) + up;
  x = x > high ? Vec{} + high : x;
  x = x < -high - 1 ? Vec{} - high - 1 : x;
  x <<= shift;
}

[[gnu::always_inline]] inline void load(const std::int32_t* from, Vec& x) {
  x = *reinterpret_cast<const Unaligned*>(from);
}
[[gnu::always_inline]] inline void save(const Vec& x, std::int32_t* to) {
  *reinterpret_cast<Unaligned*>(to) = x;
}

STATELANE_VECTOR_CLONES
void rows_of_eight(std::int32_t* x, std::size_t blocks, int bits) {
  const std::int32_t high = (1 << (bits - 1)) - 1;
  for (std::size_t b = 0; b < blocks; ++b) {
    Vec v;
    Vec all;
    Vec shift;
    load(x + b * kLanes, v);
    magnitude_minus_one(v, all);
    all |= __builtin_shufflevector(all, all, 4, 5, 6, 7, 0, 1, 2, 3);
    all |= __builtin_shufflevector(all, all, 2, 3, 0, 1, 6, 7, 4, 5);
    all |= __builtin_shufflevector(all, all, 1, 0, 3, 2, 5, 4, 7, 6);
    shift_of(all, bits, shift);
    to_grid(v, shift, high);
    save(v, x + b * kLanes);
  }
}

STATELANE_VECTOR_CLONES
void eight_columns(std::int32_t* x, std::size_t rows, std::size_t stride, int bits) {
  const std::int32_t high = (1 << (bits - 1)) - 1;
  Vec all = {};
  Vec shift;
  for (std::size_t r = 0; r < rows; ++r) {
    Vec v;
    Vec m;
    load(x + r * stride, v);
    magnitude_minus_one(v, m);
    all |= m;
  }
  shift_of(all, bits, shift);
  for (std::size_t r = 0; r < rows; ++r) {
    Vec v;
    load(x + r * stride, v);
    to_grid(v, shift, high);
    save(v, x + r * stride);
  }
}

}  // namespace

void block_round(std::int32_t* x, std::size_t n, std::size_t stride, int bits) {
  std::uint32_t m = 0;
  for (std::size_t i = 0; i < n; ++i) {
    const std::int64_t v = x[i * stride];
    m = std::max(m, static_cast<std::uint32_t>(v < 0 ? -v : v));
  }
  const int shift = block_shift(m, bits);
  for (std::size_t i = 0; i < n; ++i) x[i * stride] = block_code(x[i * stride], shift, bits) * (1 << shift);
}

void block_round_rows(std::span<std::int32_t> x, std::size_t width, std::size_t group, int bits) {
  if (group == kLanes && width % kLanes == 0) return rows_of_eight(x.data(), x.size() / kLanes, bits);
  for (std::size_t row = 0; row < x.size(); row += width) {
    for (std::size_t c = 0; c < width; c += group) {
      block_round(x.data() + row + c, std::min(group, width - c), 1, bits);
    }
  }
}

void block_round_columns(std::int32_t* x, std::size_t rows, std::size_t columns, std::size_t stride,
                         std::size_t group, int bits) {
  for (std::size_t r = 0; r < rows; r += group) {
    const std::size_t n = std::min(group, rows - r);
    std::size_t c = 0;
    for (; c + kLanes <= columns; c += kLanes) eight_columns(x + r * stride + c, n, stride, bits);
    for (; c < columns; ++c) block_round(x + r * stride + c, n, stride, bits);
  }
}

}  // namespace statelane::integer
