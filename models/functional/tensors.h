// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace statelane::functional {

/// What the tiles of a channel hold, by the channel's name in the lowered graph. The comment gives a tile's
/// elements in order, slowest first (columns: tokens of a prompt, or sequences of a batch), then the order of
/// the tiles.
enum class Tensor : std::uint8_t {
  embedding,  ///< [d_model], a column a tile
  residual,   ///< [d_model], a column a tile
  norm,       ///< [d_model], a column a tile
  u,          ///< input of in_proj: [d_model], a column a tile
  weights,    ///< [rows, inputs] of one firing of the matrix unit
  z_raw,      ///< [tile_rows]; for every row tile, all columns. So are x_raw, x_conv, z, x, x_skip
  x_raw,
  b_raw,  ///< [columns, rows of the tile]; so are c_raw, b_conv, c_conv, b, c
  c_raw,
  dt_raw,  ///< [columns], a head a tile; so are delta, delta_in, abar
  x_conv,
  b_conv,
  c_conv,
  conv_in,   ///< history [sequences, taps - 1, channels], weights [taps, channels], bias [channels]
  conv_out,  ///< [sequences, taps - 1, channels of the tile]
  z,
  x,
  x_skip,
  b,
  c,
  delta,
  delta_in,
  abar,
  delta_b,  ///< [columns, d_state], a head a tile
  delta_x,  ///< [tile_rows]; by head, column, row tile. So are y, y_skip, gated
  bx,  ///< [tile_states, tile_rows]; by head, column, row tile, state tile. So are ah, h and the three below
  ah,
  h,
  h_in,  ///< by head, sequence, row tile, state tile
  h_out,
  h_loop,  ///< from column to column, or, on chip, from pass to pass (then by layer, head, ...)
  y,
  y_skip,
  gated,
  normed,  ///< [d_inner], a column a tile; so are rotated, v
  rotated,
  v,       ///< input of out_proj
  out,     ///< [columns, rows of the tile]
  last,    ///< the residual stream after the last layer: [d_model], a column a tile
  logits,  ///< [rows of the tile]; for every row tile, all columns
  order,   ///< no elements: a write has been done
};
inline constexpr int tensor_count = static_cast<int>(Tensor::order) + 1;

[[nodiscard]] std::string_view tensor_name(Tensor tensor);
[[nodiscard]] std::optional<Tensor> tensor_named(std::string_view channel);

}  // namespace statelane::functional
