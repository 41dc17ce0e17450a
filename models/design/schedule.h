// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "models/base/units.h"

namespace statelane {

/// Order of in_proj's output tiles (LightMamba, section on computation reordering).
enum class ProjectionOrder : std::uint8_t {
  naive,      ///< z, x, then B, C, dt: the SSM starts when nearly all is projected
  reordered,  ///< B and C first; then, a head group at a time, dt and alternately x and z
};

/// What holds the SSM's intermediate tensors between operators.
enum class SsmBuffers : std::uint8_t {
  tile,    ///< fused: `tile_depth` tiles of tile_rows x tile_states
  tensor,  ///< whole tensors (heads x headdim x d_state)
};

enum class StatePlace : std::uint8_t { off_chip, on_chip };
enum class HeadPlace : std::uint8_t { none, host, fabric };

/// How a prefill of many tokens walks the network.
enum class PrefillLoop : std::uint8_t {
  layer_outer,  ///< a layer processes all tokens before the next layer starts; weights are reused over a
                ///< block
  token_outer,  ///< a token runs through all layers before the next token starts
};

struct Schedule {
  ProjectionOrder order = ProjectionOrder::reordered;
  std::int64_t head_group = 8;       ///< heads whose dt is projected and activated together
  std::int64_t projection_rows = 0;  ///< outputs a firing of the matrix unit; 0: its lanes
  std::int64_t tile_rows = 8;        ///< n_p: rows of a head in an SSM tile
  std::int64_t tile_states = 128;    ///< p_p: elements along d_state in an SSM tile
  SsmBuffers ssm_buffers = SsmBuffers::tile;
  std::int64_t tile_depth = 2;    ///< tiles a fused channel holds (2: ping-pong)
  bool barrier = false;           ///< every operator waits for the whole tensor of its predecessor
  Bytes weight_buffer{65536};     ///< on-chip buffer between weight DMA and matrix unit
  std::int64_t state_buffer = 2;  ///< heads of h held between state DMA and SSM, each way
  StatePlace state = StatePlace::off_chip;
  StatePlace conv_state = StatePlace::off_chip;
  HeadPlace lm_head = HeadPlace::host;
  PrefillLoop prefill = PrefillLoop::layer_outer;
  std::int64_t token_block = 0;  ///< tokens that share a weight tile in prefill; 0: all of them

  bool operator==(const Schedule&) const = default;
};

}  // namespace statelane
