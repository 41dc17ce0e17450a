// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <bit>
#include <cstdint>
#include <span>
#include <utility>

#include "models/blocks/arithmetic.h"
#include "models/blocks/network.h"
#include "models/blocks/operators.h"
#include "models/units/fabric/fabric_costs.h"
#include "models/units/fabric/memory_shapes.h"
#include "models/units/multiplier.h"
#include "models/units/precision.h"

namespace statelane {

/// What a unit's circuit depends on besides its own parameters.
struct CircuitInputs {
  const Precision& precision;
  const Mamba2Shape& shape;
  OperatorSet operators;  ///< of this unit
  OperatorSet design;     ///< of all units
  /// What they compute, by their number.
  std::span<const Arithmetic> arithmetic = operator_arithmetic();

  /// Calls f(arithmetic) for each operator of this unit, in data-flow order.
  template <class F>
  void for_each(F&& f) const {
    for (std::uint32_t left = operators.bits(); left != 0; left &= left - 1)
      f(arithmetic[static_cast<std::size_t>(std::countr_zero(left))]);
  }
  /// Whether one of its operators is such a one.
  template <class F>
  [[nodiscard]] bool any(F&& is) const {
    bool found = false;
    for_each([&](const Arithmetic& a) { found = found || is(a); });
    return found;
  }
  /// Whether the quantiser of a linear layer stands behind this unit.
  [[nodiscard]] bool feeds_linear() const {
    return any([&](const Arithmetic& a) { return a.feeds_linear && !design.intersects(a.unless); });
  }
};

/// Bits a count needs: ceil(log2 n), 0 for n <= 1.
[[nodiscard]] constexpr std::int64_t bits_to_count(std::int64_t n) {
  return n <= 1 ? 0 : static_cast<std::int64_t>(std::bit_width(static_cast<std::uint64_t>(n - 1)));
}

enum class FloatOperation : std::uint8_t { multiply, add, divide, exponential, inverse_root, convert };
enum class FloatWidth : std::uint8_t { half, single };

/// Adds up what a unit is built of. A unit kind describes its structure in these terms (UnitModel::circuit);
/// what each of them costs is said once, here, from a family's constants. Nothing allocates: an exploration
/// calls this for every unit of every candidate.
///
/// Counts `n` are instances; widths are bits. LUT arithmetic is one LUT a bit and adder (a carry chain of
/// 6-input LUTs, AMD UG474), one pipeline register behind every adder.
class Circuit {
 public:
  explicit Circuit(const FabricCosts& costs) : costs_(costs) {}

  /// `n` products of a x b bits.
  /// LUT: two partial-product rows share a carry chain, so ceil(b/2) chains of a+1 LUTs, then a tree of
  /// adders. DSP: slices tile the operands; the first tile of an operand takes the port's width, each further
  /// one a bit less, for the sign (AMD UG479, UG579, AM004); the better of both orientations. Registers and
  /// the sum of the tiles are the slices' own (cascade), but for a flip-flop for each bit of a lower tile
  /// that the circuit behind still needs, mostly none after alignment. Packed: two products that share an
  /// operand in a slice, whose pre-adder joins the other two, and LUTs that correct the upper product for the
  /// lower one's sign (AMD WP486); without sums in the slice no guard bits are needed.
  void multiply(std::int64_t n, std::int64_t a, std::int64_t b, Multiplier kind) {
    if (a < b) std::swap(a, b);
    const auto count = static_cast<double>(n);
    if (kind == Multiplier::lut) {
      const std::int64_t rows = (b + 1) / 2;
      total_.lut += count * static_cast<double>(rows * (a + 1) + (rows - 1) * (a + 2));
      total_.ff += count * static_cast<double>(a + b);
      carry(a + b, 1);
      return;
    }
    const double slices = dsp_slices(a, b);
    const auto packed_width =
        static_cast<double>(a + (a + b) + 1);  // upper operand, lower product, the sum's sign
    if (kind == Multiplier::dsp_packed && packed_width <= costs_.dsp_a) {
      const auto pairs = static_cast<double>((n + 1) / 2);
      total_.dsp += pairs;
      total_.lut += pairs * static_cast<double>(a + b);
      total_.ff += count * static_cast<double>(a + b);
      return;
    }
    total_.dsp += count * slices;
  }

