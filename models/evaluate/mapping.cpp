// SPDX-License-Identifier: Apache-2.0
#include "models/evaluate/mapping.h"

#include <stdexcept>

namespace statelane {
namespace {

std::string name_of(const Block& block, Operator op) {
  return std::string(block[op].name);
}

}  // namespace

std::string Mapping::map(const Block& block, const Design& design) {
  if (block.tensors().size() > most_tensors) throw std::length_error("a block of too many tensors");
  block_ = &block;
  std::string why = map_units(design);
  if (why.empty()) why = check_needs();
  if (why.empty()) {
    link();
    why = check_pipelines(design);
  }
  if (!why.empty()) block_ = nullptr;
  return why;
}

bool Mapping::is_of(const Block& block, const Design& design) const {
  if (block_ != &block || units_ != design.units.size()) return false;
  for (std::size_t u = 0; u < units_; ++u) {
    const Unit& unit = design.units[u];
    if (!(sets_[u] == unit.operators())) return false;
    bool can = true;
    unit.operators().for_each([&](Operator op) { can = can && unit.model().executes(block[op].arithmetic); });
    if (!can) return false;
  }
  return with_head_ == (design.schedule.lm_head != HeadPlace::none);
}

/// Gives every operator its unit.
std::string Mapping::map_units(const Design& design) {
  mapped_ = {};
  unit_of_op_.fill(-1);
  units_ = design.units.size();
  with_head_ = design.schedule.lm_head != HeadPlace::none;
  if (units_ > sets_.size()) return "more units than operators";
  for (std::size_t u = 0; u < units_; ++u) {
    const Unit& unit = design.units[u];
    sets_[u] = unit.operators();
    std::string why;
    unit.operators().for_each([&](Operator op) {
      std::int8_t& at = unit_of_op_[static_cast<std::size_t>(op)];
      if (at >= 0) {
        why = "operator " + name_of(*block_, op) + " is mapped to two units";
      } else if (!unit.model().executes((*block_)[op].arithmetic)) {
        why = "unit " + unit.name() + " of kind " + std::string(unit.model().kind()) + " cannot execute " +
              name_of(*block_, op);
      }
      at = static_cast<std::int8_t>(u);
    });
    if (!why.empty()) return why;
    mapped_.insert(unit.operators());
  }
  return {};
}

std::string Mapping::check_needs() const {
  const Block& block = *block_;
  std::string why;
  block.mandatory().without(mapped_).for_each([&](Operator op) {
    if (why.empty()) why = "no unit executes " + name_of(block, op);
  });
  for (std::size_t i = 0; i < block.operators().size() && why.empty(); ++i) {
    const OperatorRow& row = block.operators()[i];
    const bool here = has(static_cast<Operator>(i));
    if (row.instead_of >= 0 && here == has(static_cast<Operator>(row.instead_of))) {
      why = "exactly one of " + name_of(block, static_cast<Operator>(row.instead_of)) + " and " +
            std::string(row.name) + " must be mapped";
    } else if (row.needs >= 0 && here && !has(static_cast<Operator>(row.needs))) {
      why = std::string(row.name) + " needs " + name_of(block, static_cast<Operator>(row.needs));
    } else if (row.need == Need::with_head && !here && with_head_) {
      why = "no unit executes " + std::string(row.name);
    }
  }
  return why;
}

Tensor Mapping::made_as(Tensor t) const {
  for (int op = block_->bypass(t); op >= 0 && !has(static_cast<Operator>(op)); op = block_->bypass(t))
    t = (*block_)[static_cast<Operator>(op)].outputs.front();
  return t;
}

void Mapping::link() {
  producer_.fill(-1);
  consumer_.fill(-1);
  std::size_t n = 0;
  const auto add = [&](Tensor t) {
    if (n == most_links) throw std::length_error("a block of too many uses of tensors");
    const TensorRow& row = (*block_)[t];
    links_[n++] = {t, row.tile, row.border, static_cast<std::int8_t>(block_->part_of(t))};
  };
  const OperatorSet head = block_->in(Domain::vocabulary);
  for (std::size_t i = 0; i < OperatorSet::capacity; ++i) {
    first_input_[i] = first_output_[i] = static_cast<std::uint8_t>(n);
    const auto op = static_cast<Operator>(i);
    parts_[i] = 0;
    if (!has(op)) continue;
    const bool of_layer = !head.contains(op);
    const OperatorRow& row = (*block_)[op];
    for (const Use& use : row.inputs) {
      if (!active(use)) continue;
      add(use.tensor);
      if (const int part = block_->part_of(use.tensor); part >= 0)
        parts_[i] = static_cast<std::uint8_t>(parts_[i] | (1u << part));
      if (of_layer) consumer_[index_of(use.tensor)] = static_cast<std::int8_t>(i);
    }
    first_output_[i] = static_cast<std::uint8_t>(n);
    for (const Tensor t : row.outputs) {
      const Tensor made = made_as(t);
      add(made);
      if (of_layer) producer_[index_of(made)] = static_cast<std::int8_t>(i);
    }
  }
  first_input_[OperatorSet::capacity] = static_cast<std::uint8_t>(n);
  crossing_ = 0;
  for (std::size_t i = 0; i < block_->tensors().size(); ++i) {
    const int from = producer_[i], to = consumer_[i];
    if (from >= 0 && to >= 0 && !fused(from, to)) crossing_ |= std::uint64_t{1} << i;
  }
}

bool Mapping::carries_within() const {
  const Carried& state = block_->carried();
  return state.in == no_tensor || fused(consumer(state.in), producer(state.out));
}

/// A pipeline takes its inputs and gives its outputs in one firing: where a tile would have to leave it for
/// another unit and come back, it waits for itself for ever. So between two operators of one pipeline there
/// is no operator of another unit.
std::string Mapping::check_pipelines(const Design& design) const {
  std::string why;
  mapped_.for_each([&](Operator op) {
    if (why.empty() && is_pipeline((*block_)[op].domain)) why = check_pipeline(design, op);
  });
  return why;
}

std::string Mapping::check_pipeline(const Design& design, Operator from) const {
  const auto unit = static_cast<std::size_t>(unit_of(static_cast<int>(from)));
  OperatorSet outside;  // what takes tensors of `from` in another unit
  for (const Link& link : outputs(from)) {
    const int taker = consumer(link.tensor);
    if (taker >= 0) outside.insert(static_cast<Operator>(taker));
  }
  outside = outside.without(sets_[unit]);
  std::string why;
  const OperatorSet pipeline = sets_[unit].common(block_->in((*block_)[from].domain));
  pipeline.common(block_->reachable(from)).for_each([&](Operator to) {
    outside.for_each([&](Operator between) {
      if (!why.empty() || !block_->reachable(between).contains(to)) return;
      why = "unit " + design.units[unit].name() + " executes " + name_of(*block_, from) + " and " +
            name_of(*block_, to) + " in one pipeline, but not " + name_of(*block_, between) + " between them";
    });
  });
  return why;
}

}  // namespace statelane
