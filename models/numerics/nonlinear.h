// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace statelane {

/// How a nonlinear function is computed.
enum class NonlinearForm {
  kExact,
  kTable,  ///< `entries` equal steps of [low, high), the value at each step's centre, clamped outside
  kPieces  ///< through e^x = 2^(x * log2_e): shift by the integer part, `segments` straight pieces for the
           ///< fraction
};

enum class NonlinearFunction { kSilu, kSoftplus, kExp };

/// One function's form as data. SiLU in pieces is x / (1 + e^-|x|) with the piecewise exponential, mirrored
/// for x < 0.
struct NonlinearSpec {
  NonlinearForm form = NonlinearForm::kExact;
  int segments = 8;                    ///< pieces of 2^v over (-1, 0]
  double log2_e = 1.4426950408889634;  ///< FastMamba uses 1.4375 = (1.0111)_2
  bool centred = false;                ///< pieces with the error centred instead of chords
  int entries = 4096;                  ///< of the table
  double low = -16.0;                  ///< of the table
  double high = 16.0;

  bool operator==(const NonlinearSpec&) const = default;
};

/// A function ready to be applied.
class Nonlinear {
 public:
  Nonlinear(NonlinearFunction function, const NonlinearSpec& spec);
  [[nodiscard]] float operator()(float x) const;
  void apply(std::span<float> x) const;

 private:
  [[nodiscard]] float by_pieces(float x) const;

  NonlinearFunction function_;
  NonlinearSpec spec_;
  std::vector<float> table_;  ///< values, or slope and offset of each piece
};

/// The exact function in double precision.
[[nodiscard]] double exact_value(NonlinearFunction function, double x);

/// Straight pieces of 2^v on (-1, 0]: piece i covers (-(i+1)/segments, -i/segments], value slope * v +
/// offset. Chords, or chords lowered by half their largest error. (FastMamba section IV-C: first-order, 8
/// segments.)
struct Piece {
  double slope;
  double offset;
};
[[nodiscard]] std::vector<Piece> pieces_of_exp2(int segments, bool centred);

/// Largest errors of a form over [low, high], sampled at `samples` points.
struct ApproximationError {
  double max_absolute = 0.0;
  double at_absolute = 0.0;
  double max_relative = 0.0;
  double at_relative = 0.0;
};
[[nodiscard]] ApproximationError measure_approximation(NonlinearFunction function, const NonlinearSpec& spec,
                                                       double low, double high, std::size_t samples = 100001);

}  // namespace statelane
