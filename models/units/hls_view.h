// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "models/units/approximation.h"
#include "models/units/hls_writer.h"
#include "models/units/multiplier.h"

namespace statelane {

/// The beat of a matrix product as the generated function names it: a kind of matrix unit writes how the sums
/// of the beat come about.
struct HlsMatrixBeat {
  std::int64_t inputs = 1;
  std::int64_t outputs = 1;
  /// Neighbouring inputs that share a shift; 0: inputs have no shifts.
  std::int64_t together = 0;
  int weight_bits = 8;
  int input_bits = 8;

  /// The code of an input of the beat, as an int32.
  [[nodiscard]] static std::string input(const std::string& i) { return "input_code[column][k + " + i + "]"; }
  /// The shift that the block of inputs from `i` on shares.
  [[nodiscard]] static std::string shift(const std::string& i) {
    return "input_shift[column][k + " + i + "]";
  }
  /// The weight of an input for an output, as an int32.
  [[nodiscard]] std::string weight(const std::string& output, const std::string& i) const {
    return "static_cast<std::int32_t>(weight[" + output + " * " + std::to_string(inputs) + " + " + i + "])";
  }
  /// Where the beat's sum for an output goes, an int64.
  [[nodiscard]] static std::string sum(const std::string& output) { return "sum[" + output + "]"; }
};

enum class HlsTransform : std::uint8_t {
  none,
  stages,  ///< butterflies one behind another, with delay lines between them
  passes,  ///< butterflies of `radix` inputs that the vector passes several times
  signs,   ///< rows of +-1, `reduce` inputs of each result a beat
};

/// What memory a table is bound to.
enum class HlsStorage : std::uint8_t { automatic, lutram, bram, uram };

/// A unit as the generator of HLS sees it, for one of its operators.
struct HlsView {
  std::string refused;                        ///< why no code is generated for these parameters; empty: it is
  std::int64_t ii = 1;                        ///< initiation interval of a beat
  std::int64_t lanes = 1;                     ///< results a beat: how far its innermost loop is unrolled
  std::int64_t reduce = 1;                    ///< operands a beat that each of them is reduced over
  std::int64_t banks = 1;                     ///< its buffers are partitioned into so many, cyclic
  Multiplier multiplier = Multiplier::dsp;    ///< what its products are bound to
  HlsStorage tables = HlsStorage::automatic;  ///< what its tables are bound to
  std::optional<Approximation> function;      ///< how a scalar function is computed ...
  std::int64_t function_size = 0;             ///< ... with so many entries or pieces
  bool floating = false;                      ///< a norm in floating point
  HlsTransform transform = HlsTransform::none;
  std::int64_t radix = 2;
  /// A matrix product: writes the sums of a beat.
  std::function<void(const HlsMatrixBeat&, HlsWriter&)> products;
};

/// Generated code has packed products where a beat multiplies by one operand twice: in matrix units.
inline void refuse_packed(HlsView& view) {
  if (view.multiplier == Multiplier::dsp_packed)
    view.refused =
        "multiplier dsp_packed: products of an element-wise unit share no operand that is the same "
        "in every schedule; only matrix units are generated with packed products";
}

/// The function of a project's arithmetic.h that multiplies two integers in what the multiplier says.
[[nodiscard]] inline const char* hls_product(Multiplier multiplier) {
  return multiplier == Multiplier::lut ? "product_lut" : "product_dsp";
}

}  // namespace statelane
