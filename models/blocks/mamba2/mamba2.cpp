// SPDX-License-Identifier: Apache-2.0
#include "models/blocks/mamba2/mamba2.h"

namespace statelane {
namespace {

/// The tensors of the block, in the order of their channels.
struct Tensors {
  Tensor embedding, residual, norm, u;
  Tensor z_raw, x_raw, b_raw, c_raw, dt_raw, x_conv, b_conv, c_conv;
  Tensor weights, conv_in, conv_out;
  Tensor z, x, x_skip, b, c;
  Tensor delta, delta_in, abar, delta_b, delta_x, bx, ah, h, y, y_skip;
  Tensor h_in, h_out, h_loop, h_chip;
  Tensor gated, normed, rotated, v, out, last, logits, conv_order, state_order;
};

void add_front(Block& b, Tensors& t) {
  using enum Tile;
  using enum Width;
  using E = Dim;
  t.embedding = b.add(
      {"embedding", vector, E::d_model, residual, Tap::kResidual, "the tokens' embeddings", Border::enters});
  t.residual = b.add(
      {"residual", vector, E::d_model, residual, Tap::kResidual, "the residual stream", Border::next_layer});
  t.norm =
      b.add({"norm", vector, E::d_model, ssm_product, Tap::kNormUnrotated, "normalised, to be transformed"});
  t.u = b.add({"u", vector, E::d_model, activations, Tap::kNormOut, "input of in_proj"});
  t.z_raw = b.add({"z_raw", head_rows, E::d_inner, ssm_product, Tap::kZ, "gate before SiLU"});
  t.x_raw = b.add({"x_raw", head_rows, E::d_inner, ssm_product, Tap::kConvIn, "x before the convolution"});
  t.b_raw = b.add({"B_raw", group_states, E::group_states, ssm_product, Tap::kConvIn, "B before it"});
  t.c_raw = b.add({"C_raw", group_states, E::group_states, ssm_product, Tap::kConvIn, "C before it"});
  t.dt_raw = b.add({"dt_raw", head_scalar, E::heads, ssm_product, Tap::kDtIn, "dt before softplus"});
  t.x_conv =
      b.add({"x_conv", head_rows, E::d_inner, ssm_product, Tap::kConvOut, "x before SiLU", {}, t.x_raw});
  t.b_conv = b.add(
      {"B_conv", group_states, E::group_states, ssm_product, Tap::kConvOut, "B before SiLU", {}, t.b_raw});
  t.c_conv = b.add(
      {"C_conv", group_states, E::group_states, ssm_product, Tap::kConvOut, "C before SiLU", {}, t.c_raw});
  t.weights = b.add({"weights", bytes, E::one, byte, Tap::kCount, "rows of W_in, W_out and of the head"});
  t.conv_in = b.add({"conv_in", bytes, E::one, byte, Tap::kConvIn, "taps, bias and history from memory"});
  t.conv_out = b.add({"conv_out", history, E::conv_channels, conv_state, Tap::kConvIn, "history to memory"});
  t.z = b.add({"z", head_rows, E::d_inner, ssm, Tap::kGate, "SiLU(z)", {}, t.z_raw});
  t.x = b.add({"x", head_rows, E::d_inner, ssm, Tap::kX, "x of the recurrence", {}, t.x_raw});
  t.x_skip = b.add({"x_skip", head_rows, E::d_inner, ssm, Tap::kX, "the same x for D x", {}, t.x_raw});
  t.b = b.add({"B", group_states, E::group_states, ssm, Tap::kB, "B", {}, t.b_raw});
  t.c = b.add({"C", group_states, E::group_states, ssm, Tap::kC, "C", {}, t.c_raw});
}

void add_back(Block& b, Tensors& t) {
  using enum Tile;
  using enum Width;
  using E = Dim;
  t.delta = b.add({"delta", head_scalar, E::heads, ssm, Tap::kDt, "delta for the decay"});
  t.delta_in = b.add({"delta_in", head_scalar, E::heads, ssm, Tap::kDt, "delta for delta B or delta x"});
  t.abar = b.add({"abar", head_scalar, E::heads, ssm, Tap::kDecay, "exp(delta A)"});
  t.delta_b = b.add({"delta_B", head_states, E::d_state, ssm, Tap::kDtB, "delta B"});
  t.delta_x = b.add({"delta_x", head_rows, E::d_inner, ssm_product, Tap::kDtB, "delta x"});
  t.bx = b.add({"BX", state_tile, E::one, ssm_product, Tap::kDtBx, "what enters the state"});
  t.ah = b.add({"AH", state_tile, E::one, ssm_product, Tap::kDecayedState, "the decayed state"});
  t.h = b.add({"h", state_tile, E::one, ssm, Tap::kStateForC, "the state, for h C"});
  t.y = b.add({"y", head_rows, E::d_inner, ssm_product, Tap::kScanOut, "h C"});
  t.y_skip = b.add({"y_skip", head_rows, E::d_inner, ssm_product, Tap::kSsmOut, "h C + D x"});
  t.h_in = b.add({"h_in", state_tile, E::one, state, Tap::kState, "the state from memory"});
  t.h_out = b.add({"h_out", state_tile, E::one, state, Tap::kState, "the state to memory"});
  t.h_loop = b.add({"h_loop", state_tile, E::one, ssm_product, Tap::kState, "the state of the last column"});
  t.h_chip = b.add({"h_chip", state_tile, E::one, state, Tap::kState, "the state of all layers, on chip"});
  t.gated = b.add({"gated", head_rows, E::d_inner, ssm_product, Tap::kGated, "y SiLU(z)"});
  t.normed = b.add(
      {"normed", vector, E::d_inner, ssm_product, Tap::kGatedNormUnrotated, "normalised, to be transformed"});
  t.rotated =
      b.add({"rotated", vector, E::d_inner, ssm_product, Tap::kGatedNormUnrotated, "after the first stage"});
  t.v = b.add({"v", vector, E::d_inner, activations, Tap::kGatedNormOut, "input of out_proj"});
  t.out = b.add({"out", output_rows, E::d_model, residual, Tap::kMixerOut, "output of the mixer"});
  t.last =
      b.add({"last", vector, E::d_model, residual, Tap::kResidual, "after the last layer", Border::leaves});
  t.logits = b.add({"logits", logit_rows, E::vocabulary, residual, Tap::kCount, "logits"});
  t.conv_order = b.add({"conv_order", permit, E::one, none, Tap::kCount, "history written"});
  t.state_order = b.add({"state_order", permit, E::one, none, Tap::kCount, "state written"});
}

std::int16_t index(Operator op) {
  return static_cast<std::int16_t>(op);
}

/// From the residual stream to x, z, B, C and dt.
void add_projection(Block& b, const Tensors& t) {
  using enum ArithmeticKind;
  using enum KeptParameters;
  using F = ScalarFunction;
  using D = Domain;
  using E = Dim;
  b.add({.name = "norm",
         .doc = "RMSNorm of the residual stream",
         .arithmetic = {.kind = norm, .kept = one_a_model_channel},
         .domain = D::column,
         .inputs = {{t.residual}},
         .outputs = {t.norm},
         .rows = E::d_model,
         .repeated_at_head = true});
  b.add({.name = "in_hadamard",
         .doc = "online Hadamard in front of in_proj",
         .arithmetic = {.kind = transform},
         .domain = D::column,
         .inputs = {{t.norm}},
         .outputs = {t.u},
         .rows = E::d_model,
         .need = Need::optional,
         .repeated_at_head = true});
  b.add({.name = "in_proj",
         .doc = "input projection to z, x, B, C, dt",
         .arithmetic = {.kind = matrix_product},
         .domain = D::projection,
         .inputs = {{t.u}, {t.weights}},
         .outputs = {t.z_raw, t.x_raw, t.b_raw, t.c_raw, t.dt_raw},
         .reduce = E::d_model});
  b.add({.name = "conv",
         .doc = "causal depthwise convolution over x, B, C",
         .arithmetic = {.kind = convolution},
         .domain = D::part,
         .inputs = {{t.conv_in}, {t.x_raw}, {t.b_raw}, {t.c_raw}},
         .outputs = {t.x_conv, t.b_conv, t.c_conv, t.conv_out},
         .reduce = E::taps});
  b.add({.name = "silu_xbc",
         .doc = "SiLU after the convolution",
         .arithmetic = {.kind = nonlinear, .function = F::silu},
         .domain = D::part,
         .inputs = {{t.x_conv}, {t.b_conv}, {t.c_conv}},
         .outputs = {t.x, t.x_skip, t.b, t.c}});
  b.add({.name = "silu_z",
         .doc = "SiLU of the gate z",
         .arithmetic = {.kind = nonlinear, .function = F::silu},
         .domain = D::part,
         .inputs = {{t.z_raw}},
         .outputs = {t.z}});
}

/// The recurrence.
void add_recurrence(Block& b, const Tensors& t) {
  using enum ArithmeticKind;
  using enum KeptParameters;
  using F = ScalarFunction;
  using D = Domain;
  using E = Dim;
  b.add({.name = "softplus",
         .doc = "delta = softplus(dt + dt_bias)",
         .arithmetic = {.kind = nonlinear, .function = F::softplus, .adds = true, .kept = one_a_head},
         .domain = D::head_group,
         .inputs = {{t.dt_raw}},
         .outputs = {t.delta, t.delta_in}});
  b.add(
      {.name = "decay_exp",
       .doc = "abar = exp(delta * A)",
       .arithmetic = {.kind = nonlinear, .function = F::exponential, .multiplies = true, .kept = one_a_head},
       .domain = D::head_group,
       .inputs = {{t.delta}},
       .outputs = {t.abar}});
  const Operator by_b = b.add({.name = "delta_b",
                               .doc = "delta * B",
                               .arithmetic = {.multiplies = true, .group_quantisers = 1},
                               .domain = D::head,
                               .inputs = {{t.b}, {t.delta_in}},
                               .outputs = {t.delta_b},
                               .rows = E::d_state,
                               .need = Need::optional});
  const Operator by_x = b.add({.name = "delta_x",
                               .doc = "delta * x",
                               .arithmetic = {.multiplies = true},
                               .domain = D::tile,
                               .inputs = {{t.delta_in}, {t.x}},
                               .outputs = {t.delta_x},
                               .need = Need::optional,
                               .instead_of = index(by_b)});
  b.add(
      {.name = "outer",
       .doc = "outer product of (delta B) and x, or of B and (delta x)",
       .arithmetic = {.multiplies = true},
       .domain = D::tile,
       .inputs = {{t.delta_b, index(by_b)}, {t.x, index(by_b)}, {t.delta_x, index(by_x)}, {t.b, index(by_x)}},
       .outputs = {t.bx}});
  b.add({.name = "decay",
         .doc = "abar * h(t-1)",
         .arithmetic = {.multiplies = true},
         .domain = D::tile,
         .inputs = {{t.abar}, {t.h_in}},
         .outputs = {t.ah}});
  // Its sum is quantised for h C and for memory (LightMamba's public code).
  b.add({.name = "state_add",
         .doc = "h(t) = abar * h(t-1) + delta B x",
         .arithmetic = {.adds = true, .group_quantisers = 2, .aligns_summands = true},
         .domain = D::tile,
         .inputs = {{t.bx}, {t.ah}},
         .outputs = {t.h, t.h_out}});
  b.add({.name = "state_c",
         .doc = "h(t) C reduced over d_state",
         .arithmetic = {.multiplies = true, .adds = true, .group_quantisers = 1},
         .domain = D::tile,
         .inputs = {{t.h}, {t.c}},
         .outputs = {t.y},
         .reduce = E::d_state,
         .reduces_states = true});
  b.add({.name = "d_skip",
         .doc = "y + D x",
         .arithmetic = {.multiplies = true, .adds = true, .aligns_summands = true, .kept = one_a_head},
         .domain = D::tile,
         .inputs = {{t.y}, {t.x_skip}},
         .outputs = {t.y_skip}});
  b.add({.name = "gate",
         .doc = "y * SiLU(z)",
         .arithmetic = {.multiplies = true},
         .domain = D::tile,
         .inputs = {{t.y_skip}, {t.z}},
         .outputs = {t.gated}});
}

/// Back to the residual stream, and the head.
void add_output(Block& b, const Tensors& t) {
  using enum ArithmeticKind;
  using enum KeptParameters;
  using D = Domain;
  using E = Dim;
  b.add({.name = "gated_norm",
         .doc = "RMSNorm of the gated output",
         .arithmetic = {.kind = norm, .kept = one_an_inner_channel, .own_weight = true},
         .domain = D::column,
         .inputs = {{t.gated}},
         .outputs = {t.normed},
         .rows = E::d_inner});
  const Operator first = b.add({.name = "out_hadamard",
                                .doc = "online Hadamard in front of out_proj, or its first stage",
                                .arithmetic = {.kind = transform},
                                .domain = D::column,
                                .inputs = {{t.normed}},
                                .outputs = {t.rotated},
                                .rows = E::d_inner,
                                .need = Need::optional});
  b.add({.name = "out_hadamard2",
         .doc = "second stage of a Kronecker Hadamard",
         .arithmetic = {.kind = transform, .across_blocks = true},
         .domain = D::column,
         .inputs = {{t.rotated}},
         .outputs = {t.v},
         .rows = E::d_inner,
         .need = Need::optional,
         .needs = index(first)});
  b.add({.name = "out_proj",
         .doc = "output projection",
         .arithmetic = {.kind = matrix_product},
         .domain = D::rows,
         .inputs = {{t.v}, {t.weights}},
         .outputs = {t.out},
         .rows = E::d_model,
         .reduce = E::d_inner});
  b.add({.name = "residual",
         .doc = "residual addition",
         .arithmetic = {.adds = true, .sum = SumWidth::residual},
         .domain = D::rows,
         .inputs = {{t.out}, {t.embedding}},
         .outputs = {t.residual, t.last},
         .rows = E::d_model});
  b.add({.name = "lm_head",
         .doc = "logits after the last block",
         .arithmetic = {.kind = matrix_product, .behind_blocks = true},
         .domain = D::vocabulary,
         .inputs = {{t.u}, {t.weights}},
         .outputs = {t.logits},
         .rows = E::vocabulary,
         .reduce = E::d_model,
         .need = Need::with_head});
}

}  // namespace

Block make_mamba2_block() {
  Block b("mamba2");
  Tensors t;
  add_front(b, t);
  add_back(b, t);
  add_projection(b, t);
  add_recurrence(b, t);
  add_output(b, t);
  b.set_carried({.in = t.h_in, .out = t.h_out, .loop = t.h_loop, .on_chip = t.h_chip});
  b.add({.kind = StreamKind::weights, .name = "weights", .reader = "weight_dma", .read = t.weights});
  b.add({.kind = StreamKind::history,
         .name = "conv",
         .write_name = "conv_state",
         .reader = "conv_dma_in",
         .writer = "conv_dma_out",
         .read = t.conv_in,
         .written = t.conv_out,
         .order = t.conv_order});
  b.add({.kind = StreamKind::state,
         .name = "state",
         .reader = "state_dma_in",
         .writer = "state_dma_out",
         .read = t.h_in,
         .written = t.h_out,
         .order = t.state_order});
  b.close();
  return b;
}

const Block& mamba2_block() {
  static const Block block = make_mamba2_block();
  return block;
}

Dims mamba2_dims(const Mamba2Shape& shape) {
  Dims e;
  e[Dim::d_model] = shape.d_model;
  e[Dim::d_inner] = shape.d_inner();
  e[Dim::heads] = shape.nheads();
  e[Dim::headdim] = shape.headdim;
  e[Dim::d_state] = shape.d_state;
  e[Dim::group_states] = shape.ngroups * shape.d_state;
  e[Dim::conv_channels] = shape.conv_channels();
  e[Dim::taps] = shape.d_conv;
  e[Dim::vocabulary] = shape.padded_vocab();
  return e;
}

Workload mamba2_workload(const Mamba2Shape& shape) {
  return {&mamba2_block(), mamba2_dims(shape), shape.n_layer};
}

}  // namespace statelane