  /// DSP slices of one product; see multiply().
  [[nodiscard]] double dsp_slices(std::int64_t a, std::int64_t b) const {
    const auto wide = static_cast<std::int64_t>(costs_.dsp_a);
    const auto narrow = static_cast<std::int64_t>(costs_.dsp_b);
    if (std::max(a, b) <= wide && std::min(a, b) <= narrow) return 1;
    return static_cast<double>(
        std::min(tiles(a, wide) * tiles(b, narrow), tiles(b, wide) * tiles(a, narrow)));
  }

  /// `n` adders or subtractors.
  void add(std::int64_t n, std::int64_t width) {
    const auto bits = static_cast<double>(n * width);
    total_.lut += bits;
    total_.ff += bits;
    carry(width, 1);
  }

  /// `n` trees that add `inputs` values of `width` bits; a level's sums are a bit wider than its inputs,
  /// which one LUT of the chain gives beside the last bit's. A value left over is kept in step by registers;
  /// three in a row, with the one behind the adder it comes from, become a shift register (AMD UG901,
  /// shreg_min_size), two bits a LUT.
  void adder_tree(std::int64_t n, std::int64_t inputs, std::int64_t width) {
    std::int64_t luts = 0, registers = 0;
    std::int64_t waits = 0, left_over = 0;  // registers in a row, and their width
    for (bool first = true; inputs > 1; first = false) {
      luts += inputs / 2 * width;
      registers += inputs / 2 * (width + 1);
      if (inputs % 2 != 0) {
        if (waits == 0) {
          left_over = width;
          waits = first ? 0 : 1;
        }
        ++waits;
        registers += left_over;
      }
      inputs = (inputs + 1) / 2;
      if (inputs % 2 == 0 || inputs == 1) {
        if (waits >= 3) {
          registers -= waits * left_over;
          luts += (left_over + 1) / 2;
        }
        waits = 0;
      }
      ++width;
    }
    total_.lut += static_cast<double>(n * luts);
    total_.ff += static_cast<double>(n * registers);
    carry(width, 1);
  }

  /// `n` barrel shifters of 2^select positions: a LUT is a 4:1 multiplexer, so ceil(select/2) levels.
  void shift(std::int64_t n, std::int64_t width, std::int64_t select) {
    total_.lut += static_cast<double>(n * width * ((select + 1) / 2));
    total_.ff += static_cast<double>(n * width);
    carry(0, (select + 1) / 2);
  }

  /// `n` multiplexers or other functions of at most six inputs a bit, unregistered.
  void logic(std::int64_t n, std::int64_t width) { total_.lut += static_cast<double>(n * width); }

  /// `n` saturating roundings from `width` to `out` bits: an increment of the lower bits, its selection
  /// against both limits, and the comparison of the upper bits with the sign, five a LUT and one for every
  /// six of these.
  void saturate(std::int64_t n, std::int64_t width, std::int64_t out) {
    const std::int64_t groups = (width - out + 4) / 5;
    total_.lut += static_cast<double>(n * (2 * out + groups + (groups > 1 ? (groups + 5) / 6 : 0)));
    total_.ff += static_cast<double>(n * out);
  }

  /// `n` lanes of a quantiser that finds the scale of its group: absolute values, maximum, leading one,
  /// shift, and registers that hold the group meanwhile.
  void quantise_by_group(std::int64_t n, std::int64_t width) {
    total_ += static_cast<double>(n * width) * costs_.quantiser_bit;
    carry(width, 1);  // a comparison of magnitudes
  }

