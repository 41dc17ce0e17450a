// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "models/blocks/operators.h"

namespace statelane {

enum class ArithmeticKind : std::uint8_t {
  matrix_product,  ///< of a weight matrix and the columns
  convolution,     ///< causal and depthwise
  nonlinear,       ///< a scalar function, element by element
  norm,            ///< root mean square of a vector, and its scaling
  transform,       ///< Hadamard
  elementwise,     ///< products and sums, element by element or reduced over the states
};

enum class ScalarFunction : std::uint8_t { none, softplus, exponential, silu };

/// Which of a design's widths a sum has (models/units/precision.h).
enum class SumWidth : std::uint8_t { ssm_product, residual };

/// Parameters a layer has of an operator that are not streamed but kept on chip.
enum class KeptParameters : std::uint8_t { none, one_a_head, one_a_model_channel, one_an_inner_channel };

/// What an operator computes, as far as the hardware that executes it must know. It is part of the operator's
/// declaration: units execute kinds of arithmetic and know no operator by name.
struct Arithmetic {
  ArithmeticKind kind = ArithmeticKind::elementwise;
  ScalarFunction function = ScalarFunction::none;  ///< of a nonlinear operator
  /// Element-wise: operands are multiplied; nonlinear: the argument is first multiplied by a parameter.
  bool multiplies = false;
  /// Element-wise: operands or products are added; nonlinear: a parameter is first added to the argument.
  bool adds = false;
  SumWidth sum = SumWidth::ssm_product;
  /// Quantisers behind it from the sum's to the operands' width, where groups have scales of their own.
  std::int8_t group_quantisers = 0;
  /// Summands have group scales of their own and are aligned first.
  bool aligns_summands = false;
  KeptParameters kept = KeptParameters::none;
  /// Of a norm: the weight is a product of its own, not fused into the projection behind it.
  bool own_weight = false;
  /// Of a transform: the second stage of a Kronecker product, across the blocks that the first one leaves.
  bool across_blocks = false;
  /// Belongs to no block: done once, behind the last one.
  bool behind_blocks = false;
  /// The result goes to a linear layer, whose quantiser stands behind it ...
  bool feeds_linear = false;
  /// ... unless the design has one of these between them.
  OperatorSet unless{};
};

/// The arithmetic of every operator of our blocks, by its number.
[[nodiscard]] std::span<const Arithmetic> operator_arithmetic();
[[nodiscard]] inline const Arithmetic& operator_arithmetic(Operator op) {
  return operator_arithmetic()[static_cast<std::size_t>(op)];
}

}  // namespace statelane
