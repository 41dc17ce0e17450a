// The arithmetic of the accelerator in standard integers: two's complement, arithmetic shifts, saturation.
// Every function is plain C++ and may be compiled and tested alone. Formulas: docs/numerics.md of statelane.
#ifndef ARITHMETIC_H
#define ARITHMETIC_H

#include <cstdint>

#if defined(__GNUC__) && !defined(__SYNTHESIS__)
#pragma GCC diagnostic ignored "-Wunused-label"  // labels name the loops in the tool's reports
#endif

// Significant bits of v: 0 for 0, else 1 + floor(log2 v).
inline int bit_length(std::uint64_t v) {
#pragma HLS inline
  int bits = 0;
find_bit:
  for (int i = 0; i < 64; ++i) {
#pragma HLS unroll
    if (((v >> i) & 1U) != 0) bits = i + 1;
  }
  return bits;
}

// v * 2^-shift towards minus infinity; a negative shift multiplies.
inline std::int64_t shift_down(std::int64_t v, int shift) {
#pragma HLS inline
  return shift >= 0 ? v >> (shift > 63 ? 63 : shift)
                    : static_cast<std::int64_t>(static_cast<std::uint64_t>(v) << -shift);
}

// v * 2^-shift to the nearest integer, ties up; shift >= 1.
inline std::int64_t shift_round(std::int64_t v, int shift) {
#pragma HLS inline
  return ((v >> (shift - 1)) + 1) >> 1;
}

// The nearest signed `width`-bit number.
inline std::int32_t saturate(std::int64_t v, int width) {
#pragma HLS inline
  const std::int64_t high = (static_cast<std::int64_t>(1) << (width - 1)) - 1;
  return static_cast<std::int32_t>(v > high ? high : v < -high - 1 ? -high - 1 : v);
}

// Products in DSP slices and in LUTs, as the design says of each unit.
inline std::int64_t product_dsp(std::int64_t a, std::int64_t b) {
#pragma HLS inline
  const std::int64_t product = a * b;
#pragma HLS bind_op variable=product op=mul impl=dsp
  return product;
}
inline std::int64_t product_lut(std::int64_t a, std::int64_t b) {
#pragma HLS inline
  const std::int64_t product = a * b;
#pragma HLS bind_op variable=product op=mul impl=fabric
  return product;
}

// Two products with the same operand in one DSP slice: the upper one stands `apart` bits above the lower one,
// which borrows from it where it is negative. 2^(apart - 1) is above the lower product's magnitude.
struct product_pair {
  std::int64_t low, high;
};
inline product_pair packed_products(std::int32_t low, std::int32_t high, std::int32_t by, int apart) {
#pragma HLS inline
  const std::int64_t both = static_cast<std::int64_t>(high) * (static_cast<std::int64_t>(1) << apart) + low;
  const std::int64_t product = both * by;
#pragma HLS bind_op variable=product op=mul impl=dsp
  product_pair pair;
  pair.low = static_cast<std::int64_t>(static_cast<std::uint64_t>(product) << (64 - apart)) >> (64 - apart);
  pair.high = (product - pair.low) >> apart;
  return pair;
}

// An accumulator in a tensor's format.
inline std::int32_t narrow(std::int64_t v, int shift, int width) {
#pragma HLS inline
  return saturate(shift_down(v, shift), width);
}

// Shift of a block whose largest magnitude is m, for codes of `bits` bits: ceil(log2 m) - (bits - 1) in
// 0..15.
inline int block_shift(std::uint32_t m, int bits) {
#pragma HLS inline
  const int shift = bit_length(m > 0 ? m - 1 : 0) - (bits - 1);
  return shift < 0 ? 0 : shift > 15 ? 15 : shift;
}

// Code of x in a block with that shift: nearest, ties up, clamped.
inline std::int32_t block_code(std::int32_t x, int shift, int bits) {
#pragma HLS inline
  return saturate(shift > 0 ? shift_round(x, shift) : x, bits);
}

inline std::uint32_t magnitude(std::int32_t v) {
#pragma HLS inline
  return v < 0 ? 0U - static_cast<std::uint32_t>(v) : static_cast<std::uint32_t>(v);
}

// A value from its code and its block's shift.
inline std::int32_t block_value(std::int32_t code, int shift) {
#pragma HLS inline
  return code * (1 << shift);
}

// A function of 4096 equal steps: index (x + offset) >> step; 0 below the table; above it its last entry
// (`clamped`) or x itself, brought to the result's binary point.
inline std::int32_t table_lookup(const std::int32_t (&table)[4096], std::int32_t x, std::int32_t offset,
                                 int step, int down, bool clamped) {
#pragma HLS inline
  const std::int64_t index = (static_cast<std::int64_t>(x) + offset) >> step;
  if (index < 0) return 0;
  if (index < 4096) return table[index];
  return clamped ? table[4095] : saturate(shift_down(x, down), 32);
}

// 1 / sqrt: 2^-shift times a mantissa of 17 bits, from t's leading bits with an even exponent.
struct rsqrt_result {
  std::int32_t mantissa;
  int shift;
};
inline rsqrt_result rsqrt_lookup(const std::int32_t (&table)[3072], std::uint64_t t, int lift) {
#pragma HLS inline
  const std::uint64_t v = t == 0 ? 1 : t;
  const int e = (bit_length(v) - 1) / 2;
  const std::int64_t index = shift_down(static_cast<std::int64_t>(v), 2 * e - 10);
  rsqrt_result r;
  r.mantissa = table[index - 1024];
  r.shift = 15 + e - lift;
  return r;
}

