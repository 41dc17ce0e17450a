// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "hls/accelerator.h"

namespace statelane::hls {

/// What the matrix unit does in one layer, step by step, and how the weights lie in memory for it.
struct MatrixPlan {
  explicit MatrixPlan(const Accelerator& a);
  /// The beats of taking the inputs in, by the words they come in.
  void fit(std::int64_t u_words, std::int64_t v_words, std::int64_t head_words);

  /// Kinds of step: a part's results by Part (0..4), out_proj's, taking the inputs in, idle beats; taking the
  /// head's inputs in, the head's results.
  enum Kind : int { out = 5, take_u = 6, take_v = 7, flush = 8, take_head = 9, head = 10 };
  struct Tile {
    int kind = 0;
    std::int64_t rows = 0;
    std::int64_t first = 0;     ///< row of its part it begins with
    std::int64_t products = 0;  ///< beats of multiplication
    std::int64_t words = 0;     ///< words of results
    std::int64_t beats = 0;     ///< at least its products, and the words of the tile before it
  };

  std::int64_t inputs = 1, outputs = 1, ii = 1;
  std::int64_t group_in = 1;   ///< inputs that share a scale, in in_proj; all of them without groups
  std::int64_t group_out = 1;  ///< the same in out_proj
  std::int64_t groups_in = 1, groups_out = 1;  ///< groups of a row
  std::int64_t chunks_in = 1, chunks_out = 1;  ///< beats of a group
  std::vector<Tile> tiles;                     ///< of one layer and block
  std::vector<Tile> head_tiles;                ///< of the LM head
  [[nodiscard]] static std::int64_t beats_of(const std::vector<Tile>& tiles);
  std::int64_t largest_rows = 0;  ///< of a tile, in whole row blocks

  // Memory: for every tile first the scales of its row blocks, then codes, a word of the matrix unit after
  // another.
  int code_bits = 8;                ///< of a weight in memory: its width rounded up to a power of two
  std::int64_t lanes_per_word = 1;  ///< 32-bit words of memory a word of the matrix unit takes
  std::int64_t ports = 1;           ///< memory channels that give a beat together, each through its own port
  std::int64_t port_lanes = 1;      ///< 32-bit words a beat of all ports
  std::int64_t beats_per_word = 1;  ///< beats of the port a word takes, or 1
  std::int64_t words_per_beat = 1;  ///< words that share a beat, or 1
  std::int64_t scale_lanes = 0;     ///< 32-bit words of scales a row block and group has
  [[nodiscard]] std::int64_t words(const Tile& t) const;         ///< words of weights of a tile
  [[nodiscard]] std::int64_t header_beats(const Tile& t) const;  ///< beats of the port with scales
  [[nodiscard]] std::int64_t code_beats(const Tile& t) const;    ///< beats of the port with codes
  std::int64_t beats_per_layer = 0;                              ///< of the port
  std::int64_t beats_of_head = 0;                                ///< of the port
  std::int64_t largest_words = 0;                                ///< of a tile
};

}  // namespace statelane::hls
