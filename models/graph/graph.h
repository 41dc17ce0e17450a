// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "models/base/units.h"
#include "models/blocks/operators.h"
#include "models/blocks/tensor.h"
#include "models/units/work.h"

namespace statelane {

// The design as a cyclo-static dataflow graph. Flat arrays, indices instead of pointers: lowering refills one
// Graph without allocating, simulation and bound read it, a copy is a value.

using ActorId = std::uint16_t;
using ChannelId = std::uint16_t;
using FiringId = std::uint16_t;
inline constexpr std::uint16_t no_id = 0xFFFF;

/// Tiles that one firing takes from or puts into a channel.
struct Rate {
  ChannelId channel = no_id;
  std::int32_t tiles = 0;
};

/// What a firing works on; the functional mode and the reports read it, timing does not.
struct FiringShape {
  Operator op = Operator::norm;
  Part part = Part::z;       ///< of in_proj, conv and SiLU firings
  std::int32_t rows = 0;     ///< output elements a column
  std::int32_t columns = 1;  ///< tokens (prefill) or sequences (batched decode)
  std::int32_t reduce = 1;   ///< elements each output is reduced over
  bool head_first = false;   ///< first tile of a head: per-head operands are consumed
  bool state_first = true;   ///< first tile along d_state of these rows
  bool state_last = true;    ///< last tile along d_state: y is produced
};

/// One kind of firing of an actor. It starts when every input channel holds `tiles` and every output channel
/// will have room when the first results leave the pipeline, `latency` cycles later; the actor is occupied
/// for `busy` cycles, at whose end the inputs' space is free; what it produces can be consumed `latency`
/// cycles after that (the depth of the pipeline, whose registers hold what is under way and which the next
/// firing may already enter).
struct Firing {
  Cycles busy{0};     ///< fill + II * beats
  Cycles latency{0};  ///< further cycles until the produced tiles are visible
  Bytes bytes{0};     ///< memory actors: off-chip bytes moved
  std::uint32_t first_input = 0;
  std::uint32_t first_output = 0;
  std::uint16_t inputs = 0;
  std::uint16_t outputs = 0;
  // What it asks of its unit, from which time_firings() has its busy and latency; memory actors ask nothing.
  std::uint32_t first_work = 0;
  std::uint16_t works = 0;
  bool in_sequence = false;  ///< one work after the other; otherwise they form a pipeline
  FiringShape shape;
};

/// An actor's firing sequence is a compressed loop nest: an instruction either fires `count` times, or
/// repeats the `body` instructions that follow it `count` times.
struct Instruction {
  std::uint32_t body = 0;  ///< 0: fire; otherwise the number of instructions of the loop's body
  FiringId firing = no_id;
  std::int64_t count = 0;
};

enum class ActorKind : std::uint8_t { compute, memory_read, memory_write, host };

/// A hardware unit.
struct Actor {
  std::string_view name;  ///< owned by the design, or a literal
  ActorKind kind = ActorKind::compute;
  std::uint16_t unit = no_id;      ///< index into the design's units; no_id for memory actors
  std::uint16_t stream = no_id;    ///< memory actors: index into `streams`
  std::uint32_t first_firing = 0;  ///< its kinds of firing are consecutive
  std::uint32_t firings = 0;
  std::uint32_t first_instruction = 0;
  std::uint32_t instructions = 0;
  // The part of the sequence that is one layer (of one block of columns); memory actors and hosts have none.
  std::uint32_t first_of_layer = 0;
  std::uint32_t layer_instructions = 0;
};

enum class Storage : std::uint8_t { automatic, registers, lutram, bram, uram };

/// A bounded on-chip buffer between two actors.
struct Channel {
  std::string_view name;
  ActorId producer = no_id;
  ActorId consumer = no_id;
  std::int32_t capacity = 1;  ///< tiles
  std::int32_t initial = 0;   ///< tiles present at the start
  std::int64_t tile_elements = 0;
  Bits element{0};  ///< bits an element
  Bits word{0};     ///< bits moved a beat
  Storage storage = Storage::automatic;
  Tensor tensor = no_tensor;  ///< what its tiles hold, for whoever looks at them
  Border border = Border::none;

  [[nodiscard]] Bits tile_bits() const { return element * tile_elements; }
  [[nodiscard]] Bits storage_bits() const { return tile_bits() * capacity; }
};

/// A tensor family in off-chip memory, walked front to back by one memory actor; it starts again at its base
/// when its end is reached. Stripe k of `stripe` bytes lies in memory channel first_channel + k % channels.
struct Stream {
  std::string_view name;
  StreamKind kind = StreamKind::weights;
  std::uint16_t port = 0;  ///< index into the design's ports
  std::uint16_t first_channel = 0;
  std::uint16_t channels = 1;
  Bytes stripe{4096};
  Bytes base{0};  ///< offset in every channel
  Bytes size{0};
};

struct Graph {
  std::vector<Actor> actors;
  std::vector<Channel> channels;
  std::vector<Firing> firings;
  std::vector<Rate> rates;
  std::vector<Work> works;
  std::vector<Instruction> code;
  std::vector<Stream> streams;
  std::int64_t layers = 1;  ///< identical iterations within a pass
  std::int64_t blocks = 1;  ///< blocks of columns a layer processes before the next
  std::int64_t passes = 1;  ///< times the whole network runs (decode steps, or blocks of tokens)
  std::int64_t tokens = 1;  ///< language tokens processed by the whole run

  /// Empties the graph, keeping its memory.
  void clear();

  [[nodiscard]] std::span<const Rate> inputs(const Firing& f) const {
    return {rates.data() + f.first_input, f.inputs};
  }
  [[nodiscard]] std::span<const Rate> outputs(const Firing& f) const {
    return {rates.data() + f.first_output, f.outputs};
  }
  [[nodiscard]] std::span<const Work> works_of(const Firing& f) const {
    return {works.data() + f.first_work, f.works};
  }
  [[nodiscard]] std::span<const Instruction> program(const Actor& a) const {
    return {code.data() + a.first_instruction, a.instructions};
  }
  [[nodiscard]] std::span<const Instruction> layer_program(const Actor& a) const {
    return {code.data() + a.first_of_layer, a.layer_instructions};
  }
  /// The channel that a stream of that kind fills; no_id where there is none.
  [[nodiscard]] ChannelId filled_by(StreamKind kind) const;
  /// The actor that takes the weights; no_id where none are streamed.
  [[nodiscard]] ActorId weight_reader() const {
    const ChannelId weights = filled_by(StreamKind::weights);
    return weights == no_id ? no_id : channels[weights].consumer;
  }
  [[nodiscard]] bool is_memory(ActorId id) const {
    return actors[id].kind == ActorKind::memory_read || actors[id].kind == ActorKind::memory_write;
  }
};

}  // namespace statelane
