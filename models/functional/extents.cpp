// SPDX-License-Identifier: Apache-2.0
#include "models/functional/extents.h"

namespace statelane::functional {

Extents::Extents(const Geometry& g, const Design& design) : dims(g.dims) {
  const auto size = [](std::int64_t v) { return static_cast<std::size_t>(v); };
  heads = size(g.heads);
  headdim = size(g.headdim);
  d_state = size(g.d_state);
  states = size(g.groups_states);
  columns = size(g.columns);
  blocks = size(g.blocks);
  layers = size(g.layers);
  passes = size(g.passes);
  tile_rows = size(g.tile_rows);
  tile_states = size(g.tile_states);
  row_tiles = size(g.row_tiles);
  state_tiles = size(g.state_tiles);
  bc_unit = size(g.bc_unit);
  conv_unit = size(g.conv_unit);
  out_unit = size(g.out_unit);
  head_unit = size(g.head_unit);
  sequence = g.sequence;
  feedback = g.feedback;
  head_every_pass = g.head_every_pass;
  naive = g.naive;
  head_on_fabric = design.schedule.lm_head == HeadPlace::fabric;
}

}  // namespace statelane::functional
