// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <bit>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "models/base/refusal.h"
#include "models/evaluate/experiment.h"
#include "models/graph/graph.h"

/// What a design must obey beyond the limits of single values, each rule once. A rule is given a `Finding`
/// sink: it calls sink(refusal) for whatever is against it, where `refusal` is a function that makes the
/// Refusal. An exploration, which asks millions of times a second, passes Broken, which never calls it; a
/// person's check passes one that does.
namespace statelane::rules {

/// Remembers only that there was something.
struct Broken {
  bool any = false;
  template <class MakeRefusal>
  void operator()(MakeRefusal&& /*refusal*/) {
    any = true;
  }
};

/// Keeps everything.
struct Findings {
  std::vector<Refusal> all;
  template <class MakeRefusal>
  void operator()(MakeRefusal&& refusal) {
    all.push_back(refusal());
  }
};

/// What the rules are called: Refusal::what, and the explorer's counts.
namespace name {
inline constexpr const char* tile = "tile";
inline constexpr const char* lanes = "lanes";
inline constexpr const char* memory = "memory";
inline constexpr const char* port = "port";
inline constexpr const char* buffer = "buffer";
}  // namespace name

/// Elements a firing of `op` has beside each other; lanes that do not divide them idle in every last beat. 0
/// for operators that work on remainders too (projections, scalars a head, SiLU).
[[nodiscard]] std::int64_t tile_elements(Operator op, const Schedule& schedule, const Mamba2Shape& network);

/// Whether a kind of unit has lanes that tiles are cut by.
[[nodiscard]] inline bool has_lanes(const TableBase& kind) {
  return kind.find("lanes") != nullptr;
}

/// Bandwidth the fabric gets from a memory, all its channels together.
[[nodiscard]] inline BytesPerSecond offered_by(const BoardMemory& memory, const DramSpec& channel) {
  const BytesPerSecond all(channel.peak().count() * static_cast<double>(memory.channels));
  return memory.fabric_bandwidth.value_or(memory.bandwidth.value_or(all));
}

/// The words of each rule.
[[nodiscard]] Refusal tile_refusal(const char* key, std::int64_t part, const char* of, std::int64_t whole);
[[nodiscard]] Refusal lanes_refusal(const Unit& unit, Operator op, std::int64_t elements);
[[nodiscard]] Refusal memory_refusal(const Experiment& e);
[[nodiscard]] Refusal placement_port_refusal(const Experiment& e, const char* tensor, const Placement& place);
[[nodiscard]] Refusal placement_channels_refusal(const Experiment& e, const char* tensor,
                                                 const Placement& place);
[[nodiscard]] Refusal port_refusal(const Experiment& e, std::size_t index, BytesPerSecond peak,
                                   BytesPerSecond offered);
[[nodiscard]] Refusal buffer_refusal(const Schedule& schedule, Bytes tile);

/// Tiles divide their tensors.
template <class Sink>
void check_tiles(const Experiment& e, Sink& sink) {
  const auto divides = [&](const char* key, std::int64_t part, const char* of, std::int64_t whole) {
    if (whole % part != 0) sink([&] { return tile_refusal(key, part, of, whole); });
  };
  divides("tile_rows", e.design.schedule.tile_rows, "the head dimension (headdim)", e.network.headdim);
  divides("tile_states", e.design.schedule.tile_states, "the state dimension (d_state)", e.network.d_state);
}

/// The lanes of a unit that has_lanes() divide the tiles of its operators; the first that they do not is
/// told.
template <class Sink>
void check_lanes(const Unit& unit, const Experiment& e, Sink& sink) {
  const std::int64_t count = unit.model().row_lanes();
  for (std::uint32_t bits = unit.operators().bits(); bits != 0; bits &= bits - 1) {
    const auto op = static_cast<Operator>(std::countr_zero(bits));
    const std::int64_t n = tile_elements(op, e.design.schedule, e.network);
    if (n == 0 || n % count == 0) continue;
    sink([&] { return lanes_refusal(unit, op, n); });
    return;
  }
}

/// The board has the memory, and tensors lie inside it behind ports that there are.
template <class Sink>
void check_placements(const Experiment& e, Sink& sink) {
  const BoardMemory* there = e.memory();
  if (there == nullptr) {
    sink([&] { return memory_refusal(e); });
    return;
  }
  const MemoryConfig& m = e.design.memory;
  const auto check = [&](const char* tensor, const Placement& place) {
    bool known = false;
    for (const MemoryPort& p : m.ports) known = known || p.name == place.port;
    if (!known) sink([&] { return placement_port_refusal(e, tensor, place); });
    if (place.first_channel + place.channels > there->channels)
      sink([&] { return placement_channels_refusal(e, tensor, place); });
  };
  check("weights", m.weights);
  check("state", m.state);
  check("conv", m.conv);
}

/// No port promises more than the memory gives the fabric.
template <class Sink>
void check_ports(const Experiment& e, BytesPerSecond offered, Sink& sink) {
  constexpr double rounding = 1.001;  // boards state rounded figures: a tenth of a percent more is not there
  for (std::size_t i = 0; i < e.design.memory.ports.size(); ++i) {
    const MemoryPort& p = e.design.memory.ports[i];
    const BytesPerSecond peak(p.peak(e.design.clock).count() * static_cast<double>(p.copies));
    if (peak.count() > offered.count() * rounding) sink([&] { return port_refusal(e, i, peak, offered); });
  }
}

/// The matrix unit fires on a whole weight tile, so the buffer must hold one.
template <class Sink>
void check_weight_buffer(const Experiment& e, const Graph& graph, Sink& sink) {
  const ChannelId weights = graph.filled_by(StreamKind::weights);
  if (weights == no_id) return;
  const Bytes tile_bytes = bytes_of(graph.channels[weights].tile_bits());
  if (tile_bytes > e.design.schedule.weight_buffer)
    sink([&] { return buffer_refusal(e.design.schedule, tile_bytes); });
}

/// Everything that can be told of a design before it is lowered.
template <class Sink>
void check_design(const Experiment& e, Sink& sink) {
  check_tiles(e, sink);
  for (const Unit& unit : e.design.units) {
    if (has_lanes(unit.model().table())) check_lanes(unit, e, sink);
  }
  check_placements(e, sink);
  if (const BoardMemory* there = e.memory()) check_ports(e, offered_by(*there, e.dram), sink);
}

}  // namespace statelane::rules
