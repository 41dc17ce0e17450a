// SPDX-License-Identifier: Apache-2.0
#include "models/evaluate/geometry.h"

#include <algorithm>
#include <numeric>

#include "models/blocks/mamba2/mamba2.h"

namespace statelane {
namespace {

std::string does_not_divide(const char* what, std::int64_t value, const char* of, std::int64_t size) {
  return std::string(what) + " = " + std::to_string(value) + " does not divide " + of + " = " +
         std::to_string(size);
}

std::string cut_columns(const Design& design, const Phase& phase, Geometry& g) {
  const Schedule& s = design.schedule;
  if (phase.kind == PhaseKind::decode) {
    g.columns = phase.batch;
    g.passes = phase.length;
    g.feedback = true;
    return {};
  }
  if (s.prefill == PrefillLoop::token_outer) {
    g.columns = phase.batch;
    g.passes = phase.length;
    g.head_every_pass = false;
    return {};
  }
  // Blocks of equal size: the largest up to the asked one that divides the prompt.
  g.columns = s.token_block > 0 ? std::min(s.token_block, phase.length) : phase.length;
  while (phase.length % g.columns != 0) --g.columns;
  g.blocks = phase.length / g.columns;
  g.passes = phase.batch;
  g.sequence = true;
  return {};
}

}  // namespace

std::string make_geometry(const Design& design, const Mamba2Shape& shape, const Phase& phase, Geometry& g) {
  return make_geometry(design, mamba2_workload(shape), phase, g);
}

std::string make_geometry(const Design& design, const Workload& workload, const Phase& phase, Geometry& g) {
  const Schedule& s = design.schedule;
  const Block& block = *workload.block;
  const Dims& e = workload.dims;
  g = Geometry{};
  g.dims = e;
  g.d_model = e[Dim::d_model];
  g.d_inner = e[Dim::d_inner];
  g.heads = e[Dim::heads];
  g.headdim = e[Dim::headdim];
  g.d_state = e[Dim::d_state];
  g.groups_states = e[Dim::group_states];
  g.conv_channels = e[Dim::conv_channels];
  g.taps = e[Dim::taps];
  g.vocab = e[Dim::vocabulary];
  g.layers = workload.layers;
  g.naive = s.order == ProjectionOrder::naive;
  if (std::string why = cut_columns(design, phase, g); !why.empty()) return why;

  // The largest group up to the asked size that divides the heads, so that one design runs all network sizes.
  g.head_group = std::min(s.head_group, g.heads);
  while (g.heads % g.head_group != 0) --g.head_group;
  g.tile_rows = std::min(s.tile_rows, g.headdim);
  if (g.headdim % g.tile_rows != 0) return does_not_divide("tile_rows", g.tile_rows, "headdim", g.headdim);
  g.tile_states = std::min(s.tile_states, g.d_state);
  if (g.d_state % g.tile_states != 0)
    return does_not_divide("tile_states", g.tile_states, "d_state", g.d_state);
  g.row_tiles = g.headdim / g.tile_rows;
  g.state_tiles = g.d_state / g.tile_states;

  const Operator widest = block.widest();
  const int matrix = design.unit_of(widest);
  if (matrix < 0) return "no unit executes " + std::string(block[widest].name);
  const std::int64_t lanes = design.units[static_cast<std::size_t>(matrix)].model().row_lanes();
  const std::int64_t rows = s.projection_rows > 0 ? s.projection_rows : lanes;
  // A firing never spans more rows than a head group has, so that x and z of a group stay together.
  g.xz_rows = std::min(ceil_div(rows, g.tile_rows) * g.tile_rows, g.head_group * g.headdim);
  g.bc_rows = std::min(rows, g.groups_states);
  g.out_rows = std::min(rows, g.d_model);
  g.head_rows = std::min(rows, g.vocab);
  g.bc_unit = std::gcd(g.bc_rows, g.groups_states);
  g.conv_unit = std::gcd(g.tile_rows, g.bc_unit);
  g.out_unit = std::gcd(g.out_rows, g.d_model);
  g.head_unit = std::gcd(g.head_rows, g.vocab);
  return {};
}

}  // namespace statelane
