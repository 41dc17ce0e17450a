// SPDX-License-Identifier: Apache-2.0
#include "models/numerics/integer_ops.h"

#include <bit>

#include "models/numerics/vector_clones.h"

namespace ssmscope::integer {
namespace {

constexpr std::size_t kLanes = 8;

/// bit_length by the exponent of a float, which vectorises: clearing the bit below each set bit keeps the
/// conversion from rounding up to the next power of two. Gives -126 for 0.
[[gnu::always_inline]] inline std::int32_t vector_bit_length(std::int32_t v) {
  const auto exponent = std::bit_cast<std::int32_t>(static_cast<float>(v & ~(v >> 1)));
  return (exponent >> 23) - 126;
}

/// |x| - 1, and 0 for 0: the one's complement of a negative number is that already.
[[gnu::always_inline]] inline std::int32_t magnitude_minus_one(std::int32_t x) {
  return x > 0 ? x - 1 : x ^ (x >> 31);
}

[[gnu::always_inline]] inline std::int32_t shift_of(std::int32_t m_minus_one, int bits) {
  return std::min(std::max(vector_bit_length(m_minus_one) - (bits - 1), 0), 15);
}

/// x on the grid of its block. ((x >> (s - 1)) + 1) >> 1 equals (x >> s) + bit s-1 of x, which needs no case
/// for s = 0.
[[gnu::always_inline]] inline std::int32_t on_grid(std::int32_t x, std::int32_t shift, std::int32_t low,
                                                   std::int32_t high) {
  const std::int32_t up = shift > 0 ? (x >> std::max(shift - 1, 0)) & 1 : 0;
  const std::int32_t code = std::min(std::max((x >> shift) + up, low), high);
  return code * (1 << shift);
}

SSMSCOPE_VECTOR_CLONES
void rows_of_eight(std::int32_t* x, std::size_t blocks, int bits) {
  const std::int32_t high = (1 << (bits - 1)) - 1;
  for (std::size_t b = 0; b < blocks; ++b) {
    std::int32_t* v = x + b * kLanes;
    std::int32_t m = 0;
    for (std::size_t i = 0; i < kLanes; ++i)
      m |= magnitude_minus_one(v[i]);  // the bit length of the OR is the maximum's
    const std::int32_t shift = shift_of(m, bits);
    for (std::size_t i = 0; i < kLanes; ++i) v[i] = on_grid(v[i], shift, -high - 1, high);
  }
}

SSMSCOPE_VECTOR_CLONES
void eight_columns(std::int32_t* x, std::size_t rows, std::size_t stride, int bits) {
  const std::int32_t high = (1 << (bits - 1)) - 1;
  std::int32_t shift[kLanes] = {};
  for (std::size_t r = 0; r < rows; ++r) {
    for (std::size_t c = 0; c < kLanes; ++c) shift[c] |= magnitude_minus_one(x[r * stride + c]);
  }
  for (std::size_t c = 0; c < kLanes; ++c) shift[c] = shift_of(shift[c], bits);
  for (std::size_t r = 0; r < rows; ++r) {
    for (std::size_t c = 0; c < kLanes; ++c) {
      x[r * stride + c] = on_grid(x[r * stride + c], shift[c], -high - 1, high);
    }
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

}  // namespace ssmscope::integer
