// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

#include "models/blocks/network.h"
#include "models/blocks/phase.h"
#include "models/blocks/workload.h"
#include "models/design/design.h"

namespace statelane {

/// Sizes of one lowered run: the tensors, cut into tiles by the schedule.
struct Geometry {
  Dims dims;  ///< of the network
  // The same, by name.
  std::int64_t d_model = 0, d_inner = 0, heads = 0, headdim = 0, d_state = 0, groups_states = 0,
               conv_channels = 0;
  std::int64_t taps = 4;
  std::int64_t vocab = 0;

  std::int64_t columns = 1;  ///< tokens or sequences that share a weight tile
  std::int64_t blocks = 1;   ///< blocks of columns a layer processes before the next layer
  std::int64_t layers = 1;
  std::int64_t passes = 1;  ///< walks through all layers
  bool sequence = false;  ///< columns are consecutive tokens of one sequence (prefill), not independent ones
  bool feedback = false;  ///< decode: the next pass starts from this pass's logits
  bool head_every_pass = true;  ///< otherwise only the last pass needs logits

  std::int64_t head_group = 1;   ///< heads whose dt is projected together
  std::int64_t tile_rows = 1;    ///< rows of a head in an SSM tile
  std::int64_t tile_states = 1;  ///< states in an SSM tile
  std::int64_t row_tiles = 1;    ///< SSM tiles along a head's rows
  std::int64_t state_tiles = 1;  ///< SSM tiles along d_state
  std::int64_t xz_rows = 1;      ///< rows of one x or z firing of in_proj, a multiple of tile_rows
  std::int64_t bc_rows = 1;      ///< rows of one B or C firing
  std::int64_t out_rows = 1;     ///< rows of one out_proj firing
  std::int64_t head_rows = 1;    ///< rows of one LM head firing
  // Elements of a column in one tile of a channel that whole firings and their remainders fill.
  std::int64_t bc_unit = 1;    ///< B and C
  std::int64_t conv_unit = 1;  ///< convolution history, over x, B and C
  std::int64_t out_unit = 1;   ///< out_proj's output
  std::int64_t head_unit = 1;  ///< logits
  bool naive = false;

  bool operator==(const Geometry&) const = default;

  [[nodiscard]] std::int64_t head_groups() const { return heads / head_group; }
  /// SSM tiles of one column of one head.
  [[nodiscard]] std::int64_t head_tiles() const { return row_tiles * state_tiles; }
};

/// Cuts the workload; an empty string, or why it cannot be cut this way.
[[nodiscard]] std::string make_geometry(const Design& design, const Workload& workload, const Phase& phase,
                                        Geometry& geometry);
[[nodiscard]] std::string make_geometry(const Design& design, const Mamba2Shape& shape, const Phase& phase,
                                        Geometry& geometry);

}  // namespace statelane
