// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "hls/accelerator.h"
#include "hls/matrix_plan.h"
#include "hls/render.h"
#include "hls/wires.h"

namespace statelane::hls {

/// Numbers of each layer that stay on chip, loaded once; behind them those of the LM head, if any.
struct Parameter {
  std::string name;
  std::string type;  ///< "std::int32_t" or "float"
  std::int64_t per_layer = 1;
  std::int64_t of_head = 0;
  [[nodiscard]] std::int64_t count(const Accelerator& a) const { return a.g.layers * per_layer + of_head; }
};

/// An array in off-chip memory that a function reaches through a port of its own.
struct MemoryPortUse {
  std::string name;
  bool written = false;
  std::int64_t lanes = 0;     ///< 32-bit words a beat; 0: the residual stream's own type
  std::int64_t beats = 0;     ///< size
  std::string bundle;         ///< the AXI port
  std::int64_t channel = -1;  ///< of the stream's memory channels the one it reads; -1: all of them
  /// The file of data/ it is loaded from; empty: it is not.
  [[nodiscard]] std::string memory_image() const;
};

/// A function of the project: what one actor does.
struct Function {
  std::string name;
  ActorId actor = no_id;  ///< no_id: the embedding's way in
  std::string title;
  std::vector<std::string> inputs;  ///< streams
  std::vector<std::string> outputs;
  std::vector<Parameter> parameters;
  std::vector<MemoryPortUse> memories;
  std::string locals;             ///< in front of the loop over layers
  std::string body;               ///< what it does in a block of a layer
  bool once = false;              ///< the body stands alone, not in a loop over layers
  bool reset = false;             ///< takes `load`: what it keeps on chip is cleared
  bool head = false;              ///< the loop over layers has a last turn for the LM head
  std::string prologue;           ///< before the loop over layers
  std::string tables;             ///< constants of the function
  bool floats = false;            ///< needs float_arithmetic.h
  std::int64_t moving_beats = 0;  ///< beats of its one loop in which words only come or go
  int sum_bits = 0;               ///< of NAME_sum_t, the matrix unit's accumulator; 0: none
};

/// How one memory stream is laid out in beats of its port.
struct ConvLayout {
  std::int64_t port_lanes = 1;
  std::int64_t units = 0;                 ///< of a layer
  std::int64_t sequences = 1;             ///< that have a history each
  int weight_bits = 8, history_bits = 8;  ///< in memory
  std::int64_t weight_codes = 0, weight_shifts = 0, history_codes = 0, history_shifts = 0;  ///< of a unit
  std::int64_t weight_code_lanes = 0, weight_shift_lanes = 0, history_code_lanes = 0, history_shift_lanes = 0;
  std::int64_t weight_beats = 0, history_beats = 0;
};
[[nodiscard]] ConvLayout conv_layout(const Accelerator& a);

struct StateLayout {
  std::int64_t port_lanes = 1;
  int code_bits = 8;
  std::int64_t words = 0;   ///< of a head
  std::int64_t word = 0;    ///< elements of one
  std::int64_t shifts = 0;  ///< of one
  std::int64_t lanes_per_word = 0;
  std::int64_t beats_per_word = 1, words_per_beat = 1;
  std::int64_t header_beats = 0, code_beats = 0;
  [[nodiscard]] std::int64_t head_beats() const { return header_beats + code_beats; }
};
[[nodiscard]] StateLayout state_layout(const Accelerator& a, const Wires& wires);

/// The functions of an accelerator in the order of the graph's actors, the embedding's first.
[[nodiscard]] std::vector<Function> make_functions(const Accelerator& a, const Wires& wires,
                                                   const MatrixPlan& matrix);

/// Identifier of the part kinds in schedule tables.
inline constexpr int kind_of(Part part) {
  return static_cast<int>(part);
}

}  // namespace statelane::hls
