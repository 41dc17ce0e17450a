// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "models/blocks/operators.h"
#include "models/design/design.h"
#include "models/numerics/hadamard.h"

namespace statelane {

/// The Hadamard units of a design as orthonormal transforms of a vector. Their inverse is folded into the
/// weights behind them: a row w of the matrix becomes R w, since (R w)(R x) = w x.
///
/// A unit transforms blocks of UnitModel::transform_points() elements. The second stage of out_hadamard works
/// across the blocks of the first, so that the two are a Kronecker product.
class OnlineRotation {
 public:
  /// Throws InputError where a block has no Hadamard matrix or does not divide its vector.
  OnlineRotation(const Design& design, std::size_t d_model, std::size_t d_inner);

  /// x <- what the unit of `op` makes of it: in_hadamard, out_hadamard or out_hadamard2.
  void apply(Operator op, std::span<float> x) const;
  /// A row of in_proj (or of the LM head behind the same unit) or of out_proj with the inverse folded in.
  void fold_input_row(std::span<float> row) const { apply(Operator::in_hadamard, row); }
  void fold_output_row(std::span<float> row) const;

 private:
  struct Stage {
    Operator op;
    Hadamard transform;
    std::size_t stride;  ///< distance of a block's elements
  };

  std::vector<Stage> stages_;
};

}  // namespace statelane
