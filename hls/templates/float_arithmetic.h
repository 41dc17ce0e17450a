// The floating-point group: IEEE single precision, additions, multiplications, divisions and square roots in
// the order written, no contraction, so that every machine gives the same bits.
#ifndef FLOAT_ARITHMETIC_H
#define FLOAT_ARITHMETIC_H

#include <cmath>
#include <cstdint>

#include "arithmetic.h"

union float_bits {
  float value;
  std::int32_t bits;
};
inline float as_float(std::int32_t bits) {
#pragma HLS inline
  float_bits u;
  u.bits = bits;
  return u.value;
}
inline std::int32_t as_bits(float value) {
#pragma HLS inline
  float_bits u;
  u.value = value;
  return u.bits;
}

// round_half_even(v * 2^fraction) as a signed `width`-bit number.
inline std::int32_t float_to_fixed(float v, int fraction, int width) {
#pragma HLS inline
  const std::int32_t bits = as_bits(v);
  const int exponent = (bits >> 23) & 255;
  if (exponent == 0) return 0;
  const std::int64_t significand = (bits & 0x7fffff) | 0x800000;
  const int right = 150 - exponent - fraction;  // |v| 2^fraction = significand * 2^-right
  std::int64_t size = 0;
  if (right <= 0) {
    size = -right > 38 ? static_cast<std::int64_t>(1) << 40 : significand << -right;
  } else if (right <= 25) {
    const std::int64_t floor = significand >> right;
    const std::int64_t rest = significand - (floor << right);
    const std::int64_t half = static_cast<std::int64_t>(1) << (right - 1);
    size = floor + (rest > half || (rest == half && (floor & 1) != 0) ? 1 : 0);
  }
  return saturate(bits < 0 ? -size : size, width);
}
// v * 2^-fraction.
inline float fixed_to_float(std::int32_t v, int fraction) {
#pragma HLS inline
  return static_cast<float>(v) * as_float((127 - fraction) << 23);
}

// e^x within 2 units in the last place: range reduction and the polynomial of Cephes' expf.
inline float exponential(float x) {
#pragma HLS inline
  const float low = -87.33F;
  const float high = 88.72F;
  const float round = 12582912.0F;  // 1.5 * 2^23: adding it rounds to the nearest integer
  const float clamped = x < low ? low : high < x ? high : x;
  const float shifted = clamped * 1.44269504088896341F + round;
  const float n = shifted - round;
  const float r = (clamped - n * 0.693359375F) - n * -2.12194440e-4F;
  float p = 1.9875691500e-4F;
  p = p * r + 1.3981999507e-3F;
  p = p * r + 8.3334519073e-3F;
  p = p * r + 4.1665795894e-2F;
  p = p * r + 1.6666665459e-1F;
  p = p * r + 5.0000001201e-1F;
  const float mantissa = (p * r * r + r) + 1.0F;
  const std::int32_t exponent = as_bits(shifted) - as_bits(round);
  const std::int32_t half = exponent >> 1;
  const float value = mantissa * as_float((half + 127) << 23) * as_float((exponent - half + 127) << 23);
  return x < low ? 0.0F : x > high ? as_float(0x7f800000) : value;
}
inline float silu_of(float x) {
#pragma HLS inline
  return x / (1.0F + exponential(-x));
}

#endif