  void registers(std::int64_t bits) { total_.ff += static_cast<double>(bits); }

  /// `n` lanes of an exponential by straight pieces (FastMamba III): |x|, times log2 e ~ (1.0111)_2 in two
  /// adders, a table of slopes and offsets by the fraction's leading bits, a product whose operands'
  /// registers are the slice's, a sum, and a right shift by the integer part (or out of the range), which has
  /// waited for three beats. `narrow` are an operand's bits, `wide` a result's.
  void straight_pieces(std::int64_t n, std::int64_t narrow, std::int64_t wide, std::int64_t segments,
                       Multiplier kind) {
    const std::int64_t by = bits_to_count(wide);
    add(n, narrow);
    logic(2 * n, narrow + 2);
    memory(2 * n, segments, narrow - 1);
    delay(n, 2, fabric::table_columns(segments, narrow - 1));  // an offset; a slope waits in the slice
    multiply(n, narrow, narrow, kind);
    add(n, wide);
    delay(n, 3, by + 1);
    shift(n, wide, by);
  }

  /// Delay lines: shift registers with a flip-flop behind them; short ones are flip-flops.
  void delay(std::int64_t n, std::int64_t depth, std::int64_t width) {
    if (depth <= 3) {
      total_.ff += static_cast<double>(n * depth * width);
    } else if (static_cast<double>(depth * width) <= costs_.srl_max_bits) {
      total_.lut += static_cast<double>(n) * fabric::shift_register_luts(depth - 1, width);
      total_.ff += static_cast<double>(n * width);
    } else {
      memory(n, depth, width);
    }
  }

  /// `n` memories for tables and parameters.
  void memory(std::int64_t n, std::int64_t depth, std::int64_t width) {
    if (static_cast<double>(depth * width) <= costs_.srl_max_bits) {
      total_.lut += static_cast<double>(n) * fabric::rom_luts(depth, width, joined_words());
    } else {
      total_.bram18 += static_cast<double>(n * fabric::bram18_blocks(depth, width));
    }
  }

  /// Parameters of all layers that stay on chip; reported with the buffers.
  void parameters(std::int64_t depth, std::int64_t width) {
    if (static_cast<double>(depth * width) <= costs_.srl_max_bits) {
      stored_.lut += fabric::rom_luts(depth, width, joined_words());
    } else {
      stored_.bram18 += static_cast<double>(fabric::bram18_blocks(depth, width));
    }
  }

  /// `n` floating-point cores.
  void floating(std::int64_t n, FloatOperation operation, FloatWidth width) {
    total_ += static_cast<double>(n) * core(operation, width);
  }

  /// Elements a beat that the unit takes and gives, and the bits a beat it takes of a raw memory stream
  /// (weights).
  void lanes(std::int64_t in, std::int64_t out, Bits stream = Bits{0}) {
    lanes_in_ = in;
    lanes_out_ = out;
    stream_ = stream;
  }
  /// Results of a linear layer: `n` a beat, accumulated in `width` bits, still to be scaled.
  void results(std::int64_t n, std::int64_t width) {
    results_ = n;
    result_width_ = width;
  }
  /// The unit's operands and results are floating-point numbers.
  void set_floating() { floating_ = true; }
  /// The unit is not part of the fabric (a host).
  void set_off_fabric() { on_fabric_ = false; }

  /// Everything but parameters.
  [[nodiscard]] const Resources& total() const { return total_; }
  [[nodiscard]] const Resources& stored() const { return stored_; }
  [[nodiscard]] std::int64_t lanes_in() const { return lanes_in_; }
  [[nodiscard]] std::int64_t lanes_out() const { return lanes_out_; }
  [[nodiscard]] Bits stream() const { return stream_; }
  [[nodiscard]] std::int64_t result_lanes() const { return results_; }
  [[nodiscard]] std::int64_t result_width() const { return result_width_; }
  [[nodiscard]] bool is_floating() const { return floating_; }
  [[nodiscard]] bool on_fabric() const { return on_fabric_; }
  [[nodiscard]] const FabricCosts& costs() const { return costs_; }
  /// Between two registers: the longest carry chain in bits, and the most LUTs in a row.
  [[nodiscard]] std::int64_t longest_carry() const { return longest_carry_; }
  [[nodiscard]] std::int64_t logic_levels() const { return logic_levels_; }

