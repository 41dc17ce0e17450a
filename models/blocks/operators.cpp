// SPDX-License-Identifier: Apache-2.0
#include "models/blocks/operators.h"

#include "models/blocks/arithmetic.h"

namespace statelane {
namespace {

using enum ArithmeticKind;
using enum KeptParameters;
using F = ScalarFunction;

struct Entry {
  std::string_view name;
  std::string_view doc;
  Arithmetic arithmetic;
};

constexpr std::array<Entry, operator_count> entries{{
    {"norm",
     "RMSNorm of the residual stream",
     {.kind = norm,
      .kept = one_a_model_channel,
      .feeds_linear = true,
      .unless = OperatorSet(Operator::in_hadamard)}},
    {"in_hadamard", "online Hadamard in front of in_proj", {.kind = transform, .feeds_linear = true}},
    {"in_proj", "input projection to z, x, B, C, dt", {.kind = matrix_product}},
    {"conv", "causal depthwise convolution over x, B, C", {.kind = convolution}},
    {"silu_xbc", "SiLU after the convolution", {.kind = nonlinear, .function = F::silu}},
    {"silu_z", "SiLU of the gate z", {.kind = nonlinear, .function = F::silu}},
    {"softplus",
     "delta = softplus(dt + dt_bias)",
     {.kind = nonlinear, .function = F::softplus, .adds = true, .kept = one_a_head}},
    {"decay_exp",
     "abar = exp(delta * A)",
     {.kind = nonlinear, .function = F::exponential, .multiplies = true, .kept = one_a_head}},
    {"delta_b", "delta * B", {.multiplies = true, .group_quantisers = 1}},
    {"delta_x", "delta * x", {.multiplies = true}},
    {"outer", "outer product of (delta B) and x, or of B and (delta x)", {.multiplies = true}},
    {"decay", "abar * h(t-1)", {.multiplies = true}},
    // Its sum is quantised for h C and for memory (LightMamba's public code).
    {"state_add",
     "h(t) = abar * h(t-1) + delta B x",
     {.adds = true, .group_quantisers = 2, .aligns_summands = true}},
    {"state_c", "h(t) C reduced over d_state", {.multiplies = true, .adds = true, .group_quantisers = 1}},
    {"d_skip", "y + D x", {.multiplies = true, .adds = true, .aligns_summands = true, .kept = one_a_head}},
    {"gate", "y * SiLU(z)", {.multiplies = true}},
    {"gated_norm",
     "RMSNorm of the gated output",
     {.kind = norm,
      .kept = one_an_inner_channel,
      .own_weight = true,
      .feeds_linear = true,
      .unless = OperatorSet(Operator::out_hadamard)}},
    {"out_hadamard",
     "online Hadamard in front of out_proj, or its first stage",
     {.kind = transform, .feeds_linear = true, .unless = OperatorSet(Operator::out_hadamard2)}},
    {"out_hadamard2",
     "second stage of a Kronecker Hadamard",
     {.kind = transform, .across_blocks = true, .feeds_linear = true}},
    {"out_proj", "output projection", {.kind = matrix_product}},
    {"residual", "residual addition", {.adds = true, .sum = SumWidth::residual}},
    {"lm_head", "logits after the last block", {.kind = matrix_product, .behind_blocks = true}},
}};

constexpr std::array<Arithmetic, operator_count> arithmetic = [] {
  std::array<Arithmetic, operator_count> of{};
  for (std::size_t i = 0; i < of.size(); ++i) of[i] = entries[i].arithmetic;
  return of;
}();

}  // namespace

std::string_view operator_name(Operator op) {
  return entries[static_cast<std::size_t>(op)].name;
}
std::string_view operator_doc(Operator op) {
  return entries[static_cast<std::size_t>(op)].doc;
}

std::span<const Arithmetic, operator_count> operator_arithmetic() {
  return arithmetic;
}

std::optional<Operator> operator_named(std::string_view name) {
  for (int i = 0; i < operator_count; ++i) {
    if (entries[static_cast<std::size_t>(i)].name == name) return static_cast<Operator>(i);
  }
  return std::nullopt;
}

std::string_view part_name(Part part) {
  constexpr std::array<std::string_view, part_count> names{"z", "x", "B", "C", "dt"};
  return names[static_cast<std::size_t>(part)];
}

}  // namespace statelane
