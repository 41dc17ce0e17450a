// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "models/base/units.h"

namespace statelane {

enum class NumberFormat : std::uint8_t { integer, floating };

/// Widths of everything that is stored or moved. A group of 0 means one scale a channel or token (its bytes
/// are then counted once a row of the matrix).
struct Precision {
  NumberFormat format = NumberFormat::integer;
  Bits weights{8};
  std::int64_t weight_group = 0;      ///< weights sharing a scale along the input dimension; 0: a whole row
  Bits weight_scale{16};              ///< bits of that scale in memory
  Bits activations{8};                ///< inputs of the linear layers
  std::int64_t activation_group = 0;  ///< inputs sharing a shift within a vector; 0: one scale for all
  Bits activation_scale{4};           ///< bits of that shift
  Bits ssm{8};                        ///< operands of convolution and SSM operators
  Bits ssm_product{32};               ///< intermediate results of the SSM between operators
  Bits state{8};                      ///< h in memory
  std::int64_t state_group = 0;       ///< state elements sharing a scale; 0: none stored
  Bits state_scale{0};
  Bits conv_weights{8};
  Bits conv_state{8};
  std::int64_t conv_group = 0;  ///< convolution weights or inputs sharing a scale; 0: none stored
  Bits conv_scale{0};
  Bits residual{32};      ///< the residual stream on chip
  Bits head_weights{16};  ///< LM head

  bool operator==(const Precision&) const = default;

  /// Bytes of a weight tile of `rows` outputs by `columns` inputs with its scales.
  [[nodiscard]] Bytes weight_bytes(std::int64_t rows, std::int64_t columns) const;
  /// Bytes of `elements` of h in memory with their scales.
  [[nodiscard]] Bytes state_bytes(std::int64_t elements) const;
  /// Bytes the convolution reads for `channels` channels: `history` earlier columns of state, weights with
  /// `taps` taps, and a bias; scales included.
  [[nodiscard]] Bytes conv_state_bytes(std::int64_t channels, std::int64_t history) const;
  [[nodiscard]] Bytes conv_weight_bytes(std::int64_t channels, std::int64_t taps) const;
};

}  // namespace statelane