 private:
  void carry(std::int64_t bits, std::int64_t levels) {
    longest_carry_ = std::max(longest_carry_, bits);
    logic_levels_ = std::max(logic_levels_, levels);
  }
  [[nodiscard]] std::int64_t joined_words() const { return static_cast<std::int64_t>(costs_.joined_words); }
  /// Tiles that cover `width` bits: the first takes `port`, the others port - 1.
  [[nodiscard]] static std::int64_t tiles(std::int64_t width, std::int64_t port) {
    return width <= port ? 1 : (width - 1 + port - 2) / (port - 1);
  }
  [[nodiscard]] const Resources& core(FloatOperation operation, FloatWidth width) const {
    const bool half = width == FloatWidth::half;
    switch (operation) {
      case FloatOperation::multiply:
        return half ? costs_.half_multiply : costs_.float_multiply;
      case FloatOperation::add:
        return half ? costs_.half_add : costs_.float_add;
      case FloatOperation::divide:
        return half ? costs_.half_divide : costs_.float_divide;
      case FloatOperation::exponential:
        return half ? costs_.half_exponential : costs_.float_exponential;
      case FloatOperation::inverse_root:
        return half ? costs_.half_inverse_root : costs_.float_inverse_root;
      case FloatOperation::convert:
        break;
    }
    return half ? costs_.half_convert : costs_.float_convert;
  }

  const FabricCosts& costs_;
  Resources total_;
  Resources stored_;
  std::int64_t lanes_in_ = 1;
  std::int64_t lanes_out_ = 1;
  Bits stream_{0};
  std::int64_t results_ = 0;
  std::int64_t result_width_ = 0;
  std::int64_t longest_carry_ = 0;
  std::int64_t logic_levels_ = 1;
  bool floating_ = false;
  bool on_fabric_ = true;
};

/// Parameters of a layer that an operator keeps on chip.
[[nodiscard]] inline std::int64_t kept_parameters(const Arithmetic& a, const Mamba2Shape& shape) {
  switch (a.kept) {
    case KeptParameters::none:
      break;
    case KeptParameters::one_a_head:
      return shape.nheads();
    case KeptParameters::one_a_model_channel:
      return shape.d_model;
    case KeptParameters::one_an_inner_channel:
      return shape.d_inner();
  }
  return 0;
}

/// Instances that do the work of `n` at an initiation interval of `ii`.
[[nodiscard]] constexpr std::int64_t shared(std::int64_t n, std::int64_t ii) {
  return ii == 1 ? n : ceil_div(n, ii);  // a division is worth avoiding here
}

/// Quantisers of `n` linear-layer inputs a beat, from `width` bits: by group with a shift where inputs
/// share shifts in groups (LightMamba), otherwise by a product with the scale and a shift (FastMamba
/// III: scale of 21 bits, shift of 3). Nothing in floating point.
inline void quantise_activations(const CircuitInputs& in, Circuit& c, std::int64_t n, std::int64_t width) {
  if (in.precision.format == NumberFormat::floating) return;
  if (in.precision.activation_group > 0) {
    c.quantise_by_group(n, width);
    return;
  }
  c.multiply(n, width, static_cast<std::int64_t>(c.costs().activation_scale_bits), Multiplier::dsp);
  c.shift(n, in.precision.activations.count(), static_cast<std::int64_t>(c.costs().static_shift_bits));
}

}  // namespace statelane
