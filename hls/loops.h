// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace statelane::hls {

/// A loop of generated code, as the synthesis tool will see it.
struct Loop {
  std::string label;
  std::int64_t trips = 0;
  std::int64_t ii = 0;      ///< of a pipelined loop; 0: its iterations follow each other
  bool unrolled = false;    ///< no loop in hardware
  bool guarded = false;     ///< not in the turn of the layers' loop that is the LM head's
  bool perfect = false;     ///< its body is one loop and nothing else
  std::vector<Loop> inner;  ///< loops of its body, in order; those of a pipelined body are unrolled with it
};

/// Constants by name, for the bounds of loops.
using Constants = std::map<std::string, std::int64_t, std::less<>>;

/// The `static const TYPE NAME = VALUE;` of generated headers that are whole numbers.
void add_constants(std::string_view header, Constants& constants);

/// The loops of a generated function that are loops in hardware (not the unrolled ones), from its text: what
/// is predicted is what is written. Throws std::logic_error for a loop without label, with bounds that are
/// not constant, or one that is innermost and neither pipelined nor unrolled.
[[nodiscard]] std::vector<Loop> loops_of(std::string_view function, const Constants& constants);

/// Cycles of loops that follow each other, with an iteration latency of `depth` cycles in each pipelined one:
/// IL + II * (trips - 1) - 1 (trips * II for IL = 1); trips * iteration latency where not pipelined; loops
/// that hold nothing but one other are one loop; 2 for each loop outlined into a module of its own, which
/// every pipelined loop is that does not stand alone. Read off 868 loops in 133 public reports of Vitis HLS
/// 2023.2 to 2025.2, exact in 864.
[[nodiscard]] std::int64_t latency_of(const std::vector<Loop>& loops, std::int64_t depth);

/// II * trips of all pipelined loops whose label passes, times the trips of the loops around them. (A
/// report's worst case counts a guarded loop in every turn, this does not.)
[[nodiscard]] std::int64_t beats_of(const std::vector<Loop>& loops, bool (*counts)(const std::string& label));

/// Loops that only clear a buffer or move words between it and a stream: they run while the function at the
/// other end of the stream works, which the simulation counts as that one's firing.
[[nodiscard]] bool moves_words(const std::string& label);

}  // namespace statelane::hls
