// SPDX-License-Identifier: Apache-2.0
#include "models/numerics/scheduled/scheduled_run.h"

#include <algorithm>

namespace statelane {
namespace {

std::size_t size(std::int64_t v) {
  return static_cast<std::size_t>(v);
}

/// Operators whose firings share one walk over the tiles.
Operator family_of(Operator op) {
  switch (op) {
    case Operator::silu_xbc:
    case Operator::silu_z:
      return Operator::conv;
    case Operator::decay_exp:
      return Operator::softplus;
    case Operator::outer:
    case Operator::decay:
    case Operator::state_add:
    case Operator::state_c:
    case Operator::d_skip:
    case Operator::gate:
      return Operator::delta_x;
    default:
      return op;
  }
}

}  // namespace

ScheduledRun::ScheduledRun(const Graph& graph, const Design& design, const Mamba2Shape& shape,
                           const Phase& phase, TileExecutor& tiles, std::vector<std::int64_t> tokens)
    : graph_(graph), design_(design), tiles_(tiles), tokens_(std::move(tokens)) {
  if (std::string why = make_geometry(design, shape, phase, g_); !why.empty()) throw InputError(why);
  if (phase.batch != 1)
    throw InputError("a scheduled run takes one sequence, not a batch of " + std::to_string(phase.batch));
  if (g_.feedback ? tokens_.empty() : tokens_.size() != size(phase.length)) {
    throw InputError(std::to_string(tokens_.size()) + " tokens for " + std::to_string(phase.length));
  }
  head_on_fabric_ = design.schedule.lm_head == HeadPlace::fabric;
  if (!g_.feedback) tiles_.begin(tokens_);
}

void ScheduledRun::next_block(Position& p) const {
  if (++p.block < size(g_.blocks)) return;
  p.block = 0;
  if (++p.layer < size(g_.layers)) return;
  p.layer = 0;
  ++p.pass;
}

/// The executor's index of a column: decode keeps one token at a time, prefill all of them.
std::size_t ScheduledRun::token_of(const Position& p, std::size_t column) const {
  if (g_.feedback) return 0;
  return g_.sequence ? p.block * size(g_.columns) + column : p.pass;
}

void ScheduledRun::run(Operator op, const Position& p, std::size_t column, Range rows, Part part,
                       Range states) {
  tiles_.run({op, part, p.layer, token_of(p, column), p.head, rows, states});
}

void ScheduledRun::fire(ActorId actor, FiringId id) {
  const Firing& firing = graph_.firings[id];
  const ActorKind kind = graph_.actors[actor].kind;
  if (kind == ActorKind::host) return host();
  if (kind == ActorKind::compute) compute(actor, firing);  // what memory moves, the executor has
}

void ScheduledRun::compute(ActorId actor, const Firing& firing) {
  const FiringShape& shape = firing.shape;
  const OperatorSet operators = design_.units[graph_.actors[actor].unit].operators();
  Position& p = at(actor, family_of(shape.op));
  switch (family_of(shape.op)) {
    case Operator::norm:
      return norm(p, shape);
    case Operator::in_hadamard:
      return by_column(p, shape.op, {0, size(g_.d_model)});
    case Operator::gated_norm:
    case Operator::out_hadamard:
    case Operator::out_hadamard2:
      return by_column(p, shape.op, {0, size(g_.d_inner)});
    case Operator::in_proj:
      return project(p, shape);
    case Operator::conv:
      return parts(p, shape, operators);
    case Operator::softplus:
      return heads(p, shape, operators);
    case Operator::delta_x:
      return ssm(p, operators);
    case Operator::delta_b:
      for (std::size_t c = 0; c < size(g_.columns); ++c) {
        run(Operator::delta_b, p, c, {p.head, p.head + 1}, Part::z, {0, size(g_.d_state)});
      }
      if (++p.head < size(g_.heads)) return;
      p.head = 0;
      return next_block(p);
    case Operator::residual:
      for (const Rate& rate : graph_.inputs(firing)) {
        if (graph_.channels[rate.channel].name == "embedding") return;  // begin() has embedded the tokens
      }
      return rows(p, shape);
    case Operator::out_proj:
      return rows(p, shape);
    case Operator::lm_head:
      return head(shape);
    default:
      throw ScheduleError("a scheduled run knows no operator " + std::string(operator_name(shape.op)));
  }
}

void ScheduledRun::norm(Position& p, const FiringShape& shape) {
  if (shape.rows == 0 || p.after_layers) {  // the final norm is part of the executor's head
    p.after_layers = false;
    return;
  }
  if (g_.feedback && p.layer == 0 && p.column == 0) {
    if (p.pass != passes_begun_ || p.pass >= tokens_.size())
      throw ScheduleError("norm starts a pass without its token");
    tiles_.begin(std::span(tokens_).subspan(passes_begun_++, 1));
  }
  run(Operator::norm, p, p.column, {0, size(g_.d_model)});
  if (++p.column < size(g_.columns)) return;
  p.column = 0;
  const std::size_t pass = p.pass;
  next_block(p);
  p.after_layers = head_on_fabric_ && p.pass != pass;
}

void ScheduledRun::by_column(Position& p, Operator op, Range rows) {
  if (p.after_layers) {  // a head on the fabric has its input transformed too; the executor's head is in
                         // float
    p.after_layers = false;
    return;
  }
  run(op, p, p.column, rows);
  if (++p.column < size(g_.columns)) return;
  p.column = 0;
  const std::size_t pass = p.pass;
  next_block(p);
  p.after_layers = op == Operator::in_hadamard && head_on_fabric_ && p.pass != pass &&
                   (g_.head_every_pass || p.pass == size(g_.passes));
}

void ScheduledRun::project(Position& p, const FiringShape& shape) {
  std::size_t& first = p.rows[static_cast<std::size_t>(shape.part)];
  for (std::size_t c = 0; c < size(g_.columns); ++c) {
    run(Operator::in_proj, p, c, {first, first + size(shape.rows)}, shape.part);
  }
  first += size(shape.rows);
  p.done += size(shape.rows);
  if (p.done < 2 * size(g_.d_inner) + 2 * size(g_.groups_states) + size(g_.heads)) return;
  p.done = 0;
  p.rows = {};
  next_block(p);
}

void ScheduledRun::parts(Position& p, const FiringShape& shape, OperatorSet operators) {
  const bool z = shape.part == Part::z;
  std::size_t& first = p.rows[static_cast<std::size_t>(shape.part)];
  const Range range{first, first + size(shape.rows)};
  for (std::size_t c = 0; c < size(g_.columns); ++c) {
    if (!z && operators.contains(Operator::conv)) run(Operator::conv, p, c, range, shape.part);
    if (!z && operators.contains(Operator::silu_xbc)) run(Operator::silu_xbc, p, c, range, shape.part);
    if (z && operators.contains(Operator::silu_z)) run(Operator::silu_z, p, c, range, shape.part);
  }
  first = range.end;
  p.done += size(shape.rows);
  const bool channels = operators.contains(Operator::conv) || operators.contains(Operator::silu_xbc);
  const std::size_t all = (channels ? size(g_.d_inner) + 2 * size(g_.groups_states) : 0) +
                          (operators.contains(Operator::silu_z) ? size(g_.d_inner) : 0);
  if (p.done < all) return;
  p.done = 0;
  p.rows = {};
  next_block(p);
}

void ScheduledRun::heads(Position& p, const FiringShape& shape, OperatorSet operators) {
  const Range range{p.done, p.done + size(shape.rows)};
  for (std::size_t c = 0; c < size(g_.columns); ++c) {
    if (operators.contains(Operator::softplus)) run(Operator::softplus, p, c, range);
    if (operators.contains(Operator::decay_exp)) run(Operator::decay_exp, p, c, range);
  }
  p.done = range.end;
  if (p.done < size(g_.heads)) return;
  p.done = 0;
  next_block(p);
}

void ScheduledRun::ssm(Position& p, OperatorSet operators) {
  const bool states = operators.intersects(
      OperatorSet(Operator::outer, Operator::decay, Operator::state_add, Operator::state_c));
  const std::size_t state_tiles = states ? size(g_.state_tiles) : 1;
  const Range tile{p.row_tile * size(g_.tile_rows), (p.row_tile + 1) * size(g_.tile_rows)};
  const Range of_state{p.state_tile * size(g_.tile_states), (p.state_tile + 1) * size(g_.tile_states)};
  const std::size_t first = p.head * size(g_.headdim);
  const Range rows{first + tile.begin, first + tile.end};
  if (operators.contains(Operator::delta_x) && p.state_tile == 0) run(Operator::delta_x, p, p.column, rows);
  for (const Operator op : {Operator::outer, Operator::decay, Operator::state_add, Operator::state_c}) {
    if (operators.contains(op)) run(op, p, p.column, tile, Part::z, of_state);
  }
  if (p.state_tile + 1 == state_tiles) {
    for (const Operator op : {Operator::d_skip, Operator::gate}) {
      if (operators.contains(op)) run(op, p, p.column, rows);
    }
  }
  if (++p.state_tile < state_tiles) return;
  p.state_tile = 0;
  if (++p.row_tile < size(g_.row_tiles)) return;
  p.row_tile = 0;
  if (++p.column < size(g_.columns)) return;
  p.column = 0;
  if (++p.head < size(g_.heads)) return;
  p.head = 0;
  next_block(p);
}

/// out_proj and residual: a range of d_model of all columns.
void ScheduledRun::rows(Position& p, const FiringShape& shape) {
  const Range range{p.done, p.done + size(shape.rows)};
  for (std::size_t c = 0; c < size(g_.columns); ++c) run(shape.op, p, c, range);
  p.done = range.end;
  if (p.done < size(g_.d_model)) return;
  p.done = 0;
  next_block(p);
}

/// The head on the fabric: of the one token, or of a prompt's last.
void ScheduledRun::head(const FiringShape& shape) {
  const std::size_t column = g_.feedback ? 0 : tokens_.size() - 1;
  const Range range{head_rows_, head_rows_ + size(shape.rows)};
  tiles_.run({Operator::lm_head, Part::z, size(g_.layers), column, 0, range, {}});
  head_rows_ = range.end % size(g_.vocab);
  head_complete_ = head_rows_ == 0;
}

/// The host takes a fabric's logits tile by tile; where it computes the head itself it fires once a pass.
void ScheduledRun::host() {
  if (head_on_fabric_) {
    if (!head_complete_) return;
    head_complete_ = false;
  } else if (++host_passes_ < size(g_.passes) && !g_.head_every_pass) {
    return;
  }
  const std::size_t column = g_.feedback ? 0 : tokens_.size() - 1;
  if (!head_on_fabric_) {
    tiles_.run({Operator::lm_head, Part::z, size(g_.layers), column, 0, {0, size(g_.vocab)}, {}});
  }
  logits_.push_back(tiles_.logits(column));
  if (!g_.feedback || tokens_.size() > logits_.size()) return;
  const std::vector<float>& l = logits_.back();
  tokens_.push_back(std::max_element(l.begin(), l.end()) - l.begin());
}

}  // namespace statelane
