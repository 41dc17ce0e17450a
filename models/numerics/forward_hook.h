// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <span>
#include <string_view>

#include "models/blocks/tap.h"

namespace statelane {

/// The tap's name in files and tables, e.g. "gated_norm_out".
[[nodiscard]] std::string_view name_of(Tap tap);

/// Sees tensors as the forward pass makes them and may change them in place.
class ForwardHook {
 public:
  virtual ~ForwardHook() = default;
  /// Whether `at` is to be called for this tap; fixed during a forward pass. Declining the taps inside the
  /// recurrence lets it run fused.
  [[nodiscard]] virtual bool wants(Tap tap) const = 0;
  /// `data` is [rows, width], row-major: one row a token (one row in all inside the recurrence). For the
  /// state-sized tensors width is headdim and the rows are (head, state).
  virtual void at(Tap tap, std::size_t layer, std::span<float> data, std::size_t width) = 0;
  /// Nonlinear functions a scheme may replace by its approximations; the defaults are exact.
  virtual void silu(std::size_t layer, std::span<float> x);
  /// dt <- softplus(dt), the bias already added.
  virtual void softplus(std::size_t layer, std::span<float> x);
  virtual void exponential(std::size_t layer, std::span<float> x);
};

}  // namespace statelane
