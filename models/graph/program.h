// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <stdexcept>

#include "models/graph/graph.h"

namespace statelane {

/// Loops nest no deeper than this (pass, layer, head group, head, row tile, column, state tile).
inline constexpr int max_loop_depth = 8;

/// Calls visit(firing, count) for every fire instruction of a firing sequence, in program order, with the
/// times it fires in one run of them. Linear in the instructions, however often they loop. Throws
/// std::length_error where loops nest deeper than max_loop_depth.
template <class Visit>
void for_each_firing(std::span<const Instruction> code, Visit&& visit) {
  struct Level {
    std::size_t end;
    std::int64_t times;
  };
  std::array<Level, max_loop_depth + 1> stack;
  stack[0] = {code.size(), 1};
  std::size_t depth = 0;
  for (std::size_t i = 0; i < code.size(); ++i) {
    while (i == stack[depth].end) --depth;
    const Instruction& in = code[i];
    if (in.body == 0) {
      visit(in.firing, in.count * stack[depth].times);
      continue;
    }
    if (depth == max_loop_depth) throw std::length_error("loops of a firing sequence nest too deep");
    const Level inner{i + 1 + in.body, in.count * stack[depth].times};
    stack[++depth] = inner;
  }
}

/// Walks an actor's compressed firing sequence, one firing at a time, in constant memory.
class ProgramCursor {
 public:
  ProgramCursor() = default;
  explicit ProgramCursor(std::span<const Instruction> code) : code_(code) { settle(); }

  [[nodiscard]] bool done() const { return pc_ >= code_.size(); }
  /// The firing to execute now; only while not done().
  [[nodiscard]] FiringId firing() const { return code_[pc_].firing; }
  /// Goes on to the next firing.
  void next() {
    if (--left_ > 0) return;
    ++pc_;
    settle();
  }
  /// Times this firing comes in a row from here, this one included.
  [[nodiscard]] std::int64_t repeats() const { return left_; }
  /// Goes on by `n` firings, 1 <= n <= repeats().
  void skip(std::int64_t n) {
    left_ -= n - 1;
    next();
  }
  [[nodiscard]] bool operator==(const ProgramCursor& other) const {
    if (pc_ != other.pc_ || left_ != other.left_ || depth_ != other.depth_) return false;
    for (int i = 0; i < depth_; ++i) {
      if (stack_[static_cast<std::size_t>(i)].left != other.stack_[static_cast<std::size_t>(i)].left)
        return false;
    }
    return true;
  }

 private:
  struct Frame {
    std::size_t begin = 0;
    std::size_t end = 0;
    std::int64_t left = 0;
  };

  /// Enters and leaves loops until the program counter stands on a firing that has repetitions left.
  void settle() {
    for (;;) {
      while (depth_ > 0 && pc_ == top().end) {
        if (--top().left > 0) {
          pc_ = top().begin;
        } else {
          --depth_;
        }
      }
      if (done()) return;
      const Instruction& in = code_[pc_];
      if (in.body == 0) {
        if (in.count > 0) {
          left_ = in.count;
          return;
        }
        ++pc_;
      } else if (in.count <= 0) {
        pc_ += in.body + 1;
      } else {
        stack_[static_cast<std::size_t>(depth_++)] = {pc_ + 1, pc_ + 1 + in.body, in.count};
        ++pc_;
      }
    }
  }
  Frame& top() { return stack_[static_cast<std::size_t>(depth_ - 1)]; }

  std::span<const Instruction> code_;
  std::size_t pc_ = 0;
  std::int64_t left_ = 0;
  int depth_ = 0;
  std::array<Frame, max_loop_depth> stack_{};
};

/// What a whole firing sequence adds up to.
struct ProgramTotals {
  std::int64_t firings = 0;
  Cycles busy{0};
  Bytes bytes{0};
};
[[nodiscard]] ProgramTotals program_totals(const Graph& graph, std::span<const Instruction> code);

/// Tiles the sequence takes from (sign -1 direction: inputs) or puts into (outputs) a channel.
[[nodiscard]] std::int64_t tiles_consumed(const Graph& graph, std::span<const Instruction> code,
                                          ChannelId channel);
[[nodiscard]] std::int64_t tiles_produced(const Graph& graph, std::span<const Instruction> code,
                                          ChannelId channel);

}  // namespace statelane
