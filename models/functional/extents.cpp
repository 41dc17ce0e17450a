// SPDX-License-Identifier: Apache-2.0
#include "models/functional/extents.h"

#include <numeric>

namespace statelane::functional {

Extents extents_of(const Geometry& g, const Design& design, const ModelDims& dims) {
  const auto size = [](std::int64_t v) { return static_cast<std::size_t>(v); };
  Extents e;
  e.d_model = size(g.d_model);
  e.d_inner = size(g.d_inner);
  e.heads = size(g.heads);
  e.headdim = size(g.headdim);
  e.d_state = size(g.d_state);
  e.groups = dims.groups;
  e.conv_channels = size(g.conv_channels);
  e.taps = size(g.taps);
  e.vocab = size(g.vocab);
  e.columns = size(g.columns);
  e.blocks = size(g.blocks);
  e.layers = size(g.layers);
  e.passes = size(g.passes);
  e.head_group = size(g.head_group);
  e.tile_rows = size(g.tile_rows);
  e.tile_states = size(g.tile_states);
  e.row_tiles = size(g.row_tiles);
  e.state_tiles = size(g.state_tiles);
  // Tiles must fit all firings' rows: the greatest common divisor of a firing's rows and the whole.
  e.bc_unit = size(std::gcd(g.bc_rows, g.groups_states));
  e.channel_unit = std::gcd(e.tile_rows, e.bc_unit);
  e.out_unit = size(std::gcd(g.out_rows, g.d_model));
  e.head_unit = size(std::gcd(g.head_rows, g.vocab));
  e.sequence = g.sequence;
  e.feedback = g.feedback;
  e.head_every_pass = g.head_every_pass;
  e.head_on_fabric = design.schedule.lm_head == HeadPlace::fabric;
  e.naive = g.naive;
  return e;
}

}  // namespace statelane::functional
