// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>

/// The primitives of the integer-exact models, as hardware computes them: two's complement, arithmetic
/// shifts, saturation. They are the whole vocabulary; the generated HLS uses the same ones. docs/numerics.md
/// states each.
namespace statelane::integer {

/// Number of significant bits of v: 0 for 0, else 1 + floor(log2 v).
[[nodiscard]] inline int bit_length(std::uint64_t v) {
  return static_cast<int>(std::bit_width(v));
}

/// v * 2^-shift, rounded towards minus infinity; a negative shift multiplies.
[[nodiscard]] inline std::int64_t shift_down(std::int64_t v, int shift) {
  return shift >= 0 ? v >> std::min(shift, 63) : v << -shift;
}

/// v * 2^-shift rounded to the nearest integer, ties towards plus infinity; shift >= 1.
[[nodiscard]] inline std::int64_t shift_round(std::int64_t v, int shift) {
  return ((v >> (shift - 1)) + 1) >> 1;
}

/// The nearest value of a signed `width`-bit integer.
[[nodiscard]] inline std::int32_t saturate(std::int64_t v, int width) {
  const std::int64_t high = (std::int64_t{1} << (width - 1)) - 1;
  return static_cast<std::int32_t>(std::clamp(v, -high - 1, high));
}

/// Shift of a block quantiser with codes of `bits` bits for a block of largest magnitude m: ceil(log2 m) -
/// (bits - 1) within 0..15 (LightMamba's released quantiser: m - 1, bit length, four unsigned bits).
[[nodiscard]] inline int block_shift(std::uint32_t m, int bits) {
  return std::clamp(bit_length(m > 0 ? m - 1 : 0) - (bits - 1), 0, 15);
}

/// Code of x in a block with that shift: rounded to nearest, ties up, and clamped.
[[nodiscard]] inline std::int32_t block_code(std::int32_t x, int shift, int bits) {
  return saturate(shift > 0 ? shift_round(x, shift) : x, bits);
}

/// Replaces the n values x[0], x[stride], ... by code << shift, the block's values on its grid.
void block_round(std::int32_t* x, std::size_t n, std::size_t stride, int bits);
/// Rows of `width` values in blocks of `group` neighbours; a last block may be short.
void block_round_rows(std::span<std::int32_t> x, std::size_t width, std::size_t group, int bits);
/// Blocks of `group` rows, a block a column; a last block may be short.
void block_round_columns(std::int32_t* x, std::size_t rows, std::size_t columns, std::size_t stride,
                         std::size_t group, int bits);

/// round_half_even(v * 2^fraction), saturated to `width` bits: from the floating-point units to the integer
/// ones.
[[nodiscard]] inline std::int32_t from_float(float v, int fraction, int width) {
  const double limit = std::ldexp(1.0, width - 1);
  const double scaled = std::ldexp(static_cast<double>(v), fraction);
  return static_cast<std::int32_t>(std::clamp(std::nearbyint(scaled), -limit, limit - 1.0));
}
/// v * 2^-fraction rounded to float.
[[nodiscard]] inline float to_float(std::int32_t v, int fraction) {
  return static_cast<float>(std::ldexp(static_cast<double>(v), -fraction));
}

}  // namespace statelane::integer
