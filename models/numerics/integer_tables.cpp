// SPDX-License-Identifier: Apache-2.0
#include "models/numerics/integer_tables.h"

#include <algorithm>
#include <bit>
#include <cmath>

#include "models/base/diagnostics.h"
#include "models/numerics/integer_ops.h"
#include "models/numerics/integer_plan.h"

namespace statelane {
namespace {

constexpr int kRsqrtFraction = 15;
constexpr int kRsqrtIndexBits = 10;  ///< bits of the mantissa below its integer part; 3 * 1024 entries

std::int32_t round_to_int(double v) {
  return static_cast<std::int32_t>(std::lround(v));
}

}  // namespace

FunctionTable::FunctionTable(NonlinearFunction function, float largest, int input_fraction,
                             int output_fraction)
    : function_(function), down_(input_fraction - output_fraction) {
  const bool exponential = function == NonlinearFunction::kExp;
  // +-2048 steps cover the range, or 4096 steps below zero for exp.
  const int span = magnitude_bits(largest) + input_fraction;
  step_ = std::max(span - (exponential ? 12 : 11), 0);
  offset_ = (exponential ? kEntries : kEntries / 2) << step_;
  for (int i = 0; i < kEntries; ++i) {
    const double code = std::ldexp(i + 0.5, step_) - offset_;
    const double value = exact_value(function, std::ldexp(code, -input_fraction));
    entries_.push_back(round_to_int(std::ldexp(value, output_fraction)));
  }
}

std::int32_t FunctionTable::operator()(std::int32_t x) const {
  const std::int64_t index = (static_cast<std::int64_t>(x) + offset_) >> step_;
  if (index < 0) return 0;
  if (index < kEntries) return entries_[static_cast<std::size_t>(index)];
  if (function_ == NonlinearFunction::kExp) return entries_.back();
  return integer::saturate(integer::shift_down(x, down_), 32);
}

RsqrtTable::RsqrtTable(std::size_t count) {
  const double root = std::sqrt(static_cast<double>(count));
  lift_ = static_cast<int>(std::floor(std::log2(root)));
  const double rest = std::ldexp(root, -lift_);  // in [1, 2)
  for (int i = 1 << kRsqrtIndexBits; i < 4 << kRsqrtIndexBits; ++i) {
    const double mantissa = std::ldexp(i + 0.5, -kRsqrtIndexBits);
    entries_.push_back(round_to_int(std::ldexp(rest / std::sqrt(mantissa), kRsqrtFraction)));
  }
}

RsqrtTable::Result RsqrtTable::operator()(std::uint64_t t) const {
  const int e = (integer::bit_length(t | 1) - 1) / 2;
  const std::int64_t index =
      integer::shift_down(static_cast<std::int64_t>(t | (t == 0 ? 1U : 0U)), 2 * e - kRsqrtIndexBits);
  return {entries_[static_cast<std::size_t>(index - (1 << kRsqrtIndexBits))], kRsqrtFraction + e - lift_};
}

PieceUnit::PieceUnit(const NonlinearSpec& spec, int input_fraction, int output_fraction)
    : input_fraction_(input_fraction), output_fraction_(output_fraction) {
  const double sixteenths = spec.log2_e * 16.0;
  if (spec.form != NonlinearForm::kPieces || sixteenths != std::floor(sixteenths) ||
      !std::has_single_bit(static_cast<unsigned>(spec.segments))) {
    throw InputError(
        "fixed_point arithmetic wants exp and softplus in pieces, 2^k segments, log2_e in sixteenths");
  }
  multiplier_ = static_cast<std::int64_t>(sixteenths);
  log2_segments_ = std::countr_zero(static_cast<unsigned>(spec.segments));
  for (const Piece& piece : pieces_of_exp2(spec.segments, spec.centred)) {
    slopes_.push_back(round_to_int(std::ldexp(piece.slope, kCoefficientFraction)));
    offsets_.push_back(round_to_int(std::ldexp(piece.offset, kCoefficientFraction)));
  }
}

std::int32_t PieceUnit::exponential(std::int32_t x) const {
  const int fraction = input_fraction_ + 4;  // x * n/16 has four more fraction bits
  const std::int64_t minus_y = -std::min<std::int64_t>(x, 0) * multiplier_;
  const auto u = static_cast<int>(std::min<std::int64_t>(minus_y >> fraction, 62));  // -ceil(y)
  const std::int64_t minus_v = minus_y & ((std::int64_t{1} << fraction) - 1);        // in [0, 1)
  const auto piece = static_cast<std::size_t>(integer::shift_down(minus_v, fraction - log2_segments_));
  const std::int64_t power =
      offsets_[piece] - integer::shift_down(slopes_[piece] * minus_v, fraction);  // 15 fraction bits
  return static_cast<std::int32_t>(integer::shift_down(power, kCoefficientFraction - output_fraction_ + u));
}

std::int32_t PieceUnit::softplus(std::int32_t x) const {
  if (x <= 0) return exponential(x);
  const std::int64_t linear = integer::shift_down(x, input_fraction_ - output_fraction_);
  return integer::saturate(linear + exponential(-x), 32);
}

}  // namespace statelane
