// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "models/blocks/network.h"
#include "models/blocks/phase.h"
#include "models/design/board.h"
#include "models/design/design.h"

namespace statelane {

/// Tells what differs between designs looked at one after the other, so that whatever follows from equal
/// parts is computed once. Each part has a number: where it is the same after two updates, so was the part,
/// by value. Those who remember something of a part remember its number, too; 0 is never given.
///
/// Not part of any number: names and notes, and the clock, which is cheap to compare.
class DesignVersions {
 public:
  using Number = std::uint64_t;

  /// Looks at a design and compares it with the one before; allocates only where kinds of units change.
  void update(const Design& design, const Mamba2Shape& network, const Phase& phase, const Board& board);

  /// Kind and parameters of a unit.
  [[nodiscard]] Number unit(std::size_t index) const { return units_[index].number; }
  /// The design but for the parameters of its units: precision, schedule, memory, and which unit executes
  /// what.
  [[nodiscard]] Number frame() const { return frame_; }
  /// Network and phase.
  [[nodiscard]] Number workload() const { return workload_; }
  [[nodiscard]] Number board() const { return board_; }

 private:
  struct Known {
    std::unique_ptr<UnitModel> model;
    OperatorSet operators;
    Number number = 0;
  };
  void update_units(const std::vector<Unit>& units);

  Number now_ = 0;
  Number frame_ = 0;
  Number workload_ = 0;
  Number board_ = 0;
  std::vector<Known> units_;
  Precision precision_;
  Schedule schedule_;
  MemoryConfig memory_;
  Mamba2Shape network_;
  Phase phase_;
  Board known_board_;
};

}  // namespace statelane
