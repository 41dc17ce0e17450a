// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "models/design/design.h"
#include "models/evaluate/geometry.h"
#include "models/graph/builder.h"

namespace statelane::lowering {

/// Every tensor that can cross from one actor to another within a block.
enum class Edge : std::uint8_t {
  embed,
  residual_norm,
  norm_out,
  hadamard_in,
  z_raw,
  x_raw,
  b_raw,
  c_raw,
  dt_raw,
  x_conv,
  b_conv,
  c_conv,
  z,
  x,
  x_skip,
  b,
  c,
  delta,
  delta_in,
  abar,
  delta_b,
  delta_x,
  bx,
  ah,
  h_in,
  h_loop,
  h,
  h_out,
  y,
  y_skip,
  gated,
  normed,
  rotated,
  rotated2,
  out,
  weights,
  conv_in,
  conv_out,
  last,
  logits,
};
inline constexpr int edge_count = static_cast<int>(Edge::logits) + 1;

/// Loops an actor's firings of one operator run in; operators of one unit in the same domain are one fused
/// pipeline.
enum class Domain : std::uint8_t { column, part, group, head, ssm, out };
/// The operators of each domain.
inline constexpr OperatorSet column_operators(Operator::norm, Operator::in_hadamard, Operator::gated_norm,
                                              Operator::out_hadamard, Operator::out_hadamard2);
inline constexpr OperatorSet part_operators(Operator::in_proj, Operator::conv, Operator::silu_xbc,
                                            Operator::silu_z);
inline constexpr OperatorSet group_operators(Operator::softplus, Operator::decay_exp);
inline constexpr OperatorSet head_operators(Operator::delta_b);
inline constexpr OperatorSet ssm_operators(Operator::delta_x, Operator::outer, Operator::decay,
                                           Operator::state_add, Operator::state_c, Operator::d_skip,
                                           Operator::gate);

[[nodiscard]] constexpr Domain domain_of(Operator op) {
  if (ssm_operators.contains(op)) return Domain::ssm;
  if (part_operators.contains(op)) return Domain::part;
  if (column_operators.contains(op)) return Domain::column;
  if (group_operators.contains(op)) return Domain::group;
  return head_operators.contains(op) ? Domain::head : Domain::out;
}

/// What all parts of the lowering share: the inputs, the sizes, the channels made so far.
struct Context {
  const Design& design;
  const Geometry& g;
  GraphBuilder build;
  std::array<ChannelId, edge_count> channels{};
  std::array<std::int16_t, operator_count> unit_of_op{};
  bool per_column_state = true;  ///< every column has a state of its own (decode)
  bool load_state = true;        ///< h comes from memory (or an on-chip buffer) at the start of a block

  [[nodiscard]] ChannelId operator[](Edge e) const { return channels[static_cast<std::size_t>(e)]; }
  void set(Edge e, ChannelId id) { channels[static_cast<std::size_t>(e)] = id; }
  [[nodiscard]] bool has(Operator op) const { return unit_of_op[static_cast<std::size_t>(op)] >= 0; }
  /// In a fused pipeline tiles cross inside the actor: no channel.
  [[nodiscard]] bool fused(Operator from, Operator to) const {
    return unit_of_op[static_cast<std::size_t>(from)] == unit_of_op[static_cast<std::size_t>(to)] &&
           domain_of(from) == domain_of(to);
  }
};

/// Creates the channels of all edges this design has.
void make_channels(Context& c);

/// Emits the firings of one layer (of one block of columns) of the operators in `ops`, domain by domain.
void emit_columns(Context& c, Operator op);
void emit_projection_parts(Context& c, OperatorSet ops);
void emit_head_scalars(Context& c, OperatorSet ops);
void emit_ssm(Context& c, OperatorSet ops);
void emit_output(Context& c, OperatorSet ops, bool last_layer);

/// Emits the DMA actors with their streams.
void emit_memory_actors(Context& c);

/// Calls tile(part, rows, count, first) for in_proj's output tiles in schedule order, inside the right loops;
/// parts not in `wanted` (bit mask by Part) are skipped. `first` marks the very first tile of a block, always
/// with count 1.
template <class Tile>
void walk_parts(Context& c, unsigned wanted, const Tile& tile);

/// Bytes of the weights of one firing, padded to whole DRAM bursts so that every tile starts aligned.
[[nodiscard]] Bytes aligned(Bytes bytes);

template <class Tile>
void walk_parts(Context& c, unsigned wanted, const Tile& tile) {
  const Geometry& g = c.g;
  bool first = true;
  const auto want = [&](Part p) { return ((wanted >> static_cast<unsigned>(p)) & 1u) != 0; };
  // `rows` outputs in tiles of `step`, the remainder last.
  const auto run = [&](Part part, std::int64_t rows, std::int64_t step) {
    if (!want(part)) return;
    std::int64_t full = rows / step;
    if (first && full > 0) {
      tile(part, step, 1, true);
      --full;
      first = false;
    }
    if (full > 0) tile(part, step, full, false);
    if (rows % step != 0) tile(part, rows % step, 1, first);
    first = false;
  };
  if (g.naive) {
    run(Part::z, g.d_inner, g.xz_rows);
    run(Part::x, g.d_inner, g.xz_rows);
    run(Part::b, g.groups_states, g.bc_rows);
    run(Part::c, g.groups_states, g.bc_rows);
    run(Part::dt, g.heads, g.head_group);
    return;
  }
  run(Part::b, g.groups_states, g.bc_rows);
  run(Part::c, g.groups_states, g.bc_rows);
  const auto group = [&] {
    run(Part::dt, g.head_group, g.head_group);
    const std::int64_t rows = g.head_group * g.headdim;
    if (want(Part::x) || want(Part::z)) {
      if (first) {  // no dt, B or C before: the first tile stands alone
        if (want(Part::x)) tile(Part::x, g.xz_rows, 1, true);
        if (want(Part::z)) tile(Part::z, g.xz_rows, 1, !want(Part::x));
        first = false;
        auto loop = c.build.loop(rows / g.xz_rows - 1);
        if (want(Part::x)) tile(Part::x, g.xz_rows, 1, false);
        if (want(Part::z)) tile(Part::z, g.xz_rows, 1, false);
      } else {
        auto loop = c.build.loop(rows / g.xz_rows);
        if (want(Part::x)) tile(Part::x, g.xz_rows, 1, false);
        if (want(Part::z)) tile(Part::z, g.xz_rows, 1, false);
      }
      if (const std::int64_t rest = rows % g.xz_rows; rest != 0) {
        if (want(Part::x)) tile(Part::x, rest, 1, false);
        if (want(Part::z)) tile(Part::z, rest, 1, false);
      }
    }
  };
  std::int64_t groups = g.head_groups();
  if (first) {
    group();
    --groups;
  }
  auto loop = c.build.loop(groups);
  if (groups > 0) group();
}

}  // namespace statelane::lowering
