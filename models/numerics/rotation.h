// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <span>

#include "models/numerics/hadamard.h"
#include "models/numerics/scheme.h"
#include "models/numerics/weights.h"

namespace statelane {

/// The rotations of a scheme on one model: what is folded into the weights and what runs online.
class RotationPlan {
 public:
  /// Throws InputError if a size has no Hadamard matrix. With `shift_norm` the online transform of n points
  /// is divided by a power of two, 2^ceil(log2(n) / 2), instead of sqrt(n), and the weights after it take up
  /// the rest: a shift in hardware. With `online_head` FastMamba's transform stands in front of the head too.
  RotationPlan(Rotation rotation, const ModelDims& dims, bool shift_norm = false, bool online_head = false);
  /// The plan of a scheme: power-of-two norms where it defines block_shift arithmetic, a rotated head where
  /// that is in integers as well.
  RotationPlan(const Scheme& scheme, const ModelDims& dims)
      : RotationPlan(scheme.rotation, dims, scheme.integer == IntegerArithmetic::kBlockShift,
                     scheme.integer_head()) {}

  /// Folds the rotation into the weights. LightMamba (numerics table 3 of docs/numerics.md): E Q, W_in
  /// diag(w1) Q, Q^T W_out R, W_head diag(w_f) Q with the head untied; the norms it folds become 1.
  /// FastMamba: W_in R', W_out R, and W_head R' with the head untied where it is transformed online.
  void fold(ModelWeights& weights) const;
  /// The online transform in front of in_proj (tap norm_out) or out_proj (tap gated_norm_out), row by row.
  void apply(Tap tap, std::span<float> data, std::size_t width) const;
  /// Undoes the rotation of the residual stream, row by row, to compare it with the unrotated model's.
  void restore_residual(std::span<float> data) const;
  [[nodiscard]] bool online(Tap tap) const;

 private:
  void rotate_rows(std::span<float> data, std::size_t width) const;

  Rotation rotation_;
  bool online_head_ = false;
  float inner_norm_ = 1.0F;        ///< factor on the online transform of d_inner points beside 1/sqrt(n)
  std::optional<Hadamard> model_;  ///< of d_model points
  std::optional<Hadamard> inner_;  ///< of d_inner points
};

/// ceil(log2(n) / 2): the right shift that stands for the division by sqrt(n).
[[nodiscard]] int hadamard_shift(std::size_t n);

/// The largest power of two that divides n: FastMamba's block for n channels (n/m = 2^k).
[[nodiscard]] std::size_t power_of_two_block(std::size_t n);

/// SmoothQuant (Xiao et al. 2023, eq. 4): f_j = max|X_j|^alpha / max|W_j|^(1-alpha); the norm in front is
/// divided by f, the columns of the matrix multiplied. `largest` holds max|X_j|, `weight` is [rows,
/// largest.size()].
void smoothquant(std::span<const float> largest, double alpha, std::span<float> norm,
                 std::span<float> weight);

}  // namespace statelane
