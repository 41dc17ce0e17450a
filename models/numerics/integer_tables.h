// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "models/numerics/nonlinear.h"

namespace statelane {

/// A nonlinear function in integers: 4096 entries at equal power-of-two steps centred on zero, as in
/// LightMamba's released model. Index (x + 2048 * 2^step) >> step; below the table 0, above it x itself
/// (SiLU, softplus) or the last entry (exp).
class FunctionTable {
 public:
  static constexpr int kEntries = 4096;
  FunctionTable() = default;
  /// Covers at least +-`largest` in real units; for exp -largest .. 0. Entries are the function at the step's
  /// centre.
  FunctionTable(NonlinearFunction function, float largest, int input_fraction, int output_fraction);

  [[nodiscard]] std::int32_t operator()(std::int32_t x) const;
  [[nodiscard]] const std::vector<std::int32_t>& entries() const { return entries_; }
  [[nodiscard]] int step() const { return step_; }
  [[nodiscard]] std::int32_t offset() const { return offset_; }
  /// Right shift from the input's to the output's binary point, for results that are x itself.
  [[nodiscard]] int down() const { return down_; }

 private:
  NonlinearFunction function_ = NonlinearFunction::kExp;
  int step_ = 0;
  std::int32_t offset_ = 0;
  int down_ = 0;  ///< from the input's to the output's binary point
  std::vector<std::int32_t> entries_;
};

/// 1 / sqrt in integers. sqrt(count / t) for t > 0 is table[t's leading bits] * 2^(lift - 15 - e) with t in
/// [4^e, 4^(e+1)).
class RsqrtTable {
 public:
  RsqrtTable() = default;
  explicit RsqrtTable(std::size_t count);
  struct Result {
    std::int32_t mantissa;  ///< 17 bits
    int shift;              ///< value = mantissa * 2^-shift
  };
  [[nodiscard]] Result operator()(std::uint64_t t) const;
  [[nodiscard]] const std::vector<std::int32_t>& entries() const { return entries_; }
  [[nodiscard]] int lift() const { return lift_; }

 private:
  int lift_ = 0;
  std::vector<std::int32_t> entries_;
};

/// FastMamba's nonlinear unit: e^x for x <= 0 as 2^u * 2^v with y = x * 23/16 (log2 e ~ (1.0111)_2), u =
/// ceil(y), v = y - u, 2^v by straight pieces with 16-bit slopes and offsets, then a right shift; softplus(x)
/// = e^x or x + e^-x.
class PieceUnit {
 public:
  static constexpr int kCoefficientFraction = 15;
  PieceUnit() = default;
  /// `segments` must be a power of two. log2_e must be a multiple of 1/16, as four terms give it.
  PieceUnit(const NonlinearSpec& spec, int input_fraction, int output_fraction);
  /// e^x for x <= 0 (x > 0 counts as 0).
  [[nodiscard]] std::int32_t exponential(std::int32_t x) const;
  [[nodiscard]] std::int32_t softplus(std::int32_t x) const;
  /// log2 e in sixteenths.
  [[nodiscard]] std::int64_t multiplier() const { return multiplier_; }
  [[nodiscard]] int log2_segments() const { return log2_segments_; }
  [[nodiscard]] const std::vector<std::int32_t>& slopes() const { return slopes_; }
  [[nodiscard]] const std::vector<std::int32_t>& offsets() const { return offsets_; }

 private:
  int input_fraction_ = 0;
  int output_fraction_ = 0;
  int log2_segments_ = 3;
  std::int64_t multiplier_ = 23;
  std::vector<std::int32_t> slopes_;
  std::vector<std::int32_t> offsets_;
};

}  // namespace statelane
