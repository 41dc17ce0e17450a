// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace statelane {

/// The operators of one Mamba2 block in data-flow order, then what surrounds the blocks. A hardware unit is
/// described by the set of operators it executes. Names in configuration files are those of `operator_name`.
enum class Operator : std::uint8_t {
  norm,           ///< RMSNorm of the residual stream (also the final norm when the head is on the fabric)
  in_hadamard,    ///< online Hadamard in front of in_proj (FastMamba's linear layers)
  in_proj,        ///< zxbcdt = W_in u
  conv,           ///< causal depthwise convolution over x, B, C
  silu_xbc,       ///< SiLU after the convolution
  silu_z,         ///< SiLU of the gate
  softplus,       ///< delta = softplus(dt + dt_bias)
  decay_exp,      ///< abar = exp(delta * A), one scalar a head
  delta_b,        ///< delta * B, one vector of d_state a head
  delta_x,        ///< delta * x, one vector of headdim a head (alternative to delta_b)
  outer,          ///< (delta B) x or B (delta x): headdim x d_state a head
  decay,          ///< abar * h(t-1)
  state_add,      ///< h(t)
  state_c,        ///< h(t) C, reduced over d_state
  d_skip,         ///< y + D x
  gate,           ///< y * SiLU(z)
  gated_norm,     ///< RMSNorm over d_inner/ngroups, times weight
  out_hadamard,   ///< online Hadamard in front of out_proj, or its power-of-two stage
  out_hadamard2,  ///< second stage of a Kronecker Hadamard (40 of 128 x 40)
  out_proj,       ///< W_out y
  residual,       ///< x + mixer(x)
  lm_head,        ///< logits (after the last block)
};
inline constexpr int operator_count = static_cast<int>(Operator::lm_head) + 1;

[[nodiscard]] std::string_view operator_name(Operator op);
[[nodiscard]] std::string_view operator_doc(Operator op);
/// The operator of that name, or nothing.
[[nodiscard]] std::optional<Operator> operator_named(std::string_view name);

/// A set of operators.
class OperatorSet {
 public:
  static constexpr std::size_t capacity = 32;
  constexpr OperatorSet() = default;
  template <class... Ops>
  constexpr explicit OperatorSet(Operator first, Ops... rest) {
    insert(first);
    (insert(rest), ...);
  }
  constexpr void insert(Operator op) { bits_ |= 1u << static_cast<unsigned>(op); }
  constexpr void insert(OperatorSet other) { bits_ |= other.bits_; }
  [[nodiscard]] constexpr bool contains(Operator op) const {
    return ((bits_ >> static_cast<unsigned>(op)) & 1u) != 0;
  }
  [[nodiscard]] constexpr bool intersects(OperatorSet other) const { return (bits_ & other.bits_) != 0; }
  [[nodiscard]] constexpr bool includes(OperatorSet other) const { return (other.bits_ & ~bits_) == 0; }
  [[nodiscard]] constexpr bool empty() const { return bits_ == 0; }
  [[nodiscard]] constexpr std::uint32_t bits() const { return bits_; }
  [[nodiscard]] constexpr OperatorSet common(OperatorSet other) const {
    OperatorSet both;
    both.bits_ = bits_ & other.bits_;
    return both;
  }
  [[nodiscard]] constexpr OperatorSet without(OperatorSet other) const {
    OperatorSet rest;
    rest.bits_ = bits_ & ~other.bits_;
    return rest;
  }
  /// Calls f(operator) for each member, in data-flow order.
  template <class F>
  constexpr void for_each(F&& f) const {
    for (std::uint32_t rest = bits_; rest != 0; rest &= rest - 1) {
      f(static_cast<Operator>(std::countr_zero(rest)));
    }
  }
  constexpr bool operator==(const OperatorSet&) const = default;

 private:
  std::uint32_t bits_ = 0;
};

/// The five row ranges of in_proj's output.
enum class Part : std::uint8_t { z, x, b, c, dt };
inline constexpr int part_count = 5;
[[nodiscard]] std::string_view part_name(Part part);
/// What a firing is called in traces and timelines: its operator, and of a projection the part.
[[nodiscard]] std::string work_label(Operator op, Part part);

}  // namespace statelane
