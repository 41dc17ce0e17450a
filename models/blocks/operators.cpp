// SPDX-License-Identifier: Apache-2.0
#include "models/blocks/operators.h"

namespace statelane {
namespace {

struct Entry {
  std::string_view name;
  std::string_view doc;
};

constexpr std::array<Entry, operator_count> entries{{
    {"norm", "RMSNorm of the residual stream"},
    {"in_hadamard", "online Hadamard in front of in_proj"},
    {"in_proj", "input projection to z, x, B, C, dt"},
    {"conv", "causal depthwise convolution over x, B, C"},
    {"silu_xbc", "SiLU after the convolution"},
    {"silu_z", "SiLU of the gate z"},
    {"softplus", "delta = softplus(dt + dt_bias)"},
    {"decay_exp", "abar = exp(delta * A)"},
    {"delta_b", "delta * B"},
    {"delta_x", "delta * x"},
    {"outer", "outer product of (delta B) and x, or of B and (delta x)"},
    {"decay", "abar * h(t-1)"},
    {"state_add", "h(t) = abar * h(t-1) + delta B x"},
    {"state_c", "h(t) C reduced over d_state"},
    {"d_skip", "y + D x"},
    {"gate", "y * SiLU(z)"},
    {"gated_norm", "RMSNorm of the gated output"},
    {"out_hadamard", "online Hadamard in front of out_proj, or its first stage"},
    {"out_hadamard2", "second stage of a Kronecker Hadamard"},
    {"out_proj", "output projection"},
    {"residual", "residual addition"},
    {"lm_head", "logits after the last block"},
}};

}  // namespace

std::string_view operator_name(Operator op) {
  return entries[static_cast<std::size_t>(op)].name;
}
std::string_view operator_doc(Operator op) {
  return entries[static_cast<std::size_t>(op)].doc;
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
