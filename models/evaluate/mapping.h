// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

#include "models/blocks/block.h"
#include "models/design/design.h"

namespace statelane {

/// A block under a design: which unit executes what, and which of the block's tensors then exist. Lowering,
/// the functional run and the generator walk it. A value without allocations; it refers to the block.
class Mapping {
 public:
  static constexpr std::size_t most_tensors = 64;
  static constexpr std::size_t most_links = 128;

  /// A tensor as an operator of this design takes or gives it.
  struct Link {
    Tensor tensor = no_tensor;
    Tile tile = Tile::vector;
    Border border = Border::none;
    std::int8_t part = -1;  ///< of the projection, or -1
  };

  Mapping() = default;

  /// Maps `design` onto `block`; empty, or why it cannot be: an operator without a unit or with two, one that
  /// its unit cannot execute, a pipeline that waits for itself.
  [[nodiscard]] std::string map(const Block& block, const Design& design);
  /// Whether map() would come to what it came to last, successfully.
  [[nodiscard]] bool is_of(const Block& block, const Design& design) const;

  [[nodiscard]] const Block& block() const { return *block_; }
  [[nodiscard]] OperatorSet mapped() const { return mapped_; }
  [[nodiscard]] bool has(Operator op) const { return mapped_.contains(op); }
  /// Index of the unit that executes an operator, or -1.
  [[nodiscard]] int unit_of(int op) const { return op < 0 ? -1 : unit_of_op_[static_cast<std::size_t>(op)]; }
  /// The operator of a layer that makes a tensor, and the one that takes it; -1: nobody.
  [[nodiscard]] int producer(Tensor t) const { return producer_[index_of(t)]; }
  [[nodiscard]] int consumer(Tensor t) const { return consumer_[index_of(t)]; }
  /// What an operator's output is in this design: the output of what is left out behind it.
  [[nodiscard]] Tensor made_as(Tensor t) const;

  [[nodiscard]] std::span<const Link> inputs(Operator op) const {
    const auto i = static_cast<std::size_t>(op);
    return {links_.data() + first_input_[i], static_cast<std::size_t>(first_output_[i] - first_input_[i])};
  }
  [[nodiscard]] std::span<const Link> outputs(Operator op) const {
    const auto i = static_cast<std::size_t>(op);
    return {links_.data() + first_output_[i],
            static_cast<std::size_t>(first_input_[i + 1] - first_output_[i])};
  }

  [[nodiscard]] Domain domain_of(int op) const { return (*block_)[static_cast<Operator>(op)].domain; }
  /// In a fused pipeline tiles cross inside the unit: no channel.
  [[nodiscard]] bool fused(int from, int to) const {
    return unit_of(from) == unit_of(to) && domain_of(from) == domain_of(to) && is_pipeline(domain_of(from));
  }
  /// Whether a tensor of a layer goes from one unit to another, or to a later firing of the same.
  [[nodiscard]] bool crosses(Tensor t) const { return ((crossing_ >> index_of(t)) & 1u) != 0; }
  /// Parts of the projection that an operator takes, as a bit mask.
  [[nodiscard]] unsigned parts_of(Operator op) const { return parts_[static_cast<std::size_t>(op)]; }
  /// One pipeline reads and writes the recurrent tensor.
  [[nodiscard]] bool carries_within() const;

 private:
  [[nodiscard]] std::string map_units(const Design& design);
  [[nodiscard]] std::string check_needs() const;
  void link();
  [[nodiscard]] std::string check_pipelines(const Design& design) const;
  [[nodiscard]] std::string check_pipeline(const Design& design, Operator from) const;
  [[nodiscard]] bool active(const Use& use) const {
    return use.only_with < 0 || has(static_cast<Operator>(use.only_with));
  }

  const Block* block_ = nullptr;  ///< null: nothing was mapped
  OperatorSet mapped_;
  std::array<std::int8_t, OperatorSet::capacity> unit_of_op_{};
  std::array<std::int8_t, most_tensors> producer_{}, consumer_{};
  std::array<Link, most_links> links_{};
  std::array<std::uint8_t, OperatorSet::capacity + 1> first_input_{};
  std::array<std::uint8_t, OperatorSet::capacity> first_output_{};
  std::array<std::uint8_t, OperatorSet::capacity> parts_{};
  std::uint64_t crossing_ = 0;
  // What it came from.
  std::array<OperatorSet, OperatorSet::capacity> sets_{};  ///< operators of the units, in order
  std::size_t units_ = 0;
  bool with_head_ = false;
};

}  // namespace statelane