// e^x for x <= 0 by shift and straight pieces: y = x log2 e (in sixteenths), 2^y = 2^ceil(y) * 2^-v.
template <bool IN_LUTS, int PIECES>
std::int32_t pieces_exponential(const std::int32_t (&slope)[PIECES], const std::int32_t (&offset)[PIECES],
                                std::int32_t x, int log2_e, int log2_pieces, int in_fraction,
                                int out_fraction) {
#pragma HLS inline
  const int fraction = in_fraction + 4;
  const std::int64_t minus_y = (x < 0 ? -static_cast<std::int64_t>(x) : 0) * log2_e;
  const std::int64_t whole = minus_y >> fraction;
  const int u = static_cast<int>(whole > 62 ? 62 : whole);
  const std::int64_t minus_v = minus_y & ((static_cast<std::int64_t>(1) << fraction) - 1);
  const std::int64_t piece = shift_down(minus_v, fraction - log2_pieces);
  const std::int64_t change =
      IN_LUTS ? product_lut(slope[piece], minus_v) : product_dsp(slope[piece], minus_v);
  const std::int64_t power = offset[piece] - shift_down(change, fraction);
  return static_cast<std::int32_t>(shift_down(power, 15 - out_fraction + u));
}
// softplus(x) = e^x, or x + e^-x for x > 0.
template <bool IN_LUTS, int PIECES>
std::int32_t pieces_softplus(const std::int32_t (&slope)[PIECES], const std::int32_t (&offset)[PIECES],
                             std::int32_t x, int log2_e, int log2_pieces, int in_fraction, int out_fraction) {
#pragma HLS inline
  const std::int32_t e =
      pieces_exponential<IN_LUTS>(slope, offset, x > 0 ? -x : x, log2_e, log2_pieces, in_fraction, out_fraction);
  return x <= 0 ? e : saturate(shift_down(x, in_fraction - out_fraction) + e, 32);
}

// v times a constant of few bits and a right shift, to nearest, ties up.
inline std::int64_t scale_by(std::int64_t v, std::int32_t factor, int shift) {
#pragma HLS inline
  return shift > 0 ? shift_round(v * factor, shift) : shift_down(v * factor, shift);
}

// A signed field of at most 16 bits of a 32-bit word of memory.
inline std::int32_t signed_field(std::uint32_t word, int low, int bits) {
#pragma HLS inline
  return static_cast<std::int32_t>(word << (32 - low - bits)) >> (32 - bits);
}
inline std::int32_t unsigned_field(std::uint32_t word, int low, int bits) {
#pragma HLS inline
  return static_cast<std::int32_t>((word >> low) & ((1U << bits) - 1U));
}
inline std::uint32_t to_field(std::int32_t v, int low, int bits) {
#pragma HLS inline
  const std::uint32_t mask = bits == 32 ? ~0U : (1U << bits) - 1U;
  return (static_cast<std::uint32_t>(v) & mask) << low;
}

// Blocks of BLOCK neighbours: codes in out[0..N), the blocks' shifts behind them.
template <int N, int BLOCK, class Word>
void quantise_blocks(const std::int32_t (&value)[N], int bits, Word& out) {
#pragma HLS inline
blocks:
  for (int block = 0; block < N / BLOCK; ++block) {
#pragma HLS unroll
    std::uint32_t most = 0;
  largest:
    for (int i = 0; i < BLOCK; ++i) {
#pragma HLS unroll
      const std::uint32_t m = magnitude(value[block * BLOCK + i]);
      if (m > most) most = m;
    }
    const int shift = block_shift(most, bits);
    out[N + block] = shift;
  codes:
    for (int i = 0; i < BLOCK; ++i) {
#pragma HLS unroll
      out[block * BLOCK + i] = block_code(value[block * BLOCK + i], shift, bits);
    }
  }
}
// A tile [N / ROWS, ROWS] in blocks of BLOCK neighbours down its columns.
template <int N, int ROWS, int BLOCK, class Word>
void quantise_columns(const std::int32_t (&value)[N], int bits, Word& out) {
#pragma HLS inline
blocks:
  for (int block = 0; block < N / ROWS / BLOCK; ++block) {
#pragma HLS unroll
  columns:
    for (int row = 0; row < ROWS; ++row) {
#pragma HLS unroll
      std::uint32_t most = 0;
    largest:
      for (int i = 0; i < BLOCK; ++i) {
#pragma HLS unroll
        const std::uint32_t m = magnitude(value[(block * BLOCK + i) * ROWS + row]);
        if (m > most) most = m;
      }
      const int shift = block_shift(most, bits);
      out[N + block * ROWS + row] = shift;
    codes:
      for (int i = 0; i < BLOCK; ++i) {
#pragma HLS unroll
        out[(block * BLOCK + i) * ROWS + row] =
            block_code(value[(block * BLOCK + i) * ROWS + row], shift, bits);
      }
    }
  }
}
template <int N, class T, class Word>
void copy_word(const T (&value)[N], Word& out) {
#pragma HLS inline
lanes:
  for (int i = 0; i < N; ++i) {
#pragma HLS unroll
    out[i] = value[i];
  }
}

// v * 2^shift: the shifts of both blocks after a product of two codes.
inline std::int64_t shift_up(std::int64_t v, int shift) {
#pragma HLS inline
  return static_cast<std::int64_t>(static_cast<std::uint64_t>(v) << shift);
}

// Where a state-space unit stands: head > column > row tile > word of states > beat.
struct ssm_walk {
  int head, column, row_tile, word, beat;
};
inline void advance(ssm_walk& at, int columns, int row_tiles, int words, int beats) {
#pragma HLS inline
  if (++at.beat < beats) return;
  at.beat = 0;
  if (++at.word < words) return;
  at.word = 0;
  if (++at.row_tile < row_tiles) return;
  at.row_tile = 0;
  if (++at.column < columns) return;
  at.column = 0;
  ++at.head;
}

#endif
