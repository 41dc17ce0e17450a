// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "hls/accelerator.h"

namespace statelane::hls {

/// Where the shifts of a word's blocks belong.
enum class Blocks {
  none,     ///< plain integers (or floats)
  rows,     ///< a shift for `block` neighbours
  columns,  ///< the word is a tile [states, rows]; a shift for `block` states of a row
};

/// A channel of the graph as a stream: its tiles cut into words, one of which moves a beat. The stream holds
/// as many words as the channel's capacity in tiles has. Elements have the width of the integer arithmetic
/// (codes where the tensor is kept in blocks, with the blocks' shifts behind them in the same word).
struct Wire {
  std::string name;  ///< of the channel, an identifier
  ChannelId channel = no_id;
  Tensor tensor = no_tensor;
  bool floating = false;
  int bits = 32;          ///< of an element
  int code_bits = 0;      ///< of a code, where it is kept in blocks
  std::int64_t word = 1;  ///< elements a word, without shifts
  Blocks blocks = Blocks::none;
  std::int64_t block = 1;
  std::int64_t rows = 1;            ///< of a tile, for Blocks::columns
  std::int64_t extra = 0;           ///< further elements of a word that are laid out by hand
  std::int64_t words_per_tile = 1;  ///< of one tile (0: heads share a word)
  std::int64_t depth = 1;           ///< words the stream holds
  std::int64_t count = 0;           ///< words that pass through it in one run of the accelerator
  bool per_head = false;            ///< made a head at a time: packed by whoever makes it
  bool own_layout = false;          ///< its words are laid out by hand: no accessors, no packing
  bool stream = true;               ///< false: only the type is used, of words that never leave a function

  [[nodiscard]] std::int64_t shifts() const {
    if (blocks == Blocks::none) return 0;
    return (word + block - 1) / block;
  }
  [[nodiscard]] std::int64_t lanes() const { return word + shifts() + extra; }
};

/// The streams of an accelerator, in the order of the graph's channels.
class Wires {
 public:
  explicit Wires(const Accelerator& a);
  [[nodiscard]] const std::vector<Wire>& all() const { return wires_; }
  [[nodiscard]] const Wire& operator[](ChannelId channel) const { return wires_[channel]; }
  /// Throws std::out_of_range if the graph has no such channel.
  [[nodiscard]] const Wire& named(const std::string& name) const;
  [[nodiscard]] bool has(const std::string& name) const { return by_name_.contains(name); }

 private:
  void add(Wire wire, std::string name);
  void shape(Wire& w) const;
  void elements(Wire& w, const TensorFormat& format, std::int64_t word) const;
  void vector(Wire& w, const TensorRow& row) const;
  void state(Wire& w, const TensorRow& row) const;
  void product(Wire& w) const;
  void bytes(Wire& w) const;
  void history(Wire& w, bool read) const;
  [[nodiscard]] TensorFormat format(Tensor t) const;
  const Accelerator* a_;
  std::vector<Wire> wires_;
  std::map<std::string, std::size_t> by_name_;
};

}  // namespace statelane::hls
