// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <utility>
#include <vector>

#include "models/blocks/network.h"
#include "models/blocks/phase.h"
#include "models/design/design.h"
#include "models/evaluate/geometry.h"
#include "models/graph/graph.h"
#include "models/graph/untimed.h"
#include "models/numerics/tile_executor.h"

namespace statelane {

/// Drives a tile executor by the firings of a lowered graph, so that a schedule computes a model in the
/// executor's arithmetic: with IntegerTiles the integer-exact model of a scheme. Told of the firings by
/// run_untimed() or by a simulation, it counts where each actor is in its loops and runs that tile; the
/// executor throws ScheduleError where a tile's operands are not there, so an illegal order is caught, and
/// otherwise the logits have the bits of the model's forward pass.
class ScheduledRun final : public FiringListener {
 public:
  /// `graph` is `design` x `shape` x `phase` lowered; it, `design` and `tiles` must outlive this. `tokens`:
  /// prefill, the prompt of phase.length tokens; decode, the first token and any after it (where they end,
  /// the largest logit goes on). Throws InputError for a batch of more than one sequence or a wrong number of
  /// tokens.
  ScheduledRun(const Graph& graph, const Design& design, const Mamba2Shape& shape, const Phase& phase,
               TileExecutor& tiles, std::vector<std::int64_t> tokens);

  void fire(ActorId actor, FiringId firing) override;

  /// Logits in the order they came out: after every pass in decode, of the last token in prefill.
  [[nodiscard]] const std::vector<std::vector<float>>& logits() const { return logits_; }
  /// The tokens given, then those chosen.
  [[nodiscard]] const std::vector<std::int64_t>& tokens() const { return tokens_; }

 private:
  /// Where an actor is with one operator.
  struct Position {
    std::size_t pass = 0, layer = 0, block = 0;
    std::size_t column = 0;                      ///< of the block
    std::array<std::size_t, part_count> rows{};  ///< done of each part
    std::size_t done = 0;                        ///< rows or heads done in the block
    std::size_t head = 0, row_tile = 0, state_tile = 0;
    bool after_layers = false;  ///< norm: the final one is due
  };

  [[nodiscard]] Position& at(ActorId actor, Operator op) { return positions_[{actor, op}]; }
  void next_block(Position& p) const;
  [[nodiscard]] std::size_t token_of(const Position& p, std::size_t column) const;
  void run(Operator op, const Position& p, std::size_t column, Range rows, Part part = Part::z,
           Range states = {});
  void compute(ActorId actor, const Firing& firing);
  void norm(Position& p, const FiringShape& shape);
  void by_column(Position& p, Operator op, Range rows);
  void project(Position& p, const FiringShape& shape);
  void parts(Position& p, const FiringShape& shape, OperatorSet operators);
  void heads(Position& p, const FiringShape& shape, OperatorSet operators);
  void ssm(Position& p, OperatorSet operators);
  void rows(Position& p, const FiringShape& shape);
  void head(const FiringShape& shape);
  void host();

  const Graph& graph_;
  const Design& design_;
  TileExecutor& tiles_;
  Geometry g_;
  bool head_on_fabric_ = false;
  std::vector<std::int64_t> tokens_;
  std::map<std::pair<ActorId, Operator>, Position> positions_;
  std::size_t passes_begun_ = 0;
  std::size_t host_passes_ = 0;
  std::size_t head_rows_ = 0;
  bool head_complete_ = false;  ///< all logits of a pass are made and the host has not taken them
  std::vector<std::vector<float>> logits_;
};

}  // namespace statelane
