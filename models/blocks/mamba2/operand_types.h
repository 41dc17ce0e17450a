// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <vector>

#include "models/blocks/mamba2/online_rotation.h"
#include "models/blocks/tile_functions.h"
#include "models/numerics/integer_model.h"
#include "models/numerics/mamba2_model.h"

/// What the block's operators work with, in float and in integers. Each operator's two forms stand beside
/// each other in *_functions.cpp.
namespace statelane::mamba2 {

struct FloatNetwork {
  const Mamba2Model& model;
  OnlineRotation rotation;
  bool delta_x = false;  ///< the outer product is B (delta x), not (delta B) x

  [[nodiscard]] const ModelDims& dims() const { return model.dims(); }
  [[nodiscard]] const LayerWeights& layer(const TilePlace& at) const {
    return model.weights().layers[at.layer];
  }
};

/// The operators of IntegerLayer work on ranges of a token's tensors: `token` and `state` are where operands
/// are laid for them. Nothing in them outlives an operator.
struct IntegerNetwork {
  explicit IntegerNetwork(const IntegerModel& m);

  const IntegerModel& model;
  IntegerToken token;
  IntegerCache cache;
  bool delta_x = false;
  bool two_stages = false;  ///< the transform in front of out_proj is complete behind out_hadamard2

  [[nodiscard]] const ModelDims& dims() const { return model.dims(); }
  [[nodiscard]] bool fixed() const { return model.plan().arithmetic == IntegerArithmetic::kFixedPoint; }
  [[nodiscard]] bool behind_layers(const TilePlace& at) const { return at.layer == model.layers(); }
  /// Of the last layer behind it: the head uses its units.
  [[nodiscard]] const IntegerLayer& layer(const TilePlace& at) const {
    return model.layer(behind_layers(at) ? 0 : at.layer);
  }
  [[nodiscard]] const TensorFormat& format(Tap tap) const { return model.plan()[tap]; }
};

struct Operands {
  const TilePlace& at;
  std::span<TileData* const> in;
  std::span<TileData> out;

  [[nodiscard]] Range rows() const { return {at.first_row, at.last_row}; }
  [[nodiscard]] Range states() const { return {at.first_state, at.last_state}; }
  [[nodiscard]] const std::vector<float>& reals(std::size_t i) const { return in[i]->reals; }
  [[nodiscard]] const std::vector<std::int64_t>& codes(std::size_t i) const { return in[i]->codes; }
};

/// One operator in both arithmetics.
struct OperatorFunctions {
  std::string_view name;  ///< in the block's table
  void (*real)(FloatNetwork& n, const Operands& o);
  void (*integer)(IntegerNetwork& n, const Operands& o);
};
[[nodiscard]] std::span<const OperatorFunctions> linear_functions();
[[nodiscard]] std::span<const OperatorFunctions> recurrence_functions();

/// Lays values at to[first ...].
template <class To, class From>
void lay(std::vector<To>& to, std::size_t first, const std::vector<From>& values, std::size_t from,
         std::size_t n) {
  for (std::size_t i = 0; i < n; ++i) to[first + i] = static_cast<To>(values[from + i]);
}
template <class To, class From>
void lay(std::vector<To>& to, std::size_t first, const std::vector<From>& values) {
  lay(to, first, values, 0, values.size());
}
/// Adds from[first, first + n) to a result.
template <class From>
void take(const std::vector<From>& from, std::size_t first, std::size_t n, TileData& to) {
  to.codes.insert(to.codes.end(), from.begin() + static_cast<std::ptrdiff_t>(first),
                  from.begin() + static_cast<std::ptrdiff_t>(first + n));
}

}  // namespace statelane::mamba2
