// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "models/evaluate/lowering_context.h"

namespace statelane::lowering {

namespace {

/// Tiles between x or z projection and the SSM: in the naive order z and x arrive long before B, C and dt and
/// are held whole; in the reordered one two heads (or two projection tiles) suffice.
std::int64_t xz_capacity(const Context& c) {
  const Geometry& g = c.g;
  const std::int64_t a_head = g.row_tiles * g.columns;
  const bool whole = g.naive || c.design.schedule.barrier;
  if (whole) return g.heads * a_head;
  const std::int64_t tiles_a_firing = g.xz_rows / g.tile_rows * g.columns;
  return std::min(g.heads * a_head, 2 * std::max(a_head, tiles_a_firing));
}

void make_front_channels(Context& c) {
  const Geometry& g = c.g;
  const Precision& p = c.design.precision;
  const std::int64_t all_columns = g.columns * g.blocks;
  const std::int64_t prompts = g.feedback ? 1 : g.passes;
  c.set(Edge::embed,
        c.build.channel("embedding", g.d_model, p.residual, all_columns * prompts, all_columns * prompts));
  c.set(Edge::residual_norm, c.build.channel("residual", g.d_model, p.residual, all_columns));
  c.build.graph().channels.back().next_layer = true;
  if (c.has(Operator::in_hadamard)) {
    c.set(Edge::norm_out, c.build.channel("norm", g.d_model, p.ssm_product, g.columns));
    c.set(Edge::hadamard_in, c.build.channel("u", g.d_model, p.activations, g.columns));
  } else {
    c.set(Edge::hadamard_in, c.build.channel("u", g.d_model, p.activations, g.columns));
  }
}

void make_part_channels(Context& c) {
  const Geometry& g = c.g;
  const Precision& p = c.design.precision;
  const std::int64_t xz = g.xz_rows / g.tile_rows * g.columns;
  const std::int64_t bc_unit = g.bc_unit;
  const std::int64_t bc_units = g.groups_states / bc_unit;
  const auto xz_channel = [&](std::string_view name, Bits width, std::int64_t capacity) {
    return c.build.channel(name, g.tile_rows, width, capacity);
  };
  const auto bc_channel = [&](std::string_view name, Bits width, std::int64_t capacity) {
    return c.build.channel(name, bc_unit * g.columns, width, capacity);
  };
  const std::int64_t raw_bc = 2 * (g.bc_rows / bc_unit);
  c.set(Edge::z_raw, xz_channel("z_raw", p.ssm_product, 2 * xz));
  c.set(Edge::x_raw, xz_channel("x_raw", p.ssm_product, 2 * xz));
  c.set(Edge::b_raw, bc_channel("B_raw", p.ssm_product, raw_bc));
  c.set(Edge::c_raw, bc_channel("C_raw", p.ssm_product, raw_bc));
  const std::int64_t heads_held =
      g.naive || c.design.schedule.barrier ? g.heads : std::min(g.heads, 2 * g.head_group);
  c.set(Edge::dt_raw, c.build.channel("dt_raw", g.columns, p.ssm_product, heads_held));
  if (!c.fused(Operator::conv, Operator::silu_xbc)) {
    c.set(Edge::x_conv, xz_channel("x_conv", p.ssm_product, 2 * xz));
    c.set(Edge::b_conv, bc_channel("B_conv", p.ssm_product, raw_bc));
    c.set(Edge::c_conv, bc_channel("C_conv", p.ssm_product, raw_bc));
  }
  c.set(Edge::weights, c.build.channel("weights", 1, Bits{8}, 1));  // sized by its DMA
  if (c.design.schedule.conv_state == StatePlace::off_chip) {
    c.set(Edge::conv_in, c.build.channel("conv_in", 1, Bits{8}, 1));
    c.set(Edge::conv_out,
          c.build.channel("conv_out", g.conv_unit * (g.taps - 1) * (g.sequence ? 1 : g.columns), p.conv_state,
                          g.conv_channels / g.conv_unit));
  }
  const std::int64_t held = xz_capacity(c);
  c.set(Edge::z, xz_channel("z", p.ssm, held));
  c.set(Edge::x, xz_channel("x", p.ssm, held));
  c.set(Edge::x_skip, xz_channel("x_skip", p.ssm, held));
  c.set(Edge::b, bc_channel("B", p.ssm, bc_units));
  c.set(Edge::c, bc_channel("C", p.ssm, bc_units));
}

void make_ssm_channels(Context& c) {
  const Geometry& g = c.g;
  const Schedule& s = c.design.schedule;
  const Precision& p = c.design.precision;
  const std::int64_t heads_held = g.naive || s.barrier ? g.heads : std::min(g.heads, 2 * g.head_group);
  const bool whole = s.ssm_buffers == SsmBuffers::tensor || s.barrier;
  const std::int64_t tensor_tiles = g.heads * g.head_tiles() * g.columns;
  const std::int64_t tiles = whole ? tensor_tiles : s.tile_depth;
  const std::int64_t row_tiles = whole ? g.heads * g.row_tiles * g.columns : s.tile_depth;
  const std::int64_t elements = g.tile_rows * g.tile_states;

  const auto add = [&](Edge edge, Operator from, Operator to, std::string_view name, std::int64_t n,
                       Bits width, std::int64_t capacity) {
    if (c.has(from) && c.has(to) && !c.fused(from, to))
      c.set(edge, c.build.channel(name, n, width, capacity));
  };
  add(Edge::delta, Operator::softplus, Operator::decay_exp, "delta", g.columns, p.ssm, heads_held);
  const Operator scaled = c.has(Operator::delta_b) ? Operator::delta_b : Operator::delta_x;
  add(Edge::delta_in, Operator::softplus, scaled, "delta_in", g.columns, p.ssm, heads_held);
  add(Edge::abar, Operator::decay_exp, Operator::decay, "abar", g.columns, p.ssm, heads_held);
  add(Edge::delta_b, Operator::delta_b, Operator::outer, "delta_B", g.d_state * g.columns, p.ssm,
      s.barrier ? g.heads : 2);
  add(Edge::delta_x, Operator::delta_x, Operator::outer, "delta_x", g.tile_rows, p.ssm_product, row_tiles);
  add(Edge::bx, Operator::outer, Operator::state_add, "BX", elements, p.ssm_product, tiles);
  add(Edge::ah, Operator::decay, Operator::state_add, "AH", elements, p.ssm_product, tiles);
  add(Edge::h, Operator::state_add, Operator::state_c, "h", elements, p.ssm, tiles);
  add(Edge::y, Operator::state_c, Operator::d_skip, "y", g.tile_rows, p.ssm_product, row_tiles);
  add(Edge::y_skip, Operator::d_skip, Operator::gate, "y_skip", g.tile_rows, p.ssm_product, row_tiles);

  const bool fused_state = c.fused(Operator::decay, Operator::state_add);
  const std::int64_t head_tiles = g.head_tiles() * (c.per_column_state ? g.columns : 1);
  const std::int64_t buffered = std::max<std::int64_t>(1, s.state_buffer) * head_tiles;
  if (s.state == StatePlace::off_chip) {
    if (c.load_state) c.set(Edge::h_in, c.build.channel("h_in", elements, p.state, buffered));
    c.set(Edge::h_out, c.build.channel("h_out", elements, p.state, buffered));
    if (g.sequence && g.columns > 1 && !fused_state) {
      c.set(Edge::h_loop, c.build.channel("h_loop", elements, p.ssm_product, 2 * g.head_tiles()));
    }
  } else {
    // A fused unit takes a tile and puts one in the same firing: the one under way needs a place of its own.
    const std::int64_t all = g.layers * g.heads * head_tiles;
    c.set(Edge::h_loop, c.build.channel("h_chip", elements, p.state, all + (fused_state ? 1 : 0), all));
  }
}

void make_back_channels(Context& c) {
  const Geometry& g = c.g;
  const Precision& p = c.design.precision;
  c.set(Edge::gated, c.build.channel("gated", g.tile_rows, p.ssm_product, g.heads * g.row_tiles * g.columns));
  ChannelId to_projection = no_id;
  if (c.has(Operator::out_hadamard)) {
    c.set(Edge::normed, c.build.channel("normed", g.d_inner, p.ssm_product, g.columns));
    if (c.has(Operator::out_hadamard2)) {
      c.set(Edge::rotated, c.build.channel("rotated", g.d_inner, p.ssm_product, g.columns));
    }
  }
  to_projection = c.build.channel("v", g.d_inner, p.activations, g.columns);
  c.set(Edge::rotated2, to_projection);
  c.set(Edge::out, c.build.channel("out", g.out_unit * g.columns, p.residual, 2 * (g.out_rows / g.out_unit)));
  if (c.design.schedule.lm_head != HeadPlace::fabric) {
    c.set(Edge::last, c.build.channel("last", g.d_model, p.residual, g.columns * g.blocks));
  } else {
    c.set(Edge::logits,
          c.build.channel("logits", g.head_unit, p.residual, 2 * (g.head_rows / g.head_unit) * g.columns));
  }
}

}  // namespace

void make_channels(Context& c) {
  c.channels.fill(no_id);
  make_front_channels(c);
  make_part_channels(c);
  make_ssm_channels(c);
  make_back_channels(c);
}

}  // namespace statelane::lowering
