// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace statelane {

/// The sizes that blocks' tensors are made of, as symbols.
enum class Dim : std::uint8_t {
  one,
  d_model,  ///< width of the residual stream
  d_inner,  ///< width inside the block: heads * headdim
  heads,
  headdim,        ///< rows of a head
  d_state,        ///< states of a row
  group_states,   ///< states of all groups
  conv_channels,  ///< channels of the convolution
  taps,           ///< of the convolution
  vocabulary,     ///< rows of the head
};
inline constexpr int dim_count = static_cast<int>(Dim::vocabulary) + 1;

/// A network's values of these symbols.
class Dims {
 public:
  constexpr Dims() { values_.fill(1); }
  [[nodiscard]] constexpr std::int64_t operator[](Dim e) const {
    return values_[static_cast<std::size_t>(e)];
  }
  constexpr std::int64_t& operator[](Dim e) { return values_[static_cast<std::size_t>(e)]; }
  constexpr bool operator==(const Dims&) const = default;

 private:
  std::array<std::int64_t, dim_count> values_{};
};

}  // namespace statelane
