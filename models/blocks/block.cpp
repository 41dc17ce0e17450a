// SPDX-License-Identifier: Apache-2.0
#include "models/blocks/block.h"

#include <algorithm>
#include <bit>
#include <stdexcept>
#include <string>

namespace statelane {
namespace {

constexpr std::int16_t nobody = -1;

/// What the table itself says wrong: for whoever writes one, so an exception and no diagnostic.
[[noreturn]] void wrong(std::string_view block, std::string_view name, const char* what) {
  throw std::logic_error("block " + std::string(block) + ": " + std::string(name) + " " + what);
}

}  // namespace

Tensor Block::add(TensorRow row) {
  tensors_.push_back(row);
  if (tensors_.size() > index_of(no_tensor)) wrong(name_, row.name, "is one tensor too many");
  return static_cast<Tensor>(tensors_.size() - 1);
}

Operator Block::add(OperatorRow row) {
  operators_.push_back(std::move(row));
  if (operators_.size() > OperatorSet::capacity)
    wrong(name_, operators_.back().name, "is one operator too many");
  return static_cast<Operator>(operators_.size() - 1);
}

void Block::add(StreamRow row) {
  streams_.push_back(row);
}

const StreamRow* Block::stream(StreamKind kind) const {
  const auto at =
      std::find_if(streams_.begin(), streams_.end(), [&](const StreamRow& s) { return s.kind == kind; });
  return at == streams_.end() ? nullptr : &*at;
}

StreamKind Block::stream_of(Tensor t) const {
  for (const StreamRow& s : streams_) {
    if (s.read == t || s.written == t) return s.kind;
  }
  wrong(name_, (*this)[t].name, "belongs to no memory stream");
}

std::optional<Operator> Block::operator_named(std::string_view name) const {
  const auto at = std::find_if(operators_.begin(), operators_.end(),
                               [&](const OperatorRow& o) { return o.name == name; });
  if (at == operators_.end()) return std::nullopt;
  return static_cast<Operator>(at - operators_.begin());
}

std::optional<Tensor> Block::tensor_named(std::string_view name) const {
  const auto at =
      std::find_if(tensors_.begin(), tensors_.end(), [&](const TensorRow& t) { return t.name == name; });
  if (at == tensors_.end()) return std::nullopt;
  return static_cast<Tensor>(at - tensors_.begin());
}

void Block::close() {
  derive_sets();
  derive_reachability();
  derive_parts();
  derive_linear();
  derive_order();
}

Operator Block::insert_behind(Tensor t, OperatorRow op, TensorRow made) {
  const Tensor after = add(made);
  for (OperatorRow& row : operators_) {
    for (Use& use : row.inputs) {
      if (use.tensor == t) use.tensor = after;
    }
  }
  op.inputs.insert(op.inputs.begin(), Use{t});
  op.outputs.insert(op.outputs.begin(), after);
  return add(std::move(op));
}

void Block::derive_sets() {
  for (OperatorSet& set : by_domain_) set = {};
  mandatory_ = at_head_ = {};
  head_ = -1;
  bool projects = false;
  for (std::size_t i = 0; i < operators_.size(); ++i) {
    const OperatorRow& row = operators_[i];
    const auto op = static_cast<Operator>(i);
    by_domain_[static_cast<std::size_t>(row.domain)].insert(op);
    if (row.need == Need::always) mandatory_.insert(op);
    if (row.repeated_at_head) at_head_.insert(op);
    if (row.domain == Domain::vocabulary) head_ = static_cast<int>(i);
    if (row.domain == Domain::projection) {
      if (projects) wrong(name_, row.name, "is a second projection");
      projection_ = op;
      projects = true;
    }
  }
  has_projection_ = projects;
  widest_ = projection_;
  if (!projects) {
    if (in(Domain::rows).empty()) throw std::logic_error("block " + std::string(name_) + " ends nowhere");
    widest_ = static_cast<Operator>(std::countr_zero(in(Domain::rows).bits()));
  }
  bypassed_.clear();
  bypass_.assign(tensors_.size(), static_cast<std::int8_t>(nobody));
  for (std::size_t i = 0; i < operators_.size(); ++i) {
    const OperatorRow& row = operators_[i];
    if (row.need != Need::optional || row.inputs.size() != 1 || row.outputs.size() != 1) continue;
    bypass_[index_of(row.inputs.front().tensor)] = static_cast<std::int8_t>(i);
    bypassed_.push_back(row.inputs.front().tensor);
  }
  entering_ = residual_ = leaving_ = no_tensor;
  for (std::size_t i = 0; i < tensors_.size(); ++i) {
    const auto t = static_cast<Tensor>(i);
    switch (tensors_[i].border) {
      case Border::enters:
        entering_ = t;
        break;
      case Border::next_layer:
        residual_ = t;
        break;
      case Border::leaves:
        leaving_ = t;
        break;
      case Border::none:
        break;
    }
  }
  if (residual_ == no_tensor)
    throw std::logic_error("block " + std::string(name_) + " has no residual stream");
}

/// Along tensors within a layer, and along what a recurrent tensor hands from its writer to its reader.
void Block::derive_reachability() {
  successors_.assign(operators_.size(), {});
  for (std::size_t from = 0; from < operators_.size(); ++from) {
    for (const Tensor made : operators_[from].outputs) {
      if (tensors_[index_of(made)].border == Border::next_layer) continue;
      for (std::size_t to = 0; to < operators_.size(); ++to) {
        const std::vector<Use>& uses = operators_[to].inputs;
        if (std::any_of(uses.begin(), uses.end(), [&](const Use& u) { return u.tensor == made; }))
          successors_[from].insert(static_cast<Operator>(to));
      }
    }
  }
  reachable_ = successors_;
  for (bool grown = true; grown;) {
    grown = false;
    for (OperatorSet& set : reachable_) {
      const OperatorSet before = set;
      before.for_each([&](Operator op) { set.insert(reachable_[static_cast<std::size_t>(op)]); });
      grown = grown || !(set == before);
    }
  }
  along_states_ = after_states_ = sharing_ = {};
  const OperatorSet tiled = in(Domain::tile);
  tiled.for_each([&](Operator op) {
    const OperatorRow& row = (*this)[op];
    const auto on_states = [&](Tensor t) { return (*this)[t].tile == Tile::state_tile; };
    for (const Use& use : row.inputs) {
      if ((*this)[use.tensor].tile == Tile::group_states) sharing_.insert(op);
    }
    const bool takes =
        std::any_of(row.inputs.begin(), row.inputs.end(), [&](const Use& u) { return on_states(u.tensor); });
    if (takes || std::any_of(row.outputs.begin(), row.outputs.end(), on_states)) along_states_.insert(op);
  });
  tiled.for_each([&](Operator op) {
    if ((*this)[op].reduces_states) after_states_.insert(reachable(op).common(tiled));
  });
}

/// Whose results a linear layer takes, and which operators would stand between them.
void Block::derive_linear() {
  const auto is_linear = [&](Tensor t) {
    return std::any_of(operators_.begin(), operators_.end(), [&](const OperatorRow& row) {
      return row.arithmetic.kind == ArithmeticKind::matrix_product &&
             std::any_of(row.inputs.begin(), row.inputs.end(), [&](const Use& u) { return u.tensor == t; });
    });
  };
  for (OperatorRow& row : operators_) {
    Arithmetic& a = row.arithmetic;
    a.feeds_linear = false;
    a.unless = {};
    for (Tensor t : row.outputs) {
      OperatorSet between;
      for (int op = bypass(t); op >= 0; op = bypass(t)) {
        between.insert(static_cast<Operator>(op));
        t = (*this)[static_cast<Operator>(op)].outputs.front();
      }
      if (!is_linear(t)) continue;
      a.feeds_linear = true;
      a.unless.insert(between);
    }
  }
  arithmetic_.clear();
  for (const OperatorRow& row : operators_) arithmetic_.push_back(row.arithmetic);
}

void Block::derive_order() {
  order_.clear();
  OperatorSet placed;
  while (order_.size() < operators_.size()) {
    const std::size_t before = order_.size();
    for (std::size_t i = 0; i < operators_.size(); ++i) {
      const auto op = static_cast<Operator>(i);
      if (placed.contains(op)) continue;
      bool ready = true;
      for (std::size_t from = 0; from < operators_.size(); ++from)
        ready = ready && (!successors_[from].contains(op) || placed.contains(static_cast<Operator>(from)));
      if (!ready) continue;
      placed.insert(op);
      order_.push_back(op);
      break;
    }
    if (order_.size() == before)
      throw std::logic_error("block " + std::string(name_) + ": its operators wait for each other");
  }
}

/// Index of the first operator of the layer's heads that needs the part, for the order among equals.
int Block::first_need(Tensor part) const {
  for (std::size_t i = 0; i < operators_.size(); ++i) {
    const Domain d = operators_[i].domain;
    if (d == Domain::projection || d == Domain::part) continue;
    for (const Use& use : operators_[i].inputs) {
      if (use.tensor == part || (*this)[use.tensor].part == part) return static_cast<int>(i);
    }
  }
  return static_cast<int>(operators_.size());
}

void Block::derive_parts() {
  parts_.clear();
  shared_parts_.clear();
  scalar_parts_.clear();
  row_parts_.clear();
  part_of_.assign(tensors_.size(), static_cast<std::int8_t>(nobody));
  if (!has_projection_) return;
  for (const Tensor t : (*this)[projection_].outputs) {
    const auto index = static_cast<std::uint8_t>(parts_.size());
    parts_.push_back({t, (*this)[t].tile, (*this)[t].dim});
    for (std::size_t i = 0; i < tensors_.size(); ++i) {
      if (static_cast<Tensor>(i) == t || tensors_[i].part == t) part_of_[i] = static_cast<std::int8_t>(index);
    }
    switch (parts_.back().tile) {
      case Tile::group_states:
        shared_parts_.push_back(index);
        break;
      case Tile::head_scalar:
        scalar_parts_.push_back(index);
        break;
      case Tile::head_rows:
        row_parts_.push_back(index);
        break;
      default:
        wrong(name_, (*this)[t].name, "is no part of a projection: its tiles are of another kind");
    }
  }
  const auto sooner = [&](std::uint8_t a, std::uint8_t b) {
    return first_need(parts_[a].tensor) < first_need(parts_[b].tensor);
  };
  std::stable_sort(shared_parts_.begin(), shared_parts_.end(), sooner);
  std::stable_sort(row_parts_.begin(), row_parts_.end(), sooner);
}

}  // namespace statelane
